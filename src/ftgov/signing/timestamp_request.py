"""Asking a time-stamp authority, and believing nothing that it says before it is checked.

What leaves the machine is the SHA-256 of a signature, a random number and nothing else.

Source: RFC 3161, 3.4 (time stamps over HTTP).
"""

from __future__ import annotations

import hashlib
import http.client
import urllib.error
import urllib.request
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from ftgov.errors import ExitCode, FtgovError, InvalidBundle, UsageError
from ftgov.signing.timestamp import LARGEST, shortest, stamped_imprint
from ftgov.signing.trust import TimestampAuthority

_SECONDS: Final = 30.0
_QUERY: Final = "application/timestamp-query"
_REPLY: Final = "application/timestamp-reply"


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Refuses redirections: the authority that was named is asked, and no other."""

    def redirect_request(self, *_: object) -> None:
        """Follow nowhere."""


class TimestampService:
    """A time-stamp authority behind a URL.

    Args:
        url: Where it is asked: `https://...`, or `http://...`, since what it answers is signed.
        authorities: Whose word counts; an answer of another is refused.

    Raises:
        UsageError: If the URL is none, or no authority is given.
    """

    def __init__(self, url: str, authorities: Sequence[TimestampAuthority]) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username:
            raise UsageError(
                f"{url!r} is not the address of a time-stamp authority.",
                next_step="Give an http:// or https:// address without a user name.",
            )
        if not authorities:
            raise UsageError(
                "No certificate of the time-stamp authority is known, so its answer can't be "
                "checked.",
                why="A time stamp that nobody can check proves nothing.",
                next_step="ftgov keys trust-pack --tsa-certificates FILE.pem ..., or give "
                "--tsa-certificates here.",
            )
        self.url = url
        self.authorities = tuple(authorities)

    def stamp(self, message: bytes) -> bytes:
        """Return a checked response over a message, in its shortest form (an `envelope.Stamp`).

        Raises:
            FtgovError: If the authority can't be reached, refuses, or its answer does not hold.
        """
        from rfc3161_client import TimestampRequestBuilder
        from rfc3161_client.base import HashAlgorithm

        builder = TimestampRequestBuilder(hash_algorithm=HashAlgorithm.SHA256).data(message)
        request = builder.build()
        imprint = hashlib.sha256(message).digest()
        return self.checked_answer(request.as_bytes(), imprint, request.nonce)

    def checked_answer(self, query: bytes, imprint: bytes, nonce: int | None) -> bytes:
        """Return a checked response to a request, in its shortest form.

        Args:
            query: The TimeStampReq.
            imprint: The SHA-256 in it.
            nonce: The number in it.

        Raises:
            FtgovError: If the authority can't be reached, refuses, or its answer does not hold.
        """
        try:
            response = shortest(self._answer(query))
            stamped_imprint(response, imprint, self.authorities, nonce=nonce)
        except InvalidBundle as fault:
            raise self._failed(fault.what) from fault
        return response

    def _answer(self, query: bytes) -> bytes:
        """Return what the authority answers; nothing of it is checked."""
        request = urllib.request.Request(  # noqa: S310 - the scheme was checked
            self.url, query, {"Content-Type": _QUERY, "Accept": _REPLY}
        )
        opener = urllib.request.build_opener(_NoRedirect())
        try:
            with opener.open(request, timeout=_SECONDS) as reply:
                kind = reply.headers.get_content_type()
                content: bytes = reply.read(LARGEST + 1)
        except urllib.error.HTTPError as fault:
            fault.close()
            raise self._failed(f"It answered with HTTP status {fault.code}.") from fault
        except (OSError, http.client.HTTPException) as fault:
            raise self._failed(str(fault)) from fault
        if kind != _REPLY or len(content) > LARGEST:
            raise self._failed(f"It answered with {len(content)} bytes of type {kind!a}.")
        return content

    def _failed(self, why: str) -> FtgovError:
        return FtgovError(
            f"No time stamp could be had from {self.url}.",
            why=why,
            next_step="Try again, name another authority, or sign without a time stamp.",
            exit_code=ExitCode.PROVIDER,
        )
