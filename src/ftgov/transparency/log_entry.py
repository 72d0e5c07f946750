"""An entry of the ledger as a file beside its proof: what was recorded, and the leaf it makes.

The file is canonical JSON with exactly the entry's own fields, and the record itself in place of
its text. The entry's digest binds the record, the chain before it, who recorded it and when; the
log's leaf is the hash of that digest.

Sources: RFC 8785 (bytes); RFC 6962 section 2.1 (leaf hash).
"""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import Field

from ftgov.records.base import Name, Record, Time
from ftgov.records.canonical import canonical_bytes, canonical_json
from ftgov.records.digest import Digest, digest_bytes, digest_record
from ftgov.transparency.merkle import leaf_hash

ENTRY_DOMAIN: Final = b"ftgov-ledger-v1\0"
"""Stands before an entry's bytes, so that no hash made for another purpose can be an entry's."""


class LogEntry(Record):
    """One entry of a ledger; `record` is the object that was recorded, `seq` counts from 1."""

    actor: str = Field(min_length=1)
    name: Name
    previous: Digest
    record: dict[str, Any]
    record_digest: Digest
    recorded_at: Time
    seq: Annotated[int, Field(ge=1, lt=2**53)]
    type: Name

    @property
    def digest(self) -> Digest:
        """The entry's digest, as the chain after it names it."""
        sealed = self.model_dump(mode="json", exclude={"record"})
        return digest_bytes(ENTRY_DOMAIN + canonical_bytes(sealed))

    @property
    def leaf(self) -> bytes:
        """The entry's leaf hash in the log (32 bytes)."""
        return leaf_hash(bytes.fromhex(self.digest.removeprefix("sha256:")))


def write_entry(entry: LogEntry) -> bytes:
    """Return the bytes of an entry's file."""
    return canonical_bytes(entry)


def parse_entry(content: bytes) -> LogEntry:
    """Read an entry's file; that it is in a log is not looked at.

    Raises:
        ValueError: If it is not the canonical form of itself, has another field, or its record is
            not the one that its `record_digest`, `type` and `name` state.
    """
    entry = LogEntry.model_validate(canonical_json(content))
    if canonical_bytes(entry) != content:
        raise ValueError("a field of the entry has a wrong type")
    if digest_record(entry.record) != entry.record_digest:
        raise ValueError("record_digest is not that of the record")
    if (entry.record.get("type"), entry.record.get("name")) != (entry.type, entry.name):
        raise ValueError("the record has another type or name than the entry")
    return entry
