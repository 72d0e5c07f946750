"""Why a value has no canonical form, and which of its fields is to blame.

This is read after canonical JSON was refused (and before, for records that may hold anything), so
it may be slow; it has to name the field.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import datetime, time
from typing import Any, NamedTuple

from pydantic import BaseModel

SAFE_INTEGERS = 2**53
"""From here on two integers may be one double, so that a reader may see another number."""


class Uncanonical(NamedTuple):
    """A field that has no canonical form: where it is, and what it is."""

    path: str
    fault: str


def uncanonical(value: BaseModel | object) -> Uncanonical | None:
    """Return the first field of a record, or of plain JSON values, that has no canonical form.

    Of a record it judges what JSON text could lose: NaN, infinities, integers from 2^53 on, lone
    surrogates, times without a zone. Of plain values it also refuses what is not JSON at all.
    """
    plain = not isinstance(value, BaseModel)
    content = value.model_dump(by_alias=True) if isinstance(value, BaseModel) else value
    try:
        return next(_faults(content, "", plain=plain), None)
    except RecursionError:
        return Uncanonical("", "is nested too deeply, or holds itself")


def _faults(value: Any, path: str, *, plain: bool) -> Iterator[Uncanonical]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if plain and not isinstance(key, str):
                yield Uncanonical(path, f"has the key {key!r}, which is not text")
            elif isinstance(key, str) and _broken(key):
                yield Uncanonical(path, f"has the key {key!r}, which holds a lone surrogate")
            yield from _faults(inner, f"{path}.{key}" if path else str(key), plain=plain)
    elif isinstance(value, list | tuple | set | frozenset):
        if plain and isinstance(value, set | frozenset):
            yield Uncanonical(path, "is a set, which has no order")
        for index, inner in enumerate(value):
            yield from _faults(inner, f"{path}[{index}]", plain=plain)
    elif words := _fault(value, plain=plain):
        yield Uncanonical(path, words)


def _fault(value: object, *, plain: bool) -> str | None:
    """Say what is wrong with a value that holds no others; None: nothing is."""
    if isinstance(value, float):
        return None if math.isfinite(value) else f"is {value}, which is not a JSON number"
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int):
        safe = -SAFE_INTEGERS < value < SAFE_INTEGERS
        return None if safe else "is an integer of 2^53 or more in size, which JSON readers round"
    if isinstance(value, str):
        return f"is {value!r}, which holds a lone surrogate" if _broken(value) else None
    if isinstance(value, datetime | time) and value.tzinfo is None:
        return f"is {value.isoformat()}, a time without a time zone"
    return f"is a {type(value).__name__}, which JSON does not know" if plain else None


def _broken(text: str) -> bool:
    """Return whether text has a surrogate, which no UTF-8 can hold."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False
