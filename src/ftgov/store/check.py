"""The check of a ledger: everything that can be recomputed is."""

from __future__ import annotations

from itertools import islice
from typing import Final, Literal

from sqlalchemy import Connection, select

from ftgov.records.base import Record
from ftgov.records.digest import Digest
from ftgov.store.chain import Entry, chain_faults
from ftgov.store.guards import guard_faults
from ftgov.store.queries import COLUMNS, head_of
from ftgov.store.tables import LEDGER

_AT_MOST: Final = 100  # broken entries told by one check; more say nothing new


class LedgerCheck(Record):
    """What recomputing a ledger found; an empty one is not intact, there is nothing to verify."""

    entries: int
    head: Digest | None
    faults: tuple[str, ...] = ()

    @property
    def verdict(self) -> Literal["intact", "tampered", "nothing to verify"]:
        """The check in a word."""
        if self.faults:
            return "tampered"
        return "intact" if self.entries else "nothing to verify"


def _file_faults(connection: Connection) -> list[str]:
    """Return what SQLite itself finds: an index that hides or invents rows, a wrong column type."""
    found = connection.exec_driver_sql("PRAGMA integrity_check(20)").scalars()
    return [f"the database file: {line}" for line in found if line != "ok"]


def checked(connection: Connection) -> LedgerCheck:
    """Recompute a ledger: each record and digest, the chain, the guards, the database file.

    Args:
        connection: A transaction on a database of the current revision.

    Returns:
        A check whose faults name the seq where the ledger first breaks, and up to 100 in all.
    """
    # NOT INDEXED: an index that somebody bent must not choose which rows are looked at.
    query = select(*COLUMNS).with_hint(LEDGER, "NOT INDEXED").order_by(LEDGER.c.seq)
    rows = connection.execution_options(yield_per=500).execute(query)
    faults = list(islice(chain_faults(Entry(*row) for row in rows), _AT_MOST))
    rows.close()
    faults += guard_faults(connection) + _file_faults(connection)
    state = head_of(connection)
    return LedgerCheck(entries=state.entries, head=state.head, faults=tuple(faults))
