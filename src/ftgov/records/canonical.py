"""RFC 8785 (JSON Canonicalization Scheme): the one way from a record to bytes, and back.

Most records take a fast way: CPython's JSON encoder, set to sort keys and to write no white space,
gives RFC 8785 bytes wherever the two can't differ. They differ in keys beyond U+FFFF (RFC 8785
sorts by UTF-16 units), in integers that a double rounds, and in floats that either of them writes
with an exponent or with `.0`. Text that shows a sign of one of these takes the slow way instead.

Source: RFC 8785, https://www.rfc-editor.org/rfc/rfc8785.
"""

from __future__ import annotations

import json
import re
from datetime import datetime, time
from functools import cache
from typing import Any, Final, NoReturn, get_args

import rfc8785
from pydantic import BaseModel

from ftgov.errors import FtgovError
from ftgov.records.uncanonical import SAFE_INTEGERS, uncanonical

# Python's repr of a float is the shortest that reads back, as is ECMAScript's; both write digits
# and a point between 1e-4 and 1e16. What is left: 16 digits or more, an exponent, a final `.0`.
# A number follows `":`, `[` or `,`; the same sign within a string only costs the slow way.
_SUSPECT: Final = re.compile(r"[:\[,](?<![^\"]:)-?\d(?:\d{15}|\d*\.0[,\]}]|[\d.]*e)")
_LOOSE: Final = (Any, object, dict, list, tuple, datetime, time)
_ASTRAL: Final = re.compile("[\U00010000-\U0010ffff]")
_ENCODE: Final = json.JSONEncoder(
    sort_keys=True,
    separators=(",", ":"),
    ensure_ascii=False,
    allow_nan=False,
    check_circular=False,
).encode


def plain(value: BaseModel | object) -> Any:
    """Return a record as plain JSON values (dict, list, str, int, float, bool, None)."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", by_alias=True)
    return value


def canonical_bytes(value: BaseModel | object) -> bytes:
    """Return the RFC 8785 bytes of a record or of plain JSON values.

    Raises:
        FtgovError: If the value has no canonical form: NaN, an infinity, an integer at or above
            2^53, a lone surrogate, a key that is not text, a time without a time zone. It names
            the field.
    """
    if isinstance(value, BaseModel):
        return plain_and_bytes(value)[1]
    try:
        if not _has_text_keys(value):
            raise ValueError("a key is not text")
        return _quick_bytes(value) or rfc8785.dumps(value)  # type: ignore[arg-type]
    except (ValueError, RecursionError) as fault:
        raise _refusal(value, fault) from fault


def plain_and_bytes(record: BaseModel) -> tuple[dict[str, Any], bytes]:
    """Return a record as plain JSON values, and as its RFC 8785 bytes, for the work of one.

    Raises:
        FtgovError: As `canonical_bytes` does.
    """
    try:
        if _may_hold_anything(type(record)) and uncanonical(record):
            raise ValueError("a field has no canonical form")
        content = record.model_dump(mode="json", by_alias=True)
        return content, _quick_bytes(content) or rfc8785.dumps(content)
    except (ValueError, RecursionError) as fault:
        raise _refusal(record, fault) from fault


def _quick_bytes(content: Any) -> bytes | None:
    """Return RFC 8785 bytes where CPython's encoder is sure to give them, else None."""
    if not isinstance(content, dict | list | tuple):
        return None
    try:
        text = _ENCODE(content)
        if _SUSPECT.search(text) or not (text.isascii() or _ASTRAL.search(text) is None):
            return None
        return text.encode()
    except (TypeError, ValueError, RecursionError):  # the slow way says what is wrong
        return None


def _quick_value(text: bytes) -> Any:
    """Return what canonical text holds, or None where only the strict way can tell.

    Text that is written again alike held no key twice, no white space and no odd number.
    """
    try:
        value = json.loads(text.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    return value if _quick_bytes(value) == text else None


def _has_text_keys(value: object) -> bool:
    """Return whether all keys are text; CPython's encoder would turn others into text unasked."""
    if isinstance(value, dict):
        return all(isinstance(key, str) and _has_text_keys(of) for key, of in value.items())
    if isinstance(value, list | tuple):
        return all(_has_text_keys(inner) for inner in value)
    return True


@cache
def _may_hold_anything(model: type[BaseModel]) -> bool:
    """Return whether a record has fields whose values its types don't pin down, or times.

    Their JSON text can hide what they were: NaN turned into null, a time of no zone into text.
    """
    waiting: list[Any] = [model]
    for kind in waiting:  # parts are added as they are met
        if kind in _LOOSE:
            return True
        parts = [*get_args(kind)]
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            parts += [field.annotation for field in kind.model_fields.values()]
        waiting += [part for part in parts if part not in waiting]
    return False


def _refusal(value: object, fault: Exception) -> FtgovError:
    found = uncanonical(value)
    what = str(fault)
    if found:
        what = f"its field {found.path} {found.fault}" if found.path else f"it {found.fault}"
    who = f"A {type(value).__name__}" if isinstance(value, BaseModel) else "A value"
    return FtgovError(
        f"{who} cannot be written as canonical JSON: {what}.",
        why="RFC 8785 knows no NaN, infinity, integer from 2^53 on, broken Unicode or naive time.",
        next_step="Write such a number as text, or correct it where it is produced.",
    )


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
    return value if abs(value) < SAFE_INTEGERS else float(value)


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
    if (quick := _quick_value(text)) is not None:
        return quick
    value = strict_json(text)
    try:
        again = rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, UnicodeError, RecursionError) as fault:
        raise ValueError(str(fault)) from fault
    if again != text:
        raise ValueError("the bytes are not in canonical form (RFC 8785)")
    return value
