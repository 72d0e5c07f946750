"""Base64 and decimal numbers in the one form that a line of a note may have.

A reader that takes two spellings of one value lets a signed or hashed file change unnoticed.

Sources: RFC 4648 section 4 (base64 with padding, pad bits zero); c2sp.org/tlog-checkpoint (decimal
without leading zeroes).
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Final

_DECIMAL: Final = re.compile(r"0|[1-9][0-9]{0,18}")
_LARGEST: Final = 2**63 - 1


def encode_base64(content: bytes) -> str:
    """Return standard base64 with padding."""
    return base64.b64encode(content).decode("ascii")


def decode_base64(text: str) -> bytes:
    """Return the bytes of base64 text.

    Raises:
        ValueError: If the text is not the one canonical encoding of its bytes.
    """
    try:
        content = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, ValueError) as fault:
        raise ValueError("this is not base64") from fault
    if encode_base64(content) != text:
        raise ValueError("this base64 is not in its canonical form")
    return content


def decode_hash(text: str) -> bytes:
    """Return the 32 bytes of a SHA-256 hash in base64.

    Raises:
        ValueError: If the text is no canonical base64 of 32 bytes.
    """
    content = decode_base64(text)
    if len(content) != 32:
        raise ValueError(f"a hash has 32 bytes, not {len(content)}")
    return content


def decimal(text: str) -> int:
    """Return the number that ASCII digits without a leading zero stand for, below 2^63.

    Raises:
        ValueError: If the text is anything else.
    """
    if not _DECIMAL.fullmatch(text) or int(text) > _LARGEST:
        raise ValueError(f"{text[:40]!r} is no decimal number without leading zeroes below 2^63")
    return int(text)
