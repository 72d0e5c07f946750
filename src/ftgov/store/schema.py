"""Which form the database has: made by the shipped migrations, told by plain SQL.

Opening a current database must not load alembic, which costs more than all the rest.
"""

from __future__ import annotations

import io
from typing import Any, Final

from sqlalchemy.exc import DatabaseError, OperationalError, ProgrammingError

from ftgov import __version__
from ftgov.errors import FtgovError, LedgerTampered
from ftgov.store.database import Database
from ftgov.store.guards import missing_tables

REVISION: Final = "0002"
"""The newest migration that this program ships, and the one it works with."""

OLDER: Final = ("0001",)
"""The revisions that this program brings up to date when it may write."""


def _config(**attributes: Any) -> Any:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "ftgov.store:migrations")
    config.attributes.update(attributes)
    return config


def migrate(database: Database) -> None:
    """Bring an empty or older database to `REVISION` in one transaction.

    Raises:
        FtgovError: If it cannot be written.
    """
    from alembic import command

    with database.transaction(writes=True) as connection:
        command.upgrade(_config(connection=connection), REVISION)


def migration_sql() -> str:
    """Return the statements that make an empty PostgreSQL database current."""
    from alembic import command

    written = io.StringIO()
    config = _config(written=written)
    config.output_buffer = written
    command.upgrade(config, REVISION, sql=True)
    return written.getvalue()


def revision_of(database: Database) -> str | None:
    """Return the migration revision of a database, or None if it has none.

    Raises:
        FtgovError: If it cannot be read or is no database.
    """
    with database.transaction() as connection:
        try:
            found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalars()
            revisions = [str(one) for one in found]
        except (OperationalError, ProgrammingError) as fault:
            if not _no_table(fault):
                raise
            return None
    return revisions[0] if len(revisions) == 1 else None


def _no_table(fault: DatabaseError) -> bool:
    cause = str(fault.orig)
    return "no such table" in cause or 'relation "alembic_version" does not exist' in cause


def make_current(database: Database) -> None:
    """Refuse a database that this program does not know; bring an older one up to date.

    Raises:
        FtgovError: If it is newer, has no revision, is damaged, or is older and can't be written;
            the message names what it needs.
    """
    found = revision_of(database)
    if found == REVISION:
        return
    if found is None:
        raise FtgovError(
            f"{database.label} is no ledger of ftgov.",
            why="It names no migration revision.",
            next_step="Keep it as it is, and restore it from a backup; a new PostgreSQL database "
            "is set up by the SQL of: ftgov database setup-sql",
        )
    if found not in OLDER:
        raise FtgovError(
            f"{database.label} needs an ftgov that knows database revision {found}.",
            why=f"This is ftgov {__version__}, which knows revisions up to {REVISION}.",
            next_step="Upgrade: pip install --upgrade ftgov",
        )
    if database.read_only:
        raise FtgovError(
            f"{database.label} was written by an older ftgov (revision {found}) and can't be "
            "brought up to date here.",
            why="It is open for reading only.",
            next_step="Open it once where you may write: ftgov log verify",
        )
    with database.transaction() as connection:
        whole = not missing_tables(connection)
    if whole:
        raise LedgerTampered(
            f"{database.label} says that it is of revision {found}, but it has every table of "
            f"{REVISION}: somebody changed what it says.",
            next_step="Restore it from a backup, and compare it with a tree head that was "
            "exported earlier.",
        )
    migrate(database)
