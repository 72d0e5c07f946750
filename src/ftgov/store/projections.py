"""The projections: what is kept beside the ledger so that questions about it are quick.

`tree` keeps the hashes of complete subtrees over 256, 65,536, ... entries, so that a proof reads a
few hundred rows, whatever the ledger's length; `link` keeps what derives from what. Both say
nothing that the entries don't, and `verify` rebuilds and compares them.
A leaf of the tree is the 32 bytes of an entry's digest.
Source: RFC 6962, section 2.1; tiles of 256 as in C2SP, https://c2sp.org/tlog-tiles.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Final

from sqlalchemy import Connection, select

from ftgov.records.digest import Digest, bare
from ftgov.records.links import links_of
from ftgov.store.chain import Entry
from ftgov.store.queries import digests, end_of, marked, streamed
from ftgov.store.tables import LEDGER
from ftgov.transparency.merkle import leaf_hash, node_hash

BITS: Final = 8
"""Every eighth level of the tree is kept."""

TILE: Final = 1 << BITS
LinkRow = tuple[int, int, str, str, str, str, str]

_TREE: Final = "INSERT INTO tree (level, place, hash) VALUES (?, ?, ?)"
_LINK: Final = (
    "INSERT INTO link (seq, place, below_type, below_name, relation, above_type, above_name) "
    "VALUES (?, ?, ?, ?, ?, ?, ?)"
)
_HASHES: Final = "SELECT hash FROM tree WHERE level = ? AND place BETWEEN ? AND ? ORDER BY place"


def leaf_of(digest: Digest) -> bytes:
    """Return the leaf hash of an entry with a digest."""
    return leaf_hash(bytes.fromhex(bare(digest)))


def link_rows(seq: int, links: Iterable[tuple[str, str, str, str, str]]) -> list[LinkRow]:
    """Return the rows of the links that an entry states."""
    return [(seq, place, *link) for place, link in enumerate(links)]


def links_in(entry: Entry) -> list[LinkRow]:
    """Return the rows of the links that an entry's record states."""
    return link_rows(entry.seq, links_of(entry.type, entry.name, json.loads(entry.body)))


def _folded(hashes: Sequence[bytes]) -> bytes:
    """Return the root over hashes whose number is a power of two."""
    level = list(hashes)
    while len(level) > 1:
        level = [node_hash(*level[at : at + 2]) for at in range(0, len(level), 2)]
    return level[0]


def tile(connection: Connection, level: int, place: int) -> list[bytes]:
    """Return up to 256 neighbouring hashes of a kept level; level 0 is the entries' leaves."""
    first, last = place * TILE, (place + 1) * TILE - 1
    if level == 0:
        return [leaf_of(digest) for digest in digests(connection, first + 1, last + 1)]
    rows = connection.exec_driver_sql(marked(connection, _HASHES), (level, first, last))
    return [bytes.fromhex(text) for text in rows.scalars()]


class Nodes:
    """The tree's nodes, read as they are asked for; call it with a level and an index.

    Args:
        connection: The transaction to read in; a tile that was read is remembered for its time.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._tiles: dict[tuple[int, int], list[bytes]] = {}

    def __call__(self, level: int, index: int) -> bytes:
        """Return the hash of the complete subtree over leaves from `index * 2**level` on."""
        rest = level % BITS
        kept, start = level - rest, index << rest
        at = (kept, start // TILE)
        if at not in self._tiles:
            self._tiles[at] = tile(self._connection, *at)
        return _folded(self._tiles[at][start % TILE : start % TILE + (1 << rest)])


def grow(connection: Connection, before: int, after: int) -> None:
    """Keep the subtrees that became complete when the ledger grew from one length to another."""
    level = 0
    while before >> BITS != after >> BITS:
        places = range(before >> BITS, after >> BITS)
        rows = [
            (level + BITS, place, _folded(tile(connection, level, place)).hex()) for place in places
        ]
        connection.exec_driver_sql(marked(connection, _TREE), rows)
        before, after, level = before >> BITS, after >> BITS, level + BITS


def keep_links(connection: Connection, rows: list[LinkRow]) -> None:
    """Keep the rows of links, which belong to entries that were just added."""
    if rows:
        connection.exec_driver_sql(marked(connection, _LINK), rows)


def fill(connection: Connection) -> None:
    """Make both projections of a ledger that has none; memory does not grow with its length."""
    query = select(*(LEDGER.c[name] for name in Entry._fields)).order_by(LEDGER.c.seq)
    entries = (Entry(*row) for row in streamed(connection, query))
    while page := list(islice(entries, TILE)):
        keep_links(connection, [row for entry in page for row in links_in(entry)])
    grow(connection, 0, end_of(connection)[0])
