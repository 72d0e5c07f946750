"""The few questions that are asked of the ledger's table, and the one statement that adds to it."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Connection, Select, func, insert, select

from ftgov.records.dossier import LedgerHead
from ftgov.store.chain import Entry, seal
from ftgov.store.draft import Draft
from ftgov.store.guards import GENESIS
from ftgov.store.tables import LEDGER

COLUMNS: Final = tuple(LEDGER.c[name] for name in Entry._fields)
"""The ledger's columns in the order of an `Entry`'s fields."""


def _first(connection: Connection, query: Select[Any]) -> Entry | None:
    row = connection.execute(query.limit(1)).first()
    return Entry(*row) if row else None


def current(connection: Connection, kind: str, name: str) -> Entry | None:
    """Return the newest entry of a type and name, or None."""
    query = select(*COLUMNS).where(LEDGER.c.type == kind, LEDGER.c.name == name)
    return _first(connection, query.order_by(LEDGER.c.seq.desc()))


def last(connection: Connection) -> Entry | None:
    """Return the entry at the chain's end, or None if the ledger is empty."""
    return _first(connection, select(*COLUMNS).order_by(LEDGER.c.seq.desc()))


def head_of(connection: Connection) -> LedgerHead:
    """Return how many entries there are, and the digest of the last."""
    end = last(connection)
    count = connection.execute(select(func.count()).select_from(LEDGER)).scalar_one()
    return LedgerHead(entries=count, head=end.digest if end else None)


def placed(connection: Connection, draft: Draft) -> Entry:
    """Return the entry that holds a draft: the one that stands, or a new one at the chain's end.

    The caller's transaction holds the write lock, so that nobody appends in between.
    """
    standing = current(connection, draft.type, draft.name)
    if standing and standing.record_digest == draft.record_digest:
        return standing
    end = last(connection)
    entry = Entry(
        seq=end.seq + 1 if end else 1,
        previous=end.digest if end else GENESIS,
        digest="",
        **draft._asdict(),
    )
    entry = entry._replace(digest=seal(entry))
    connection.execute(insert(LEDGER).values(entry._asdict()))
    return entry
