"""Captures as WARC: exact answers in a form that web archives read, and read back.

Source: WARC 1.1, ISO 28500:2017. Each answer is a record of the type `resource`, whose block is the
body alone: the bytes that the digest is of. Request ids stand in `FTGov-Request-Id`; no header of a
request, and so no key, is written.
"""

from __future__ import annotations

import base64
import hashlib
import uuid
from collections.abc import Iterable, Iterator
from typing import BinaryIO, Final, NamedTuple

from ftgov.errors import NotAssessable
from ftgov.providers.protocol import Answer
from ftgov.records.digest import Digest, digest_bytes

MEDIA_TYPE: Final = "application/warc"
_HEAD: Final = b"WARC/1.1\r\n"
_MOST_HEADERS: Final = 40


class Kept(NamedTuple):
    """An answer as a capture holds it."""

    url: str
    body: bytes
    digest: Digest
    at: str


def capture_bytes(answers: Iterable[Answer], *, software: str) -> bytes:
    """Return a capture of answers, in order; the same answers give the same bytes."""
    found = list(answers)
    about = f"software: {software}\r\nformat: WARC File Format 1.1\r\n".encode()
    first = found[0].at if found else "1970-01-01T00:00:00Z"
    parts = [_record("warcinfo", about, first, ("Content-Type: application/warc-fields",))]
    for answer in found:
        fields = [f"WARC-Target-URI: {_line(answer.url)}", "Content-Type: application/json"]
        if answer.request_id:
            fields.append(f"FTGov-Request-Id: {_line(answer.request_id)}")
        parts.append(_record("resource", answer.body, answer.at, fields))
    return b"".join(parts)


def _record(kind: str, block: bytes, at: str, fields: Iterable[str]) -> bytes:
    hashed = hashlib.sha256(block).digest()
    lines = [
        f"WARC-Type: {kind}",
        f"WARC-Date: {at}",
        f"WARC-Block-Digest: sha256:{base64.b32encode(hashed).decode()}",
        *fields,
        f"Content-Length: {len(block)}",
    ]
    mark = uuid.UUID(bytes=hashlib.sha256("\n".join(lines).encode()).digest()[:16], version=4)
    lines.insert(1, f"WARC-Record-ID: <urn:uuid:{mark}>")
    return _HEAD + "\r\n".join(lines).encode() + b"\r\n\r\n" + block + b"\r\n\r\n"


def _line(text: str) -> str:
    """Return text that can't end a header line."""
    return "".join(char if char.isprintable() else "?" for char in text)


def kept_answers(stream: BinaryIO, where: str) -> Iterator[Kept]:
    """Yield the answers of a capture, in order, one in memory at a time.

    Raises:
        NotAssessable: If the file is no capture; names the byte.
    """
    while start := stream.readline():
        at = stream.tell() - len(start)
        if start != _HEAD:
            raise _no_capture(where, at, "a record does not begin as one of WARC 1.1")
        fields = _fields(stream, where, at)
        try:
            length = int(fields["content-length"])
        except (KeyError, ValueError):
            raise _no_capture(where, at, "a record does not say how long it is") from None
        block = stream.read(length)
        if len(block) != length or stream.read(4) != b"\r\n\r\n":
            raise _no_capture(where, at, "a record is cut short")
        if fields.get("warc-type") == "resource":
            url, moment = fields.get("warc-target-uri", ""), fields.get("warc-date", "")
            yield Kept(url, block, digest_bytes(block), moment)


def _fields(stream: BinaryIO, where: str, at: int) -> dict[str, str]:
    found: dict[str, str] = {}
    for _ in range(_MOST_HEADERS):
        line = stream.readline()
        if line == b"\r\n":
            return found
        name, colon, value = line.decode("utf-8", "replace").partition(":")
        if not colon:
            break
        found[name.strip().lower()] = value.strip()
    raise _no_capture(where, at, "the head of a record is malformed")


def _no_capture(where: str, at: int, why: str) -> NotAssessable:
    return NotAssessable(
        f"{where} is no capture that can be read: at byte {at} {why}.",
        next_step="Restore it from a backup: ftgov log --verify tells which files were altered.",
    )
