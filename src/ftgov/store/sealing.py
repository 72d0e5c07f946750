"""Sealing: a file of any size encrypted so that each part of it can be read and trusted alone.

The content is cut into segments of 1 MiB, each encrypted with AES-256-GCM under a nonce of a random
prefix, the segment's number and a flag that only the last one has. So no segment can be altered,
left out, moved or cut off, and neither writing nor reading needs more memory than one segment. A
sealed file is a header (16 bytes that name the form, 7 bytes of prefix), which every segment
vouches for, and the segments, each 16 bytes longer than its content.

Sources: Hoang, Reyhanitabar, Rogaway, Vizár, "Online Authenticated-Encryption and its Nonce-Reuse
Misuse-Resistance" (CRYPTO 2015), the STREAM construction; NIST SP 800-38D (GCM).
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, Final

KEY_BYTES: Final = 32
PREFIX_BYTES: Final = 7
SEGMENT: Final = 1 << 20
_FORM: Final = b"ftgov-sealed/v1\n"
_HEADER: Final = len(_FORM) + PREFIX_BYTES
_TAG: Final = 16


def sealed(chunks: Iterable[bytes], *, key: bytes, prefix: bytes) -> Iterator[bytes]:
    """Yield the bytes of a sealed file.

    Args:
        chunks: The content, in pieces of any size.
        key: 32 random bytes that seal this file and no other.
        prefix: 7 random bytes.
    """
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    cipher, header = AESGCM(key), _FORM + prefix
    yield header
    waiting, number = bytearray(), 0
    for chunk in chunks:
        waiting += chunk
        while len(waiting) > SEGMENT:  # a full segment that may be the last one waits for the end
            content = bytes(waiting[:SEGMENT])
            yield cipher.encrypt(_nonce(prefix, number, last=False), content, header)
            del waiting[:SEGMENT]
            number += 1
    yield cipher.encrypt(_nonce(prefix, number, last=True), bytes(waiting), header)


def unsealed(stream: BinaryIO, *, key: bytes) -> BinaryIO:
    """Return the content of a sealed file as a stream that can seek; closing closes both.

    Args:
        stream: The sealed file, open at its start.
        key: What it was sealed with.

    Raises:
        ValueError: If it is no sealed file. Reading raises it where a segment is not what was
            sealed, or the key is another's.
    """
    return io.BufferedReader(_Unsealed(stream, key), SEGMENT)


class _Unsealed(io.RawIOBase):
    """The content of a sealed file, one segment in memory at a time."""

    def __init__(self, stream: BinaryIO, key: bytes) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        self._stream = stream
        self._cipher = AESGCM(key)
        self._header = stream.read(_HEADER)
        body = os.fstat(stream.fileno()).st_size - _HEADER
        self._last = max(0, -(-body // (SEGMENT + _TAG)) - 1)
        if not self._header.startswith(_FORM) or body - self._last * (SEGMENT + _TAG) < _TAG:
            raise ValueError("this is no sealed file")
        self._size = body - (self._last + 1) * _TAG
        self._at = 0
        self._held: tuple[int, bytes] = (-1, b"")

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, start + offset)
        return self._at

    def readinto(self, buffer: Any, /) -> int:
        number, within = divmod(self._at, SEGMENT)
        if number > self._last:
            return 0
        part = self._segment(number)[within : within + len(buffer)]
        buffer[: len(part)] = part
        self._at += len(part)
        return len(part)

    def close(self) -> None:
        self._stream.close()
        super().close()

    def _segment(self, number: int) -> bytes:
        from cryptography.exceptions import InvalidTag

        if self._held[0] != number:
            self._stream.seek(_HEADER + number * (SEGMENT + _TAG))
            found = self._stream.read(SEGMENT + _TAG)
            nonce = _nonce(self._header[len(_FORM) :], number, last=number == self._last)
            try:
                self._held = (number, self._cipher.decrypt(nonce, found, self._header))
            except InvalidTag as fault:
                raise ValueError(f"segment {number} is not what was sealed") from fault
        return self._held[1]


def _nonce(prefix: bytes, number: int, *, last: bool) -> bytes:
    """Return the 12 bytes of a segment's nonce; 2^32 segments are 4 PiB."""
    return prefix + number.to_bytes(4, "big") + bytes([last])
