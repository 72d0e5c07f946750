"""What every host is to the rooms above: something that is asked, and answers in exact bytes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, Protocol

from ftgov.errors import ExitCode, FtgovError
from ftgov.records.digest import Digest

Query = Mapping[str, str | int | list[str]]
"""The parameters of a question."""


class HostError(FtgovError):
    """A host could not be asked, or its answer can't be used."""

    exit_code = ExitCode.PROVIDER


class HostRefused(HostError):
    """A host answered that it will not: `status` is its HTTP status, from 400 to 499."""

    def __init__(self, what: str, *, status: int, why: str = "", next_step: str = "") -> None:
        super().__init__(what, why=why, next_step=next_step)
        self.status = status


class Answer(NamedTuple):
    """One answer of a host.

    Attributes:
        url: What was asked, with its query; never a key.
        body: The exact bytes.
        digest: Of the body.
        content: What the body holds as JSON.
        at: When it came, RFC 3339 UTC.
        request_id: The host's id of the call.
        tenant: The organisation that the host says it answered.
        project: The project that the host says it answered.
    """

    url: str
    body: bytes
    digest: Digest
    content: Any
    at: str
    request_id: str | None
    tenant: str | None
    project: str | None = None


class Host(Protocol):
    """A host of models; may be asked from several threads."""

    provider: str
    requests: int
    received: int

    def get(self, path: str, query: Query | None = None, *, admin: bool = False) -> Answer:
        """Ask for JSON; waits and asks again where the host is busy or the line broke.

        Raises:
            HostRefused: If the host will not answer this.
            HostError: If it could not be reached, or its answer is no JSON.
        """
        ...

    def download(self, file_id: str, target: BinaryIO) -> int:
        """Write a file's content to a stream, without holding it, and return its length in bytes.

        Raises:
            HostRefused: If the host will not give it.
            HostError: If it could not be had whole.
        """
        ...

    def post(self, path: str, body: Mapping[str, Any]) -> Answer:
        """Send JSON once: what may cost money is never sent again unasked.

        Raises:
            HostRefused: If the host will not do it.
            HostError: If it is not known whether the host did it.
        """
        ...

    def upload(self, path: Path, purpose: str, *, name: str) -> Answer:
        """Send a file once, under a name.

        Raises:
            HostRefused: If the host will not take it.
            HostError: If it is not known whether the host took it.
        """
        ...
