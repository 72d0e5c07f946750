"""Evidence: files known by their digest, and the one interface by which analyzers read them."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO, Protocol

from pydantic import Field

from ftgov.records.base import Record
from ftgov.records.digest import Digest


class Evidence(Record):
    """A file that was recorded: what it is, and the digest by which it is found again."""

    digest: Digest
    bytes: int = Field(ge=0, description="length in bytes")
    name: str = Field(min_length=1, max_length=255, description="the file's own name, for people")
    media_type: str = "application/octet-stream"


class EvidenceReader(Protocol):
    """Where evidence is read from: a workspace or a bundle, the analyzers can't tell."""

    def open(self, digest: Digest) -> BinaryIO:
        """Open evidence for reading; raises `NotAssessable` if it is absent or not what it was."""
        ...

    def path(self, digest: Digest) -> Path:
        """Return the local file that holds the evidence, checked against its digest."""
        ...
