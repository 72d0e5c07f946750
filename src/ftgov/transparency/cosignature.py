"""Cosignatures: a witness says at which time a tree head was the largest one that it had seen.

What is signed is two lines, `cosignature/v1` and `time <seconds>`, and the whole text of the head.
The signature in the note begins with that time, 8 bytes, big-endian.

Source: c2sp.org/tlog-cosignature (Ed25519, type 0x04).
"""

from __future__ import annotations

from typing import Final, NamedTuple

COSIGNATURE: Final = 4
"""The type of a timestamped Ed25519 cosignature."""

_TIME_BYTES: Final = 8
_LATEST: Final = 2**63 - 1


class Cosignature(NamedTuple):
    """A witness's time (POSIX seconds, UTC) and its Ed25519 signature (64 bytes)."""

    time: int
    signature: bytes


def cosigned_message(time: int, text: str) -> bytes:
    """Return what a witness signs.

    Args:
        time: POSIX seconds; 1 to 2^63 - 1.
        text: The text of the head, which ends in a line feed.

    Raises:
        ValueError: If the time can't be written.
    """
    if not 0 < time <= _LATEST:
        raise ValueError("a cosignature's time is 1 to 2^63 - 1 seconds")
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def pack_cosignature(found: Cosignature) -> bytes:
    """Return the bytes that stand in the note after the key's id."""
    return found.time.to_bytes(_TIME_BYTES, "big") + found.signature


def unpack_cosignature(content: bytes) -> Cosignature:
    """Read the bytes that stand in the note after the key's id.

    Raises:
        ValueError: If they are not 8 bytes of a time and 64 of a signature.
    """
    if len(content) != _TIME_BYTES + 64:
        raise ValueError("a cosignature has 72 bytes")
    time = int.from_bytes(content[:_TIME_BYTES], "big")
    if not 0 < time <= _LATEST:
        raise ValueError("a cosignature's time is 1 to 2^63 - 1 seconds")
    return Cosignature(time, content[_TIME_BYTES:])
