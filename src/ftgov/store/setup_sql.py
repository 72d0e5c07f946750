"""The SQL that makes a PostgreSQL database ready for a team: roles, tables, guards and rights.

Whoever runs the server runs it once, with `psql`. It makes two roles: an owner, as whom nobody logs
in, and an application that may read and append, and nothing else.
"""

from __future__ import annotations

import re
from typing import Final

from ftgov.errors import UsageError
from ftgov.store.guards_postgres import TABLES
from ftgov.store.postgres import SCHEMA
from ftgov.store.schema import migration_sql

_ROLE: Final = re.compile(r"^[a-z_][a-z0-9_]{0,62}$")
_EXISTS: Final = "SELECT FROM pg_roles WHERE rolname = '{role}'"


def setup_sql(*, owner: str = "ftgov_owner", application: str = "ftgov_app") -> str:
    """Return the script; running it twice is refused by the database and changes nothing.

    Args:
        owner: The role that owns the tables; made where it is absent, without login.
        application: The role that ftgov connects as; made where it is absent. Its password is set
            by whoever runs the server.

    Raises:
        UsageError: If a role's name needs quoting, or both are one.
    """
    for role in (owner, application):
        if not _ROLE.match(role):
            raise UsageError(
                f"{role!r} cannot be the name of a role here.",
                next_step="Use lower-case letters, digits and underscores.",
            )
    if owner == application:
        raise UsageError(
            "Owner and application must be two roles.",
            why="An owner can drop the guards of its own tables.",
            next_step="Name two: --owner and --application.",
        )
    tables = ", ".join(f"{SCHEMA}.{table}" for table in TABLES)
    return "\n".join(
        (
            "-- Makes a database ready for ftgov. Run it once, as a superuser or a role that may",
            "-- create roles:  psql --single-transaction -v ON_ERROR_STOP=1 -f setup.sql DATABASE",
            _make_role(owner, "NOLOGIN"),
            _make_role(application, "LOGIN NOSUPERUSER NOBYPASSRLS"),
            f"GRANT {owner} TO CURRENT_USER;",
            f"CREATE SCHEMA {SCHEMA} AUTHORIZATION {owner};",
            f"SET ROLE {owner};",
            f"SET search_path = {SCHEMA}, pg_temp;",
            migration_sql().strip(),
            f"REVOKE ALL ON ALL TABLES IN SCHEMA {SCHEMA} FROM PUBLIC;",
            f"REVOKE ALL ON ALL FUNCTIONS IN SCHEMA {SCHEMA} FROM PUBLIC;",
            f"GRANT USAGE ON SCHEMA {SCHEMA} TO {application};",
            f"GRANT SELECT, INSERT ON {tables} TO {application};",
            f"GRANT SELECT ON {SCHEMA}.alembic_version TO {application};",
            "RESET ROLE;",
            f"REVOKE {owner} FROM CURRENT_USER;",
            "RESET search_path;",
            "",
        )
    )


def _make_role(role: str, rights: str) -> str:
    return (
        f"DO $$ BEGIN IF NOT EXISTS ({_EXISTS.format(role=role)}) THEN "
        f"CREATE ROLE {role} {rights}; END IF; END $$;"
    )
