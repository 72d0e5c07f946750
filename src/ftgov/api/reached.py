"""What a walk over the ledger's links reached: records by type and name, and names without one."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable
from typing import NamedTuple, TypeVar

from ftgov.errors import UsageError
from ftgov.records.base import Record
from ftgov.records.links import Link
from ftgov.store.ledger import Entry, Filter, Ledger
from ftgov.store.workspace import Workspace

R = TypeVar("R", bound=Record)
Key = tuple[str, str]
"""The type and name of a record."""


class Reached(NamedTuple):
    """The links of a walk, and the current entries of what they join."""

    ledger: Ledger
    links: tuple[Link, ...]
    entries: dict[Key, Entry]
    missing: tuple[Key, ...]

    def records(self, kind: type[R]) -> dict[str, R]:
        """Return the records of a kind by name, in the order in which they were recorded.

        Raises:
            LedgerTampered: If an entry is not what was recorded.
            FtgovError: If this program can't read a record.
        """
        word = word_of(kind)
        found = sorted((e for (t, _), e in self.entries.items() if t == word), key=lambda e: e.seq)
        return {entry.name: self.ledger.read(kind, entry) for entry in found}


def word_of(kind: type[Record]) -> str:
    """Return the word under which the ledger keeps a kind of record."""
    return str(kind.model_fields["type"].default)


def reached(ledger: Ledger, links: Iterable[Link], *, types: Collection[str]) -> Reached:
    """Read what links join, in one query.

    Args:
        ledger: Where to read.
        links: From a walk.
        types: Which types of record to read; others are left unread.
    """
    kept = tuple(links)
    keys = {(link.below_type, link.below_name) for link in kept}
    keys |= {(link.above_type, link.above_name) for link in kept}
    wanted = sorted(key for key in keys if key[0] in types)
    entries = ledger.pick(wanted)
    missing = tuple(key for key in wanted if key not in entries)
    return Reached(ledger, kept, entries, missing)


def require(workspace: Workspace, kind: type[R], name: str) -> R:
    """Return a recorded thing.

    Raises:
        UsageError: If there is none of that name; suggests the nearest.
    """
    if (found := workspace.ledger.get(kind, name)) is not None:
        return found
    word = word_of(kind)
    known = {entry.name for entry in workspace.ledger.entries(Filter(type=word))}
    near = difflib.get_close_matches(name, sorted(known), n=1)
    raise UsageError(
        f"There is no {word} '{name}' in this workspace.",
        next_step=f"Did you mean '{near[0]}'?" if near else f"Record it: ftgov record {word} NAME",
    )
