"""`ftgov init`: make a workspace."""

from __future__ import annotations

from pathlib import Path

import click

from ftgov.cli.console import Console
from ftgov.cli.options import command


@command(
    "ftgov init loans",
    "ftgov init . --name loan-triage --database postgresql+psycopg://ftgov_app@db.example/ftgov",
)
@click.argument("folder", type=click.Path(path_type=Path), default=Path())
@click.option("--name", help="The workspace's name; by default the folder's.")
@click.option("--database", help="A team's PostgreSQL database; by default a file in FOLDER.")
@click.option("--evidence", help="The URL of a shared folder for evidence; by default in FOLDER.")
def init(
    console: Console,
    folder: Path,
    name: str | None,
    database: str | None,
    evidence: str | None,
) -> None:
    """Make a workspace in FOLDER: ftgov.toml and .ftgov/.

    A database is made ready once, by the SQL of `ftgov database setup-sql`; its password belongs in
    PGPASSWORD or a .pgpass file and is never kept.
    """
    from ftgov import api

    with api.init(folder, name=name, database=database, evidence=evidence) as workspace:
        plain = {"workspace": str(workspace.root), "name": workspace.name}
        lines = [
            f"A workspace named '{workspace.name}' is in {workspace.root}.",
            "Next: ftgov record dataset NAME --file FILE --role train",
        ]
    console.result(plain, lines)


COMMAND = init
