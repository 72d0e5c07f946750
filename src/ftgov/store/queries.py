"""The few questions that are asked of the tables, on either database."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Select

from ftgov.records.digest import Digest
from ftgov.records.dossier import LedgerHead
from ftgov.store.chain import GENESIS, Entry
from ftgov.store.tables import LEDGER

COLUMNS: Final = tuple(LEDGER.c[name] for name in Entry._fields)
"""The ledger's columns in the order of an `Entry`'s fields."""

Key = tuple[str, str]
"""The type and name of a record."""

_WANTED: Final = {
    "sqlite": "SELECT value ->> 0 AS type, value ->> 1 AS name FROM json_each(?)",
    "postgresql": "SELECT value ->> 0 AS type, value ->> 1 AS name "
    "FROM json_array_elements(%s::json)",
}
_CURRENT: Final = (
    "SELECT "
    + ", ".join(f"l.{name}" for name in Entry._fields)
    + " FROM ({wanted}) w JOIN ledger l ON l.seq = (SELECT max(seq) FROM ledger"
    " WHERE type = w.type AND name = w.name)"
)
_PAGE: Final = 500


def marked(connection: Connection, statement: str) -> str:
    """Return a statement with `?` written as the connection's driver marks a parameter."""
    return statement if connection.dialect.name == "sqlite" else statement.replace("?", "%s")


def current_of(connection: Connection, keys: Sequence[Key]) -> dict[Key, Entry]:
    """Return the newest entry of each type and name that has one."""
    found: dict[Key, Entry] = {}
    query = _CURRENT.format(wanted=_WANTED[connection.dialect.name])
    for start in range(0, len(keys), _PAGE):
        wanted = json.dumps(keys[start : start + _PAGE])
        for row in connection.exec_driver_sql(query, (wanted,)):
            entry = Entry(*row)
            found[entry.type, entry.name] = entry
    return found


def end_of(connection: Connection) -> tuple[int, Digest]:
    """Return the seq and digest of the entry at the chain's end; 0 and `GENESIS` if it is empty."""
    row = connection.exec_driver_sql(
        "SELECT seq, digest FROM ledger ORDER BY seq DESC LIMIT 1"
    ).first()
    return (int(row[0]), str(row[1])) if row else (0, GENESIS)


def head_of(connection: Connection) -> LedgerHead:
    """Return how many entries there are, and the digest of the last."""
    seq, digest = end_of(connection)
    return LedgerHead(entries=seq, head=digest if seq else None)


def streamed(connection: Connection, query: Select[Any]) -> Iterator[Any]:
    """Yield rows as they come, so that memory does not grow with their number."""
    yield from connection.execute(query, execution_options={"yield_per": _PAGE})


def digests(connection: Connection, first: int, last: int) -> list[Digest]:
    """Return the digests of the entries from one seq to another, both included."""
    query = marked(connection, "SELECT digest FROM ledger WHERE seq BETWEEN ? AND ? ORDER BY seq")
    return list(connection.exec_driver_sql(query, (first, last)).scalars())


def digest_at(connection: Connection, seq: int) -> Digest | None:
    """Return the digest of an entry, or None if there is no entry of that seq."""
    return next(iter(digests(connection, seq, seq)), None)
