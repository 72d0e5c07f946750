"""Whether the guard rail of a ledger still stands, on either database."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sqlalchemy import Connection

from ftgov.store import guards_postgres, guards_sqlite

_STRANGER: Final = {"guard": "trigger"}


def _compared(
    standing: Mapping[str, str], wanted: Mapping[str, str], what: str = "guard"
) -> list[str]:
    faults = []
    for name in sorted(wanted.keys() | standing.keys()):
        if name not in standing:
            faults.append(f"the {what} {name} is missing: somebody dropped it")
        elif name not in wanted:
            faults.append(f"the {_STRANGER.get(what, what)} {name} was added by somebody else")
        elif standing[name] != wanted[name]:
            faults.append(f"the {what} {name} was altered")
    return faults


_TABLES: Final = ("ledger", "tree", "link")


def missing_tables(connection: Connection) -> list[str]:
    """Return a fault for each table of a ledger that is gone."""
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'table'"
        if connection.dialect.name == "sqlite"
        else "SELECT tablename FROM pg_tables WHERE schemaname = 'ftgov'"
    )
    standing = set(connection.exec_driver_sql(query).scalars())
    return [
        f"the table {name} is missing: somebody dropped it"
        for name in _TABLES
        if name not in standing
    ]


def guard_faults(connection: Connection) -> list[str]:
    """Return which guards are missing, disabled, altered or joined by a stranger, in words."""
    if connection.dialect.name == "sqlite":
        return [
            *_compared(guards_sqlite.standing(connection), guards_sqlite.SQLITE_GUARDS),
            *_compared(
                guards_sqlite.standing_shapes(connection),
                guards_sqlite.SQLITE_SHAPES,
                "table or index",
            ),
        ]
    return [
        *_compared(guards_postgres.standing_triggers(connection), guards_postgres.TRIGGERS),
        *_compared(guards_postgres.standing_functions(connection), guards_postgres.BODIES),
        *_compared(
            guards_postgres.standing_shapes(connection),
            guards_postgres.SHAPES,
            "constraint or index",
        ),
        *guards_postgres.loosened(connection),
    ]
