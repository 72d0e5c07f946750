"""The chain: what an entry is, how it is sealed to the one before, and how a broken one is told.

An entry's digest is SHA-256 over `ftgov-ledger-v1`, a zero byte, and the RFC 8785 bytes of its seq,
type, name, record_digest, previous, actor and recorded_at; so a hash made for another purpose can
never stand for an entry. The body is bound by record_digest.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple

from ftgov.errors import FtgovError
from ftgov.records.canonical import canonical_json
from ftgov.records.digest import Digest, digest_bytes
from ftgov.transparency.log_entry import ENTRY_DOMAIN

GENESIS: Final = "sha256:" + "0" * 64
"""What the first entry names as its previous digest."""


class Entry(NamedTuple):
    """One entry of the ledger.

    `seq` counts from 1 without a gap; `body` is the record's canonical JSON; `previous` is the
    digest of the entry before (64 zeros for the first); `recorded_at` is RFC 3339 UTC text.
    """

    seq: int
    type: str
    name: str
    body: str
    record_digest: Digest
    previous: Digest
    digest: Digest
    actor: str
    recorded_at: str


_TYPES: Final = (int, *(str,) * (len(Entry._fields) - 1))
_escaped = json.encoder.encode_basestring  # escapes exactly what RFC 8785 escapes


def seal(entry: Entry) -> Digest:
    """Return the digest that an entry must have; the one it carries is not looked at.

    Raises:
        FtgovError: If a text of the entry is broken Unicode.
    """
    # Written out, not serialised: these are seven known keys in their order, and this runs often.
    sealed = (
        f'{{"actor":{_escaped(entry.actor)},"name":{_escaped(entry.name)},'
        f'"previous":{_escaped(entry.previous)},"record_digest":{_escaped(entry.record_digest)},'
        f'"recorded_at":{_escaped(entry.recorded_at)},"seq":{entry.seq:d},'
        f'"type":{_escaped(entry.type)}}}'
    )
    try:
        return digest_bytes(ENTRY_DOMAIN + sealed.encode("utf-8"))
    except UnicodeEncodeError as broken:
        raise FtgovError(
            f"Entry {entry.seq} holds broken Unicode.", why=str(broken), next_step="Correct it."
        ) from broken


def ill_typed(entry: Entry) -> bool:
    """Return whether a column holds a value of another type than it must."""
    return tuple(map(type, entry)) != _TYPES


class Judged(NamedTuple):
    """What an entry says when it is read again: its record, or what is wrong with the entry."""

    body: dict[str, Any] | None
    fault: str | None


def judged(entry: Entry) -> Judged:
    """Read an entry again and judge it in itself: its record, then its own digest."""
    body = entry.body.encode("utf-8", "surrogatepass")
    if digest_bytes(body) != entry.record_digest:
        return Judged(None, "its record is not the one that was recorded")
    try:
        record = canonical_json(body)
    except ValueError as fault:
        return Judged(None, f"its record is malformed: {fault}")
    if not isinstance(record, dict):
        return Judged(None, "its record is no object")
    if (record.get("type"), record.get("name")) != (entry.type, entry.name):
        return Judged(record, "its record has another type or name")
    try:
        fits = seal(entry) == entry.digest
    except FtgovError as unsealable:
        return Judged(record, unsealable.what)
    return Judged(record, None if fits else "its digest does not fit what it says")


class Chain:
    """Follows a chain from its first entry and tells each break, naming the seq.

    Each entry is judged against what its predecessor carries, so that one altered entry gives one
    fault or two, not one for every entry after it.
    """

    def __init__(self) -> None:
        self.entries = 0
        self.head: Digest | None = None
        self._seq, self._previous = 1, GENESIS

    def follow(self, entry: Entry) -> tuple[list[str], dict[str, Any] | None]:
        """Take the next entry; return what is wrong with it, and its record if it can be read."""
        faults = []
        if entry.seq != self._seq:
            faults.append(f"entry {self._seq}: missing, the next one found is {entry.seq}")
        elif entry.previous != self._previous:
            faults.append(f"entry {entry.seq}: does not follow the entry before it")
        body, fault = judged(entry)
        if fault:
            faults.append(f"entry {entry.seq}: {fault}")
        self._seq, self._previous = entry.seq + 1, entry.digest
        self.entries += 1
        self.head = entry.digest
        return faults, body

    def ill_typed(self) -> str:
        """Return the fault of a next entry that no entry can be."""
        return f"entry {self._seq}: a column holds a value of another type"


def chain_faults(entries: Iterable[Entry]) -> Iterator[str]:
    """Recompute a chain from its first entry and tell each break, naming the seq."""
    chain = Chain()
    for entry in entries:
        if ill_typed(entry):
            yield chain.ill_typed()
            return
        yield from chain.follow(entry)[0]
