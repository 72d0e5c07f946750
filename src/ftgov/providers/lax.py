"""Lax reading: a field of another type is left out and flagged, never bent into shape.

Hosts send what their specification forbids: a null, a word of a newer version, a number as text.
The raw answer is kept whatever is read of it here.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from ftgov.records.archived import Flag
from ftgov.records.base import time_text

_LONGEST: Final = 20_000
_SHOWN: Final = 200
_DIGITS: Final = 4000
"""Python turns no number of more than 4,300 digits into text or back."""
_LAST_SECOND: Final = 253_402_300_800


def parsed(body: bytes) -> Any:
    """Return what JSON in UTF-8 holds; a number too long to be one is kept as its text.

    Another encoding is refused: RFC 8259, section 8.1, allows none, and what is searched and what
    is read would be two things.

    Raises:
        ValueError: If it is no whole JSON in UTF-8.
        RecursionError: If it is nested too deeply.
    """
    return json.loads(body.decode("utf-8-sig"), parse_int=_whole)


def _whole(text: str) -> int | str:
    return int(text) if len(text) <= _DIGITS else text


def item_bytes(value: object) -> bytes:
    """Return the bytes by which two readings of a thing are compared: JSON with sorted keys."""
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def clean(text: str) -> str:
    """Return text that UTF-8 can hold: a lone surrogate becomes U+FFFD."""
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")


def sound(text: str) -> bool:
    """Return whether UTF-8 can hold a text."""
    return clean(text) == text


class Lax:
    """An object of a host's answer, read field by field.

    Args:
        value: The object; anything else is flagged and read as an empty one.
        flags: Gathers what is wrong; shared with the objects below.
        path: Where the object is in the answer.
        shows: Whether flags may show a value; not where it may be personal.
    """

    def __init__(
        self, value: object, flags: list[Flag], path: str = "", *, shows: bool = True
    ) -> None:
        self._flags, self._path, self._shows = flags, path, shows
        if not isinstance(value, Mapping):
            self.flag("", "is no object", value)
        self.value: Mapping[str, Any] = value if isinstance(value, Mapping) else {}

    def flag(self, key: str, fault: str, found: object = None) -> None:
        """Note that a field is not what it must be."""
        where = ".".join(part for part in (self._path, key) if part) or "."
        shown = None
        if self._shows and found is not None:
            shown = clean(json.dumps(found, ensure_ascii=False, default=str))[:_SHOWN]
        self._flags.append(Flag(path=clean(where)[:255], fault=fault, found=shown))

    def text(self, key: str, *, required: bool = False) -> str | None:
        """Return a text that is not empty, or None."""
        found = self._typed(key, str, "is no text", required=required)
        if not isinstance(found, str):
            return None
        if not found and required:
            self.flag(key, "is empty")
        if clean(found) != found:
            self.flag(key, "is broken Unicode; the raw is kept")
        if len(found) > _LONGEST:
            self.flag(key, f"is longer than {_LONGEST} characters; the raw is kept")
        return clean(found)[:_LONGEST] or None

    def count(self, key: str, *, required: bool = False) -> int | None:
        """Return a whole number from 0 to 2^53, or None."""
        found = self._typed(key, int, "is no whole number", required=required)
        if not isinstance(found, int):
            return None
        if not 0 <= found < 2**53:
            self.flag(key, "is no count", found)
            return None
        return found

    def moment(self, key: str, *, required: bool = False) -> str | None:
        """Return a time that was given in seconds since 1970 as RFC 3339 text, or None."""
        seconds = self.count(key, required=required)
        if seconds is None:
            return None
        if seconds >= _LAST_SECOND:
            self.flag(key, "is no time", seconds)
            return None
        return time_text(datetime.fromtimestamp(seconds, UTC))

    def figure(self, key: str) -> float | None:
        """Return a finite number, or None."""
        found = self.value.get(key)
        if found is None:
            return None
        if isinstance(found, bool) or not isinstance(found, int | float):
            self.flag(key, "is no number", found)
            return None
        try:
            figure = float(found)
        except OverflowError:
            figure = math.inf
        if not math.isfinite(figure):
            self.flag(key, "is no finite number", str(found))
            return None
        return figure

    def inner(self, key: str) -> Lax | None:
        """Return an object below, or None where there is none."""
        found = self.value.get(key)
        if found is None:
            return None
        return Lax(found, self._flags, self._at(key), shows=self._shows)

    def each(self, key: str, *, required: bool = False) -> Iterator[Lax]:
        """Yield the objects of a list below."""
        found = self._typed(key, list, "is no list", required=required)
        for index, item in enumerate(found if isinstance(found, list) else ()):
            yield Lax(item, self._flags, f"{self._at(key)}[{index}]", shows=self._shows)

    def texts(self, key: str, *, required: bool = False) -> tuple[str, ...]:
        """Return the texts of a list below; what is no text in it is flagged."""
        found = self._typed(key, list, "is no list", required=required)
        kept = []
        for item in found if isinstance(found, list) else ():
            if isinstance(item, str) and item:
                kept.append(clean(item))
            else:
                self.flag(key, "holds what is no text", item)
        return tuple(kept)

    def _at(self, key: str) -> str:
        return f"{self._path}.{key}" if self._path else key

    def _typed(self, key: str, kind: type, fault: str, *, required: bool) -> object:
        found = self.value.get(key)
        if found is None:
            if required:
                self.flag(key, "is null" if key in self.value else "is missing")
            return None
        if not isinstance(found, kind) or isinstance(found, bool):
            self.flag(key, fault, found)
            return None
        return found
