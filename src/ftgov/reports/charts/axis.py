"""Axes: a span of values, its round ticks, and where a value lies on the paper."""

from __future__ import annotations

import math
from typing import NamedTuple

from ftgov.reports.charts.svg import HAIR, MUTED, Canvas
from ftgov.reports.numbers import Scale, bare_number, decimals, unit_text


class Axis(NamedTuple):
    """A horizontal or vertical axis: `low` to `high` lie at `start` to `end` on the paper."""

    low: float
    high: float
    start: float
    end: float
    ticks: tuple[float, ...]

    def at(self, value: float) -> float:
        """Return where a value lies; values outside the axis lie at its ends."""
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)


def round_step(span: float, parts: int) -> float:
    """Return 1, 2, 2.5 or 5 times a power of ten that cuts a span in about so many parts."""
    rough = span / parts
    power = 10.0 ** math.floor(math.log10(rough))
    return next((f * power for f in (1, 2, 2.5, 5) if f * power >= rough * 0.999), 10 * power)


def make_axis(
    values: list[float], start: float, end: float, *, parts: int = 5, bounds: tuple[float, float]
) -> Axis:
    """Return an axis around values with round ticks, never beyond the bounds that the scale has."""
    low, high = min(values), max(values)
    if high - low <= max(1e-15, 1e-9 * abs(high)):
        pad = max(abs(high) * 0.05, 1e-3)
        low, high = low - pad, high + pad
    step = round_step(high - low, parts)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    lowest = max(min(first * step, low), bounds[0])
    highest = min(max(last * step, high), bounds[1])
    if highest <= lowest:
        lowest, highest = low, high
    dust = step * 1e-9
    ticks = (_rounded(i * step) for i in range(first, last + 1))
    inside = tuple(tick for tick in ticks if lowest - dust <= tick <= highest + dust)
    return Axis(lowest, highest, start, end, inside)


def _rounded(value: float) -> float:
    """Return a tick without the dust of floating point."""
    return float(f"{value:.12g}")


def bounds_of(scale: Scale, unit: str) -> tuple[float, float]:
    """Return the values a scale can have: a proportion lies between 0 and 1, or 100 in percent."""
    if scale == "percent":
        return (0.0, 100.0 if unit == "%" else 1.0)
    return (-math.inf, math.inf)


def tick_text(value: float, scale: Scale, unit: str, step: float) -> str:
    """Return a tick's label, with as few decimals as the step needs."""
    if scale in {"percent", "points"}:
        factor = 1.0 if unit == "%" else 100.0
        places = 0 if abs(step * factor - round(step * factor)) < 1e-9 else 1
        return decimals(value * factor, places) + unit_text(scale, unit)
    if 1e-4 < step < 1e6:
        places = max(0, -math.floor(math.log10(step) + 1e-9))
        scaled = step * 10**places
        return decimals(value, places if abs(scaled - round(scaled)) < 1e-9 else places + 1)
    return bare_number(value, scale, unit)


def draw_x_axis(
    canvas: Canvas, axis: Axis, span: tuple[float, float], scale: Scale, unit: str
) -> None:
    """Draw vertical hairlines at the ticks and their labels below.

    Args:
        canvas: Where to draw.
        axis: The horizontal axis.
        span: Top and bottom of the hairlines.
        scale: How numbers are printed.
        unit: The unit of the values.
    """
    step = axis.ticks[1] - axis.ticks[0] if len(axis.ticks) > 1 else 1.0
    for tick in axis.ticks:
        x = axis.at(tick)
        canvas.line((x, span[0]), (x, span[1]), HAIR, 0.6)
        label = tick_text(tick, scale, unit, step)
        canvas.text(x, span[1] + 13, label, anchor="middle", size=9.5, colour=MUTED)
