"""How the ledger's database is reached: connections wired for durable, serial appends on SQLite.

Every write begins with `BEGIN IMMEDIATE`: with SQLite's deferred default a transaction that has
read may not wait for the lock, and two thirds of concurrent appends are lost.
Sources: SQLite, "Write-Ahead Logging" (read-only databases), https://www.sqlite.org/wal.html;
SQLAlchemy, "SQLite: enabling non-legacy transactions".
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlalchemy.pool import NullPool

from ftgov.errors import FtgovError

_PRAGMAS = ("synchronous=full", "recursive_triggers=on", "foreign_keys=on")
_WAIT = 30.0  # seconds that a writer waits for another
_HINTS = {
    "locked": "Another process holds the ledger; wait until it has finished and try again.",
    "full": "Free some disk space and try again; nothing was recorded.",
    "disk i/o": "Check the disk's space, quota and health, then try again; nothing was recorded.",
    "readonly": "Make the workspace writable for you, or work on a copy.",
    "unable to open": "Check that you may read it; where a -wal file lies beside it, let somebody "
    "who may write to the folder open it once (ftgov log), so that nothing is hidden.",
}
_APPEND_ONLY = "Entries are never changed: record a new one that supersedes the old."
_DAMAGED = (
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


def sqlite_engine(path: Path, *, read_only: bool = False, create: bool = False) -> Engine:
    """Return an engine on a SQLite file; each transaction has a connection of its own.

    So nothing stays open between two calls, threads and forks share nothing, and the last one to
    leave folds the write-ahead log back into the file.

    Args:
        path: The database file.
        read_only: Whether to open it without writing anything, not even beside it.
        create: Whether the file may be made; otherwise its absence is an error.
    """
    engine = create_engine(
        "sqlite://",
        creator=lambda: _link(path, create=create, read_only=read_only),
        poolclass=NullPool,
    )
    event.listen(engine, "begin", _begin)
    return engine


def _told(fault: DatabaseError, path: Path) -> FtgovError:
    cause = str(fault.orig or fault)
    if isinstance(fault, IntegrityError):
        what = f"The ledger {path} refused an entry."
        return FtgovError(what, why=cause, next_step=_APPEND_ONLY)
    for word, step in _HINTS.items():
        if word in cause.lower():
            what = f"The ledger {path} cannot be used now."
            return FtgovError(what, why=cause, next_step=step)
    return _damaged(path, cause)


def _damaged(path: Path, cause: str) -> FtgovError:
    return FtgovError(f"The ledger {path} is damaged.", why=cause, next_step=_DAMAGED)


@contextmanager
def transaction(engine: Engine, path: Path, *, writes: bool = False) -> Iterator[Connection]:
    """Open a transaction that is committed whole or not at all.

    Args:
        engine: From `sqlite_engine`.
        path: The database file, to be named in errors.
        writes: Whether to take the write lock at once; a writer waits up to 30 s for another.

    Raises:
        FtgovError: If the database is locked, full, not writable or damaged.
    """
    try:
        with engine.execution_options(ftgov_writes=writes).begin() as connection:
            yield connection
    except DatabaseError as fault:
        raise _told(fault, path) from fault
    except UnicodeDecodeError as fault:  # SQLite quotes the damaged text in its own message
        raise _damaged(path, "Its text is not UTF-8.") from fault
