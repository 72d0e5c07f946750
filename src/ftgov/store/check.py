"""The check of a ledger: everything that can be recomputed is.

Entries are read once, in order; nothing but the tree's frontier is remembered, so that memory does
not grow with their number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, Literal, NamedTuple

from sqlalchemy import Connection, func, select

from ftgov.records.base import Record
from ftgov.records.digest import Digest
from ftgov.records.links import links_of
from ftgov.store.chain import Chain, Entry, ill_typed
from ftgov.store.guards import guard_faults, missing_tables
from ftgov.store.projections import BITS, LinkRow, leaf_of, link_rows
from ftgov.store.queries import COLUMNS, digest_at, marked, streamed
from ftgov.store.tables import LEDGER, LINK, TREE
from ftgov.transparency.checkpoint import TreeHead
from ftgov.transparency.merkle import Frontier

_AT_MOST: Final = 100  # broken entries told by one check; more say nothing new
_NODE: Final = "SELECT hash FROM tree WHERE level = ? AND place = ?"
_KEPT: Final = ("seq", "place", "below_type", "below_name", "relation", "above_type", "above_name")


class LedgerCheck(Record):
    """What recomputing a ledger found; an empty one is not intact, there is nothing to verify."""

    entries: int
    head: Digest | None
    root: Digest | None = None
    faults: tuple[str, ...] = ()

    @property
    def verdict(self) -> Literal["intact", "tampered", "nothing to verify"]:
        """The check in a word."""
        if self.faults:
            return "tampered"
        return "intact" if self.entries else "nothing to verify"


Visit = Callable[[Entry, dict[str, Any]], None]
"""Called with each sound entry and its record."""


def checked(
    connection: Connection, heads: Sequence[TreeHead] = (), visit: Visit | None = None
) -> LedgerCheck:
    """Recompute a ledger: records, digests, chain, tree, links, guards, and the database file.

    Args:
        connection: A transaction on a database of the current revision.
        heads: Tree heads that were exported earlier; the ledger must still grow out of each.
        visit: Sees each sound entry as it passes.

    Returns:
        A check whose faults name the seq where the ledger first breaks, and up to 100 in all.
    """
    if gone := missing_tables(connection):
        return LedgerCheck(entries=0, head=None, faults=tuple(gone))
    # NOT INDEXED: an index that somebody bent must not choose which rows are looked at.
    query = select(*COLUMNS).with_hint(LEDGER, "NOT INDEXED", "sqlite").order_by(LEDGER.c.seq)
    reading = _Reading(connection, heads, visit)
    for row in streamed(connection, query):
        entry = Entry(*row)
        if ill_typed(entry):
            reading.faults.append(reading.chain.ill_typed())
            break
        reading.take(entry)
    faults = reading.faults + reading.leftovers()
    faults = faults[:_AT_MOST] + guard_faults(connection) + _file_faults(connection)
    return LedgerCheck(
        entries=reading.chain.entries,
        head=reading.chain.head,
        root=f"sha256:{reading.tree.root().hex()}" if reading.chain.entries else None,
        faults=tuple(faults),
    )


class _Rows(NamedTuple):
    """Rows of a projection that are read beside the entries."""

    rows: Iterator[Any]

    def of(self, seq: int, waiting: list[LinkRow]) -> list[LinkRow]:
        """Return all rows up to an entry; one that was read too far waits for the next call."""
        found = [row for row in waiting if row[0] <= seq]
        if not waiting or found:
            waiting.clear()
            for row in self.rows:
                if row[0] > seq:
                    waiting.append(tuple(row))
                    break
                found.append(tuple(row))
        return found


class _Reading:
    """One pass over a ledger, which compares each projection as it goes."""

    def __init__(
        self, connection: Connection, heads: Sequence[TreeHead], visit: Visit | None
    ) -> None:
        self.chain = Chain()
        self.tree = Frontier(completed=self._compare, every=BITS)
        self.faults: list[str] = []
        self._connection = connection
        self._visit = visit
        self._heads = sorted(heads, key=lambda head: head.size)
        self._reached = 0
        self._nodes = self._links = 0
        self._waiting: list[LinkRow] = []
        columns = [LINK.c[name] for name in _KEPT]
        query = select(*columns).order_by(LINK.c.seq, LINK.c.place)
        self._rows = _Rows(streamed(connection, query))

    def take(self, entry: Entry) -> None:
        """Judge the next entry and what is kept about it."""
        if len(self.faults) > _AT_MOST:
            self.chain.entries += 1
            return
        faults, body = self.chain.follow(entry)
        kept = self._rows.of(entry.seq, self._waiting)
        self._links += len(kept)
        if body is not None and not faults:
            stated = link_rows(entry.seq, links_of(entry.type, entry.name, body))
            if kept != stated:
                faults.append(f"entry {entry.seq}: the links kept of it are not what it says")
            if self._visit:
                self._visit(entry, body)
        self.faults += faults
        if not self.faults:
            self.tree.add(leaf_of(entry.digest))
            self._compare_heads(entry.seq)

    def leftovers(self) -> list[str]:
        """Return what is kept about no entry, and which entries a tree head knew and are gone."""
        count = self.chain.entries
        faults = [
            f"entry {count + 1}: missing, a tree head exported earlier knew {head.size} entries"
            for head in self._heads[-1:]
            if head.size > count
        ]
        if self.faults or faults:
            return faults
        for table, seen in ((TREE, self._nodes), (LINK, self._links)):
            rows = self._connection.execute(select(func.count()).select_from(table)).scalar_one()
            if rows != seen:
                faults.append(f"the table {table.name} has {rows} rows, the entries give {seen}")
        return faults

    def _compare(self, level: int, index: int, made: bytes) -> None:
        query = marked(self._connection, _NODE)
        kept = self._connection.exec_driver_sql(query, (level, index)).scalar()
        self._nodes += 1
        if kept != made.hex():
            first, last = (index << level) + 1, (index + 1) << level
            word = "missing" if kept is None else "not what they give"
            self.faults.append(f"the tree over the entries {first} to {last}: its hash is {word}")

    def _compare_heads(self, seq: int) -> None:
        while self._reached < len(self._heads) and self._heads[self._reached].size <= seq:
            head = self._heads[self._reached]
            self._reached += 1
            if head.size == seq and self.tree.root() != head.root:
                self.faults.append(_rewritten(self._connection, head))


def _rewritten(connection: Connection, head: TreeHead) -> str:
    """Tell that entries differ from those a tree head was made over, and from which one on."""
    first, last = head.first_difference(lambda seq: digest_at(connection, seq))
    where = f"entry {first}" if first == last else f"one of the entries {first} to {last}"
    return f"{where}: rewritten after a tree head of {head.size} entries was exported"


def _file_faults(connection: Connection) -> list[str]:
    """Return what SQLite itself finds: an index that hides or invents rows, a wrong column type."""
    if connection.dialect.name != "sqlite":
        return []
    found = connection.exec_driver_sql("PRAGMA integrity_check(20)").scalars()
    return [f"the database file: {line}" for line in found if line != "ok"]
