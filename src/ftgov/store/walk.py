"""Walks over the links: all that a thing derives from, or all that derives from it.

One recursive query each, whatever the depth; a cycle ends where it closes. A link counts as long as
the entry that states it is the current one of its type and name.
"""

from __future__ import annotations

from typing import Final, Literal

from sqlalchemy import Connection

from ftgov.records.links import Link
from ftgov.store.queries import marked

Direction = Literal["up", "down"]

_CURRENT: Final = (
    "EXISTS (SELECT 1 FROM ledger s WHERE s.seq = k.seq AND NOT EXISTS (SELECT 1 FROM ledger n "
    "WHERE n.type = s.type AND n.name = s.name AND n.seq > s.seq))"
)
_FIELDS: Final = ", ".join(f"k.{name}" for name in Link._fields)
_QUERY: Final = (
    "WITH RECURSIVE reached(type, name) AS ("
    "SELECT CAST(? AS TEXT), CAST(? AS TEXT) UNION "
    "SELECT k.{to}_type, k.{to}_name FROM reached r "
    "JOIN link k ON k.{at}_type = r.type AND k.{at}_name = r.name WHERE " + _CURRENT + ") "
    f"SELECT DISTINCT {_FIELDS} FROM reached r "
    "JOIN link k ON k.{at}_type = r.type AND k.{at}_name = r.name WHERE " + _CURRENT + " "
    f"ORDER BY {_FIELDS}"
)
_STEP: Final = (
    f"SELECT DISTINCT {_FIELDS} FROM link k WHERE k.{{at}}_type = ? AND k.{{at}}_name = ? AND "
    + _CURRENT
    + f" ORDER BY {_FIELDS}"
)


def _words(direction: Direction) -> dict[str, str]:
    return {"at": "below", "to": "above"} if direction == "up" else {"at": "above", "to": "below"}


def walked(connection: Connection, kind: str, name: str, direction: Direction) -> list[Link]:
    """Return every current link on a way up or down from a thing, in a stable order."""
    query = marked(connection, _QUERY.format(**_words(direction)))
    return [Link(*row) for row in connection.exec_driver_sql(query, (kind, name))]


def stepped(connection: Connection, kind: str, name: str, direction: Direction) -> list[Link]:
    """Return the current links of a thing itself, in a stable order."""
    query = marked(connection, _STEP.format(**_words(direction)))
    return [Link(*row) for row in connection.exec_driver_sql(query, (kind, name))]
