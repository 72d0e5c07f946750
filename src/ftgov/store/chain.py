"""The chain: what an entry is, how it is sealed to the one before, and how a broken one is told.

An entry's digest is SHA-256 over `ftgov-ledger-v1`, a zero byte, and the RFC 8785 bytes of its seq,
type, name, record_digest, previous, actor and recorded_at; so a hash made for another purpose can
never stand for an entry. The body is bound by record_digest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from ftgov.errors import FtgovError
from ftgov.records.canonical import canonical_bytes, canonical_json
from ftgov.records.digest import Digest, digest_bytes
from ftgov.store.guards import GENESIS

_DOMAIN: Final = b"ftgov-ledger-v1\0"
_SEALED: Final = ("seq", "type", "name", "record_digest", "previous", "actor", "recorded_at")


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


def seal(entry: Entry) -> Digest:
    """Return the digest that an entry must have; the one it carries is not looked at."""
    sealed = {name: getattr(entry, name) for name in _SEALED}
    return digest_bytes(_DOMAIN + canonical_bytes(sealed))


def _ill_typed(entry: Entry) -> bool:
    columns: tuple[object, ...] = entry
    return type(columns[0]) is not int or any(type(text) is not str for text in columns[1:])


def _body_fault(entry: Entry) -> str | None:
    """Return what is wrong with the record inside an entry, if anything."""
    body = entry.body.encode("utf-8", "surrogatepass")
    if digest_bytes(body) != entry.record_digest:
        return "its record is not the one that was recorded"
    try:
        record = canonical_json(body)
    except ValueError as fault:
        return f"its record is malformed: {fault}"
    if not isinstance(record, dict):
        return "its record is no object"
    if (record.get("type"), record.get("name")) != (entry.type, entry.name):
        return "its record has another type or name"
    return None


def entry_fault(entry: Entry) -> str | None:
    """Return what is wrong with an entry in itself, or None: its record, then its own digest."""
    if fault := _body_fault(entry):
        return fault
    try:
        fits = seal(entry) == entry.digest
    except FtgovError as unsealable:
        return unsealable.what
    return None if fits else "its digest does not fit what it says"


def chain_faults(entries: Iterable[Entry]) -> Iterator[str]:
    """Recompute a chain from its first entry and tell each break, naming the seq.

    Each entry is judged against what its predecessor carries, so that one altered entry gives one
    fault or two, not one for every entry after it.
    """
    seq, previous = 1, GENESIS
    for entry in entries:
        if _ill_typed(entry):
            yield f"entry {seq}: a column holds a value of another type"
            return
        if entry.seq != seq:
            yield f"entry {seq}: missing, the next one found is {entry.seq}"
        elif entry.previous != previous:
            yield f"entry {entry.seq}: does not follow the entry before it"
        if fault := entry_fault(entry):
            yield f"entry {entry.seq}: {fault}"
        seq, previous = entry.seq + 1, entry.digest
