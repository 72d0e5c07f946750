"""The outer forms of a training log: base64, a JSON string, JSON."""

from __future__ import annotations

import base64
import binascii
import json
import re
from typing import Any, Final

from ftgov.errors import FtgovError

_BASE64: Final = re.compile(rb"[A-Za-z0-9+/]+={0,2}")
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"


def unreadable(name: str, why: str) -> FtgovError:
    """Return the error that a file is no training log."""
    return FtgovError(
        f"{name} can't be read as a training log.",
        why=why,
        next_step="Give a host's result file, a trainer_state.json, or a list of events or "
        "checkpoints as the API answered it.",
    )


def unwrapped(content: bytes, name: str) -> bytes:
    """Return the bytes without byte order mark, JSON string and base64 around them.

    The specification has a result file's content as a JSON string; the host sends it as it is, and
    at times in base64, whose alphabet has neither the comma of a CSV nor the brace of JSON.

    Raises:
        FtgovError: If nothing is there, or the base64 is cut or decodes to no text.
    """
    plain = content.removeprefix(_BYTE_ORDER_MARK).lstrip()
    if plain[:1] == b'"':
        inner = parsed_json(plain, name)
        plain = str(inner).encode().lstrip()
    if not plain:
        raise unreadable(name, "It is empty.")
    packed = b"".join(plain.split())
    if not _BASE64.fullmatch(packed):
        return plain
    try:
        decoded = base64.b64decode(packed, validate=True).removeprefix(_BYTE_ORDER_MARK)
        decoded.decode("utf-8")
    except (binascii.Error, UnicodeDecodeError) as fault:
        why = f"It looks like base64 but can't be decoded; it may be cut: {fault}."
        raise unreadable(name, why) from fault
    return decoded.lstrip()


def parsed_json(content: bytes, name: str) -> Any:
    """Parse JSON as trainers write it: NaN and Infinity are let in, a doubled key is not.

    Raises:
        FtgovError: If it is not UTF-8, not JSON, cut, or has a key twice in one object.
    """
    try:
        return json.loads(content.decode("utf-8"), object_pairs_hook=_no_doubles)
    except RecursionError as fault:
        raise unreadable(name, "Its JSON is nested too deeply.") from fault
    except ValueError as fault:
        raise unreadable(name, f"It is no whole JSON: {fault}.") from fault


def _no_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return found
