"""SQLite, the default: one file beside the evidence, wired for durable and serial appends.

Every write begins with `BEGIN IMMEDIATE`: with SQLite's deferred default a transaction that has
read may not wait for the lock, and two thirds of concurrent appends are lost.
Sources: SQLite, "Write-Ahead Logging" (read-only databases), https://www.sqlite.org/wal.html;
SQLAlchemy, "SQLite: enabling non-legacy transactions".
"""

from __future__ import annotations

import os
import sqlite3
import weakref
from pathlib import Path
from typing import Final
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import NullPool, QueuePool

from ftgov.errors import FtgovError
from ftgov.store.database import Database

_PRAGMAS: Final = ("synchronous=full", "recursive_triggers=on", "foreign_keys=on")
_WAIT = 30.0  # seconds that a writer waits for another
_HINTS: Final = {
    "locked": "Another process holds the ledger; wait until it has finished and try again.",
    "full": "Free some disk space and try again; nothing was recorded.",
    "disk i/o": "Check the disk's space, quota and health, then try again; nothing was recorded.",
    "readonly": "Make the workspace writable for you, or work on a copy.",
    "unable to open": "Check that you may read it; where a -wal file lies beside it, let somebody "
    "who may write to the folder open it once (ftgov log), so that nothing is hidden.",
}
_DAMAGED: Final = (
    "Keep the file as it is, and restore store.db from a backup; the evidence files are untouched."
)


def _has_log(path: Path) -> bool:
    log, shared = (path.with_name(path.name + end) for end in ("-wal", "-shm"))
    return shared.exists() or (log.exists() and log.stat().st_size > 0)


def _link(path: Path, *, create: bool, read_only: bool) -> sqlite3.Connection:
    """Connect to the file; a database that lies in a folder we can't write to is opened as it is.

    A WAL database without a log beside it holds everything in itself, so `immutable` shows all of
    it; where a log lies beside it, `immutable` would hide entries and is not used.
    """
    mode = "rwc" if create else "rw"
    if read_only:
        mode = "ro" if _has_log(path) else "ro&immutable=1"
    link = sqlite3.connect(
        f"file:{quote(str(path.absolute()))}?mode={mode}",
        uri=True,
        timeout=_WAIT,
        isolation_level=None,
        check_same_thread=False,  # the pool lends a connection to one thread at a time
    )
    try:
        # The log mode stays with the file; setting it again would write to a damaged one.
        for pragma in (("journal_mode=wal",) if create else ()) + _PRAGMAS:
            link.execute(f"PRAGMA {pragma}").close()
    except BaseException:
        link.close()
        raise
    return link


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("ftgov_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _explained(label: str, cause: str) -> FtgovError:
    for word, step in _HINTS.items():
        if word in cause.lower():
            what = f"The ledger {label} cannot be used now."
            return FtgovError(what, why=cause, next_step=step)
    return FtgovError(f"The ledger {label} is damaged.", why=cause, next_step=_DAMAGED)


def sqlite_database(path: Path, *, read_only: bool = False, create: bool = False) -> Database:
    """Return the database in a file.

    A writer keeps a connection from one transaction to the next, and the last one to close the
    database folds the write-ahead log back into the file. A reader without rights keeps none: what
    it opened as unchanging must not outlive the call. A fork shares no connection with its parent.

    Args:
        path: The database file.
        read_only: Whether to open it without writing anything, not even beside it.
        create: Whether the file may be made; otherwise its absence is an error.
    """
    engine = create_engine(
        "sqlite://",
        creator=lambda: _link(path, create=create, read_only=read_only),
        poolclass=NullPool if read_only or create else QueuePool,
    )
    event.listen(engine, "begin", _begin)
    _forget_in_forks(engine)
    return Database(engine, str(path), _explained, read_only)


def _forget_in_forks(engine: Engine) -> None:
    """Let a child process connect anew: SQLite's connections must not cross a fork."""
    known = weakref.ref(engine)

    def forget() -> None:
        if (mine := known()) is not None:
            mine.dispose(close=False)

    os.register_at_fork(after_in_child=forget)
