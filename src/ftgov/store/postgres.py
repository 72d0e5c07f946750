"""PostgreSQL, for a team: one database for many projects, owned by one role and used by another.

The owner made the tables (`ftgov database setup-sql`); the application may only read and append,
and row-level security shows it one project's rows. Appends of a project wait for each other by an
advisory lock, which needs no right beyond connecting.
Sources: PostgreSQL documentation, "Row Security Policies", "Advisory Locks", "SET TRANSACTION".
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import URL, Connection, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from ftgov.errors import FtgovError, MissingExtra, UsageError
from ftgov.store.database import Database
from ftgov.store.tables import PROJECT_SETTING

DRIVER: Final = "postgresql+psycopg"
SCHEMA: Final = "ftgov"
"""The schema that holds the tables, whatever else the database is used for."""

_BEGIN: Final = (
    f"SELECT set_config('search_path', '{SCHEMA}, pg_temp', true), "
    f"set_config('{PROJECT_SETTING}', %s, true)"
)
_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtextextended('ftgov:' || %s, 0))"
_SNAPSHOT: Final = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"
_HINTS: Final = {
    "authentication failed": "Check user and password; PGPASSWORD or a .pgpass file holds the "
    "password, ftgov.toml never does.",
    "no password": "Set PGPASSWORD, or write the password to your .pgpass file.",
    "connection": "Check that the server runs and the address in ftgov.toml is right.",
    "could not translate": "Check the host's name in ftgov.toml.",
    "permission denied": "The application role may read and append, nothing else; let the owner "
    "run the SQL that `ftgov database setup-sql` prints.",
    "row-level security": "The rows belong to another project than this workspace.",
    "lock timeout": "Another process holds the ledger; wait until it has finished and try again.",
    "no space": "Free some space on the server and try again; nothing was recorded.",
}
_ROLE: Final = """
SELECT current_user, r.rolsuper OR r.rolbypassrls,
       bool_or(pg_has_role(current_user, c.relowner, 'MEMBER')),
       bool_or(has_any_column_privilege(c.oid, 'UPDATE') OR has_table_privilege(c.oid, 'DELETE')
       OR has_table_privilege(c.oid, 'TRUNCATE'))
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, pg_roles r
WHERE n.nspname = 'ftgov' AND c.relkind = 'r' AND r.rolname = current_user
GROUP BY current_user, r.rolsuper, r.rolbypassrls
"""


def parsed_url(text: str) -> URL:
    """Return the address of a PostgreSQL database.

    Raises:
        UsageError: If it is none that this program can use.
    """
    try:
        url = make_url(text)
    except ArgumentError as fault:
        raise _no_address(text) from fault
    if url.drivername != DRIVER or not url.database:
        raise _no_address(text)
    return url


def _no_address(text: str) -> UsageError:
    return UsageError(
        f"{text.rpartition('@')[2]!r} is no address of a PostgreSQL database.",
        why="SQLite needs no address; another database than PostgreSQL is not known.",
        next_step=f"Write {DRIVER}://ROLE@HOST/DATABASE, the password in PGPASSWORD or .pgpass.",
    )


def without_password(text: str) -> str:
    """Return an address as `ftgov.toml` may keep it."""
    bare = parsed_url(text)._replace(password=None)  # `set` takes None for "as it is"
    return bare.difference_update_query(["password"]).render_as_string(hide_password=False)


def _explained(label: str, cause: str) -> FtgovError:
    step = next((hint for word, hint in _HINTS.items() if word in cause.lower()), "")
    return FtgovError(
        f"The ledger {label} cannot be used now.",
        why=cause.strip(),
        next_step=step or "Ask whoever runs the database server; nothing was recorded.",
    )


def postgres_database(address: str, project: str, *, read_only: bool = False) -> Database:
    """Return a project's part of a PostgreSQL database.

    Args:
        address: `postgresql+psycopg://ROLE@HOST/DATABASE`.
        project: Whose rows are seen and appended; the workspace's name.
        read_only: Whether appends are refused.

    Raises:
        UsageError: If the address is malformed.
        MissingExtra: If the driver is not installed.
    """
    url = parsed_url(address)
    try:
        engine = create_engine(url, pool_size=2, max_overflow=8, pool_pre_ping=True)
    except ModuleNotFoundError as fault:
        raise MissingExtra("A ledger on PostgreSQL", "postgres") from fault

    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("ftgov_writes", False)
        if not writes:
            connection.exec_driver_sql(_SNAPSHOT)
        connection.exec_driver_sql(_BEGIN, (project,))
        if writes:
            connection.exec_driver_sql(_LOCK, (project,))

    event.listen(engine, "begin", begin)
    return Database(engine, without_password(address), _explained, read_only)


def require_row_security(database: Database) -> None:
    """Refuse a role that row-level security does not bind: it would mix all projects.

    Raises:
        FtgovError: If it is a superuser, or may bypass row-level security.
    """
    with database.transaction() as connection:
        row = connection.exec_driver_sql(_ROLE).first()
    if row is None or row[1]:
        raise FtgovError(
            f"{database.label} can't be used as the role {row[0] if row else 'that is named'}.",
            why="It stands above row-level security, so it would see and mix all projects.",
            next_step="Connect as the application role that `ftgov database setup-sql` makes.",
        )


def role_faults(database: Database) -> list[str]:
    """Return what the connected role may do that an application must not, in words."""
    with database.transaction() as connection:
        row = connection.exec_driver_sql(_ROLE).first()
    if row is None:
        return ["there is no ledger in the schema ftgov"]
    role, above, owns, changes = row
    faults = []
    if above:
        faults.append(f"the role {role} stands above row-level security")
    if owns:
        faults.append(f"the role {role} owns the tables, so it can drop their guards")
    if changes:
        faults.append(f"the role {role} may change or delete entries")
    return faults
