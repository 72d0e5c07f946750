"""Which form the database has: made by the shipped migrations, told by plain SQL.

Opening a current database must not load alembic, which costs more than all the rest.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from ftgov import __version__
from ftgov.errors import FtgovError
from ftgov.store.database import transaction

REVISION: Final = "0001"
"""The newest migration that this program ships, and the one it works with."""


def migrate(engine: Engine, path: Path) -> None:
    """Bring an empty or older database to `REVISION` in one transaction.

    Args:
        engine: From `sqlite_engine`.
        path: The database file, to be named in errors.

    Raises:
        FtgovError: If it cannot be written.
    """
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "ftgov.store:migrations")
    with transaction(engine, path, writes=True) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, REVISION)


def revision_of(engine: Engine, path: Path) -> str | None:
    """Return the migration revision of a database, or None if it has none.

    Raises:
        FtgovError: If the file cannot be read or is no database.
    """
    with transaction(engine, path) as connection:
        try:
            found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalars()
            revisions = [str(one) for one in found]
        except OperationalError as fault:
            if "no such table" not in str(fault.orig):
                raise
            return None
    return revisions[0] if len(revisions) == 1 else None


def require_current(engine: Engine, path: Path) -> None:
    """Refuse a database that this program does not know.

    Raises:
        FtgovError: If it is newer, has no revision, or is damaged; the message names what it needs.
    """
    found = revision_of(engine, path)
    if found is None:
        raise FtgovError(
            f"{path} is no ledger of ftgov.",
            why="It names no migration revision.",
            next_step="Keep the file as it is, and restore store.db from a backup.",
        )
    if found != REVISION:
        raise FtgovError(
            f"{path} needs an ftgov that knows database revision {found}.",
            why=f"This is ftgov {__version__}, which knows revisions up to {REVISION}.",
            next_step="Upgrade: pip install --upgrade ftgov",
        )
