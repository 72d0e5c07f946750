"""Evidence: files known by their digest, and the one interface by which analyzers read them."""

from __future__ import annotations

from pathlib import Path
from typing import Any, BinaryIO, Protocol

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from ftgov.records.base import Record
from ftgov.records.digest import Digest


class Evidence(Record):
    """A file that was recorded: what it is, and the digest by which it is found again.

    The digest is always that of the content. Where the content can be erased, the file that is kept
    is its ciphertext, whose digest is `sealed`; the key is elsewhere and can be destroyed.
    """

    digest: Digest
    bytes: int = Field(ge=0, description="length in bytes")
    name: str = Field(min_length=1, max_length=255, description="the file's own name, for people")
    media_type: str = "application/octet-stream"
    sealed: Digest | None = Field(
        default=None, description="digest of the ciphertext, where that is kept in place of it"
    )

    @model_serializer(mode="wrap")
    def _written(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave `sealed` out where there is none: a record of a plain file keeps its old bytes."""
        written: dict[str, Any] = write(self)
        if self.sealed is None:
            written.pop("sealed", None)
        return written


class EvidenceReader(Protocol):
    """Where evidence is read from: a workspace or a bundle, the analyzers can't tell."""

    def open(self, digest: Digest) -> BinaryIO:
        """Open evidence for reading; raises `NotAssessable` if it is absent or not what it was."""
        ...

    def path(self, digest: Digest) -> Path:
        """Return the local file that holds the evidence, checked against its digest."""
        ...
