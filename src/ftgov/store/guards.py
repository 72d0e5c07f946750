"""Whether the guard rail of a ledger still stands, on either database."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection

from ftgov.store import guards_postgres, guards_sqlite


def _compared(standing: Mapping[str, str], wanted: Mapping[str, str]) -> list[str]:
    faults = []
    for name in sorted(wanted.keys() | standing.keys()):
        if name not in standing:
            faults.append(f"the guard {name} is missing: somebody dropped it")
        elif name not in wanted:
            faults.append(f"the trigger {name} was added by somebody else")
        elif standing[name] != wanted[name]:
            faults.append(f"the guard {name} was altered")
    return faults


def guard_faults(connection: Connection) -> list[str]:
    """Return which guards are missing, disabled, altered or joined by a stranger, in words."""
    if connection.dialect.name == "sqlite":
        return _compared(guards_sqlite.standing(connection), guards_sqlite.SQLITE_GUARDS)
    return [
        *_compared(guards_postgres.standing_triggers(connection), guards_postgres.TRIGGERS),
        *_compared(guards_postgres.standing_functions(connection), guards_postgres.BODIES),
        *guards_postgres.loosened(connection),
    ]
