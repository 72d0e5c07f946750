"""A ledger's database: transactions that are kept whole or not at all, and errors told plainly.

`sqlite` and `postgres` make one; everything else in this room works on either.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DatabaseError, IntegrityError

from ftgov.errors import FtgovError

_APPEND_ONLY: Final = "Entries are never changed: record a new one that supersedes the old."


@dataclass(frozen=True, slots=True)
class Database:
    """Where a ledger lies.

    `label` names it in errors: the file, or the address without a password; `explain` turns an
    error of its driver into one that a person can act on; `read_only` says that appends are
    refused.
    """

    engine: Engine
    label: str
    explain: Callable[[str, str], FtgovError]
    read_only: bool = False

    @contextmanager
    def transaction(self, *, writes: bool = False) -> Iterator[Connection]:
        """Open a transaction that is committed whole or not at all.

        Args:
            writes: Whether to take the write lock at once, so that nobody appends in between.

        Raises:
            FtgovError: If the database is locked, full, not reachable, not writable or damaged.
        """
        try:
            with self.engine.execution_options(ftgov_writes=writes).begin() as connection:
                yield connection
        except DatabaseError as fault:
            raise self._told(fault) from fault
        except UnicodeDecodeError as fault:  # SQLite quotes the damaged text in its own message
            raise self.explain(self.label, "Its text is not UTF-8.") from fault

    def close(self) -> None:
        """Let go of the database; closing twice does no harm."""
        self.engine.dispose()

    def _told(self, fault: DatabaseError) -> FtgovError:
        cause = str(fault.orig or fault)
        if isinstance(fault, IntegrityError):
            what = f"The ledger {self.label} refused an entry."
            return FtgovError(what, why=cause, next_step=_APPEND_ONLY)
        return self.explain(self.label, cause)
