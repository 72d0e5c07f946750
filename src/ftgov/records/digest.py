"""SHA-256 digests, always printed with the name of the algorithm."""

from __future__ import annotations

import hashlib
from typing import Annotated, BinaryIO

from pydantic import BaseModel, Field

from ftgov.records.canonical import canonical_bytes

Digest = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]
"""A digest as text: `sha256:` and 64 hexadecimal digits."""

_CHUNK = 1 << 20


def digest_bytes(content: bytes) -> Digest:
    """Return the digest of bytes."""
    return "sha256:" + hashlib.sha256(content).hexdigest()


def digest_stream(stream: BinaryIO) -> tuple[Digest, int]:
    """Return the digest and the length in bytes of all that is left in a stream."""
    total = 0
    hashed = hashlib.sha256()
    while chunk := stream.read(_CHUNK):
        hashed.update(chunk)
        total += len(chunk)
    return "sha256:" + hashed.hexdigest(), total


def digest_record(record: BaseModel | object) -> Digest:
    """Return the digest of a record's canonical bytes."""
    return digest_bytes(canonical_bytes(record))


def bare(digest: Digest) -> str:
    """Return the 64 hexadecimal digits of a digest, for file names and foreign formats."""
    return digest.removeprefix("sha256:")
