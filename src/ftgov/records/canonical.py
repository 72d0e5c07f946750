"""RFC 8785 (JSON Canonicalization Scheme): the one way from a record to bytes, and back.

Source: RFC 8785, https://www.rfc-editor.org/rfc/rfc8785.
"""

from __future__ import annotations

import json
from typing import Any, NoReturn

import rfc8785
from pydantic import BaseModel

from ftgov.errors import FtgovError


def plain(value: BaseModel | object) -> Any:
    """Return a record as plain JSON values (dict, list, str, int, float, bool, None)."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", by_alias=True)
    return value


def canonical_bytes(value: BaseModel | object) -> bytes:
    """Return the RFC 8785 bytes of a record or of plain JSON values.

    Raises:
        FtgovError: If the value has no canonical form: NaN, an infinity, an integer at or above
            2^53, a lone surrogate, a key that is not text.
    """
    try:
        return rfc8785.dumps(plain(value))
    except (rfc8785.CanonicalizationError, UnicodeError) as fault:
        raise FtgovError(
            f"A value cannot be written as canonical JSON: {fault}.",
            why="RFC 8785 knows no NaN, infinity, integer beyond 2^53 or broken Unicode.",
            next_step="Write such a number as text, or correct it where it is produced.",
        ) from fault


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


def _no_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is not a JSON number")


def _number(digits: str) -> int | float:
    """Read an integer as RFC 8785 does: each number is a double, so a large one is a float."""
    value = int(digits)
    return value if abs(value) < 2**53 else float(value)


def strict_json(text: bytes) -> Any:
    """Parse JSON as signed or hashed bytes must be parsed: no duplicate keys, no NaN or Infinity.

    Raises:
        ValueError: If the bytes are not UTF-8, not JSON, or ambiguous JSON.
    """
    try:
        return json.loads(
            text.decode("utf-8"),
            object_pairs_hook=_no_duplicates,
            parse_constant=_no_constant,
            parse_int=_number,
        )
    except RecursionError as fault:
        raise ValueError("the JSON is nested too deeply") from fault
    except OverflowError as fault:
        raise ValueError("a number is larger than a double holds") from fault


def canonical_json(text: bytes) -> Any:
    """Parse bytes that must be the canonical form of themselves.

    Raises:
        ValueError: If they are not, or are no strict JSON.
    """
    value = strict_json(text)
    try:
        again = rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, UnicodeError, RecursionError) as fault:
        raise ValueError(str(fault)) from fault
    if again != text:
        raise ValueError("the bytes are not in canonical form (RFC 8785)")
    return value
