"""How numbers are printed: one rule for the whole report.

Proportions are percent with one decimal; changes of proportions are percentage points; energy,
carbon, water and operations have two significant figures; counts are whole; all else has three
significant figures.
"""

from __future__ import annotations

import re
from typing import Literal

from ftgov.records.measurement import Interval

Scale = Literal["percent", "points", "physical", "count", "number"]

MINUS = "\N{MINUS SIGN}"
_SPACE = "\N{NO-BREAK SPACE}"
_PHYSICAL = re.compile(
    r"^(m|k|M|G)?(Wh|J|W)$|^(m|k|M)?g|^t(CO2|$)|^(m|k)?[lL]$|^m3$|CO2|^FLOP$", re.ASCII
)
_COUNTS = frozenset({"row", "rows", "byte", "bytes", "pair", "pairs", "token", "tokens", "probe"})
_PROPORTION = re.compile(
    r"(^|_)(rate|accuracy|share|proportion|fraction|coverage|parity|reproduction|refusal|recall|"
    r"precision|agreement|overlap|probability)(_|$)"
)
_CHANGE = re.compile(r"(^|_)(change|difference)(_|$)")
_GAP = re.compile(r"(^|_)(gap|drop|delta)(_|$)")
_OTHER = re.compile(r"(^|_)(ratio|count|loss|perplexity|score|odds)(_|$)")


def scale_of(measure: str, unit: str) -> Scale:
    """Return how a measure's figures are printed, from its unit and, for unit 1, from its name."""
    if unit == "%":
        return "percent"
    if unit in _COUNTS:
        return "count"
    if _PHYSICAL.search(unit):
        return "physical"
    name = measure.rsplit(".", 1)[-1]
    change = _CHANGE.search(name) or (_GAP.search(name) and _PROPORTION.search(name))
    if unit != "1" or (_OTHER.search(name) and not change):
        return "number"
    if change and not re.search(r"loss|perplexity|count", name):
        return "points"
    return "percent" if _PROPORTION.search(name) else "number"


def significant(value: float, digits: int) -> str:
    """Return a number with so many significant figures, thousands grouped, minus as U+2212."""
    if value == 0:
        return "0"
    magnitude, _, exponent = f"{abs(value):.{digits - 1}e}".partition("e")
    power = int(exponent)
    sign = MINUS if value < 0 else ""
    if not -4 <= power < 9:
        return f"{sign}{magnitude}e{power}".replace("e-", f"e{MINUS}")
    rounded = float(f"{magnitude}e{power}")
    return f"{sign}{rounded:,.{max(digits - 1 - power, 0)}f}"


def decimals(value: float, places: int) -> str:
    """Return a number with fixed decimals, minus as U+2212, never a negative zero."""
    text = f"{value:,.{places}f}"
    if not text.strip("-0.,"):
        text = text.lstrip("-")
    return text.replace("-", MINUS)


def bare_number(value: float, scale: Scale, unit: str = "1") -> str:
    """Return a figure without its unit, as it stands between the ends of an interval."""
    if scale in {"percent", "points"}:
        return decimals(value if unit == "%" else value * 100, 1)
    if scale == "count":
        return decimals(value, 0)
    return significant(value, 2 if scale == "physical" else 3)


def unit_text(scale: Scale, unit: str) -> str:
    """Return the unit as printed after a figure, with its space; empty for pure numbers."""
    words = {"percent": "%", "points": "pp", "number": "" if unit == "1" else unit}
    if scale == "count":
        words["count"] = unit.rstrip("s") + "s"
    word = words.get(scale, unit)
    return f"{_SPACE}{word}" if word else ""


def figure_text(value: float, scale: Scale, unit: str) -> str:
    """Return a figure with its unit; changes carry their sign."""
    plus = "+" if scale == "points" and value > 0 else ""
    return plus + bare_number(value, scale, unit) + unit_text(scale, unit)


def interval_text(low: float, high: float, scale: Scale, unit: str) -> str:
    """Return an interval as `low to high`, in the unit of its figure."""
    return f"{bare_number(low, scale, unit)} to {bare_number(high, scale, unit)}"


def percent_level(level: float) -> str:
    """Return a confidence level as `95 %`."""
    return f"{level * 100:g}{_SPACE}%"


def size_text(count: int) -> str:
    """Return a length in bytes as people read it, in decimal units."""
    size = float(count)
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 1000 or unit == "GB":
            break
        size /= 1000
    return f"{count}{_SPACE}bytes" if unit == "bytes" else f"{significant(size, 3)}{_SPACE}{unit}"


def is_assumed(interval: Interval) -> bool:
    """Tell a range that is an assumption of ours from an interval with a coverage."""
    return interval.method.startswith("assumed range")
