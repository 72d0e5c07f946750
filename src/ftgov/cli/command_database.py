"""`ftgov database`: a PostgreSQL database for a team."""

from __future__ import annotations

import click

from ftgov.cli.console import Console
from ftgov.cli.options import ExampleGroup, command


@command(
    "ftgov database setup-sql > setup.sql",
    "ftgov database setup-sql --owner audit_owner --application audit_app",
    name="setup-sql",
)
@click.option("--owner", default="ftgov_owner", show_default=True, help="Owns the tables.")
@click.option(
    "--application", default="ftgov_app", show_default=True, help="The role ftgov connects as."
)
def setup(console: Console, owner: str, application: str) -> None:
    """Print the SQL that makes a PostgreSQL database ready: roles, tables, guards, rights.

    Run it once with psql; then: ftgov init --database postgresql+psycopg://ftgov_app@HOST/DATABASE
    """
    from ftgov.api.workspaces import database_setup

    script = database_setup(owner=owner, application=application)
    console.result({"sql": script}, script.splitlines())


COMMAND = ExampleGroup(
    "database",
    [setup],
    "Prepare a PostgreSQL database for a team.",
    "ftgov database setup-sql > setup.sql",
    "ftgov database setup-sql --application audit_app > setup.sql",
)
