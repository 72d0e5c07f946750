"""One fact's value: its type checked, its number exact, its list in the order of the options."""

from __future__ import annotations

import difflib
import re
from fractions import Fraction

from ftgov.law.pack_records import FactSpec
from ftgov.records.system import FactValue

_NUMBER = re.compile(r"^\+?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$")
_PARTS = ("low", "mid", "high")
_CEILING = Fraction(10) ** 60


class Fault(Exception):
    """A fact that cannot be read; the caller adds the file and the line."""

    def __init__(self, key: str, message: str, next_step: str = "") -> None:
        super().__init__(message)
        self.key, self.message, self.next_step = key, message, next_step


def exact(text: str) -> Fraction:
    """Return the exact value of a decimal text."""
    return Fraction(text)


def checked(key: str, value: object, spec: FactSpec) -> FactValue:
    """Return a fact's value in its one form, None for unknown.

    Raises:
        Fault: If it does not fit the fact.
    """
    if value is None:
        return None
    if spec.type == "bool":
        return _boolean(key, value)
    if spec.type == "enum":
        return _option(key, value, spec)
    if spec.type == "list":
        return _options(key, value, spec)
    if isinstance(value, dict):
        return _interval(key, value, spec)
    return _number(key, value)


def _boolean(key: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise Fault(
            key, f"'{key}: {value}' is neither true nor false", "Write true, false or null."
        )
    return value


def _option(key: str, value: object, spec: FactSpec) -> str:
    # A plain `no` for an option named none would be a guess: only the options' names count.
    text = str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else ""
    if text not in spec.options:
        near = difflib.get_close_matches(text or str(value), spec.options, n=1, cutoff=0.4)
        hint = f"; the nearest is '{near[0]}'" if near else ""
        allowed = ", ".join(spec.options)
        raise Fault(key, f"'{key}' has no option '{value}'{hint}", f"Choose one of: {allowed}.")
    return text


def _options(key: str, value: object, spec: FactSpec) -> list[str]:
    if not isinstance(value, (list, tuple)):
        raise Fault(key, f"'{key}' must be a list, for example [{spec.options[0]}]")
    chosen = {_option(key, item, spec) for item in value}
    return [option for option in spec.options if option in chosen]


def _number(key: str, value: object) -> str:
    text = str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else ""
    if len(text) > 100 or not _NUMBER.match(text):
        raise Fault(
            key,
            f"'{key}: {value}' is no decimal number of 0 or more",
            "Write it as text such as 3e23 or 1.0e+17; nan, inf and binary floats are refused.",
        )
    if exact(text) > _CEILING:
        raise Fault(key, f"'{key}: {value}' is above 1e60 and cannot be a count of operations")
    if key == "base_flop" and exact(text) == 0:
        raise Fault(key, "'base_flop' is 0: write null where it is not known")
    return text


def _interval(key: str, value: dict[object, object], spec: FactSpec) -> dict[str, str]:
    if not spec.interval or set(value) != set(_PARTS):
        form = "a number or {low, mid, high}" if spec.interval else "a number"
        raise Fault(key, f"'{key}' must be {form}")
    parts = {part: _number(key, value[part]) for part in _PARTS}
    low, mid, high = (exact(parts[part]) for part in _PARTS)
    if not low <= mid <= high:
        raise Fault(key, f"'{key}' must rise: low, mid, high")
    return parts
