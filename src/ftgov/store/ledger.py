"""The ledger: an append-only chain of records, each entry sealed to the one before it.

The chain tells an altered, missing or forked entry. It cannot tell that the whole chain was
rewritten or its tail cut by somebody who holds the file: compare `head()` with one kept elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError
from sqlalchemy import Engine, Select, func, select

from ftgov.errors import FtgovError, LedgerTampered
from ftgov.records.base import Record
from ftgov.records.dossier import LedgerHead
from ftgov.store.chain import Entry, entry_fault
from ftgov.store.check import LedgerCheck, checked
from ftgov.store.database import transaction
from ftgov.store.draft import drafted
from ftgov.store.queries import COLUMNS, current, head_of, placed
from ftgov.store.tables import LEDGER

R = TypeVar("R", bound=Record)


class Ledger:
    """An append-only chain of records in a database.

    Args:
        engine: From `database.sqlite_engine`, on a database that `schema` found current.
        path: The database file, to be named in errors.
        read_only: Whether appends are refused.
    """

    def __init__(self, engine: Engine, path: Path, *, read_only: bool = False) -> None:
        self._engine = engine
        self._path = path
        self._read_only = read_only

    def append(self, record: Record, *, actor: str, recorded_at: str) -> Entry:
        """Record one thing; see `append_all`."""
        return self.append_all([record], actor=actor, recorded_at=recorded_at)[0]

    def append_all(self, records: Iterable[Record], *, actor: str, recorded_at: str) -> list[Entry]:
        """Record several things in one transaction: all of them or none.

        A record equal to the current one of its type and name is not recorded again: the entry that
        stands is returned. Other content under the same name is a new entry that supersedes it.

        Args:
            records: Records that have a `type` and a `name`.
            actor: Who records them, in words that people know them by.
            recorded_at: When, as RFC 3339 UTC text.

        Returns:
            An entry for each record, in order.

        Raises:
            FtgovError: If a record can't be written so that it reads back equal, or the database
                can't be written; nothing was recorded then.
        """
        drafts = [drafted(record, actor=actor, recorded_at=recorded_at) for record in records]
        if self._read_only:
            raise FtgovError(
                f"The ledger {self._path} is open for reading only.",
                why="You may not write to this workspace's folder.",
                next_step="Make the workspace writable for you, or work on a copy.",
            )
        if not drafts:
            return []
        with transaction(self._engine, self._path, writes=True) as connection:
            return [placed(connection, draft) for draft in drafts]

    def get(self, model: type[R], name: str) -> R | None:
        """Return the current record of a type and name, or None if there is none.

        Raises:
            LedgerTampered: If the entry is not what was recorded.
            FtgovError: If this program can't read the record.
        """
        with transaction(self._engine, self._path) as connection:
            entry = current(connection, _type_of(model), name)
        return self._record(model, entry) if entry else None

    def every(self, model: type[R]) -> list[R]:
        """Return the current record of each name of a type, in order of first appearance.

        Raises:
            LedgerTampered: If an entry is not what was recorded.
            FtgovError: If this program can't read a record.
        """
        spans = (
            select(func.min(LEDGER.c.seq).label("first"), func.max(LEDGER.c.seq).label("last"))
            .where(LEDGER.c.type == _type_of(model))
            .group_by(LEDGER.c.name)
            .subquery()
        )
        query = select(*COLUMNS).join(spans, LEDGER.c.seq == spans.c.last)
        return [self._record(model, entry) for entry in self._all(query.order_by(spans.c.first))]

    def history(self, type: str | None = None, name: str | None = None) -> list[Entry]:  # noqa: A002
        """Return the entries as they stand, oldest first, optionally of one type or name."""
        query = select(*COLUMNS).order_by(LEDGER.c.seq)
        for column, wanted in ((LEDGER.c.type, type), (LEDGER.c.name, name)):
            if wanted is not None:
                query = query.where(column == wanted)
        return self._all(query)

    def head(self) -> LedgerHead:
        """Return how many entries there are, and the digest of the last."""
        with transaction(self._engine, self._path) as connection:
            return head_of(connection)

    def verify(self) -> LedgerCheck:
        """Recompute everything: each record, each digest, the chain, the guards, the file itself.

        Returns:
            A check whose faults name the seq where the ledger first breaks, and up to 100 in all.

        Raises:
            FtgovError: If the database is too damaged to be read at all.
        """
        with transaction(self._engine, self._path) as connection:
            return checked(connection)

    def _all(self, query: Select[Any]) -> list[Entry]:
        with transaction(self._engine, self._path) as connection:
            return [Entry(*row) for row in connection.execute(query)]

    def _record(self, model: type[R], entry: Entry) -> R:
        if fault := entry_fault(entry):
            raise LedgerTampered(
                f"Entry {entry.seq} of the ledger {self._path} was altered: {fault}.",
                next_step="ftgov log --verify",
            )
        try:
            return model.model_validate_json(entry.body)
        except ValidationError as unreadable:
            raise FtgovError(
                f"Entry {entry.seq} ({entry.type} {entry.name}) is no {model.__name__} as this "
                "version of ftgov knows it.",
                why=str(unreadable),
                next_step="Upgrade ftgov, or record it again under the same name.",
            ) from unreadable


def _type_of(model: type[Record]) -> str:
    field = model.model_fields.get("type")
    if field is None or not isinstance(field.default, str):
        raise FtgovError(f"A {model.__name__} is no kind of record that the ledger keeps.")
    return field.default


__all__ = ["Entry", "Ledger", "LedgerCheck"]
