"""The guard rail of the ledger: triggers that refuse all but an append at the end of the chain.

They stop accidents and honest programs; whoever holds the file can drop them. That is why `verify`
asks whether they still stand, and why the chain and its exported heads are the evidence.
Three are not enough on SQLite: an `INSERT OR REPLACE` deletes without firing a DELETE trigger.
Source: SQLite, "CREATE TRIGGER" and "The ON CONFLICT Clause", https://www.sqlite.org/lang.html.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection

GENESIS: Final = "sha256:" + "0" * 64
"""What the first entry names as its previous digest."""

SQLITE_GUARDS: Final[dict[str, str]] = {
    "ledger_no_update": """CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only: no UPDATE'); END""",
    "ledger_no_delete": """CREATE TRIGGER ledger_no_delete BEFORE DELETE ON ledger BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only: no DELETE'); END""",
    "ledger_no_replace": """CREATE TRIGGER ledger_no_replace BEFORE INSERT ON ledger
    WHEN EXISTS (SELECT 1 FROM ledger
        WHERE seq = NEW.seq OR digest = NEW.digest OR previous = NEW.previous) BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only: no REPLACE, no fork'); END""",
    "ledger_chain": """CREATE TRIGGER ledger_chain BEFORE INSERT ON ledger
    WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM ledger)
    OR NEW.previous IS NOT coalesce((SELECT digest FROM ledger ORDER BY seq DESC LIMIT 1),
        'sha256:0000000000000000000000000000000000000000000000000000000000000000') BEGIN
    SELECT RAISE(ABORT, 'the ledger is a chain: wrong seq or previous digest'); END""",
}
"""The triggers a SQLite ledger must have, by name, as the shipped migrations leave them."""


def guard_faults(connection: Connection) -> list[str]:
    """Return which guards of a SQLite ledger are missing, altered or joined by a stranger."""
    query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
    standing = {str(name): str(sql) for name, sql in connection.exec_driver_sql(query)}
    faults = []
    for name in sorted(SQLITE_GUARDS.keys() | standing.keys()):
        if name not in standing:
            faults.append(f"the guard {name} is missing: somebody dropped it")
        elif name not in SQLITE_GUARDS:
            faults.append(f"the trigger {name} was added by somebody else")
        elif standing[name] != SQLITE_GUARDS[name]:
            faults.append(f"the guard {name} was altered")
    return faults
