"""Range bars: estimates that are honest only as ranges, such as the energy of a training job."""

from __future__ import annotations

import math
from typing import NamedTuple

from ftgov.reports.charts.axis import Axis, make_axis, tick_text
from ftgov.reports.charts.svg import HAIR, MUTED, TUNED, WIDTH, Canvas, fitted, text_width
from ftgov.reports.numbers import significant

_LEFT, _ROW, _TOP = 150.0, 26.0, 6.0
_BAND = "#c9dbea"


class Range(NamedTuple):
    """A quantity known as a range: lower end, middle, upper end, and its text with unit."""

    label: str
    low: float
    middle: float
    high: float
    text: str


def range_chart(title: str, description: str, ranges: tuple[Range, ...], unit: str) -> str:
    """Return range bars as an SVG element; logarithmic where the ends lie far apart.

    Args:
        title: The chart's name.
        description: What it shows, for readers who can't see it.
        ranges: At least one range, all in one unit.
        unit: That unit.
    """
    bottom = _TOP + _ROW * len(ranges)
    canvas = Canvas(bottom + 32, title, description)
    width = max(text_width(item.text, 9.8) * 1.06 for item in ranges) + 18
    ends = [end for item in ranges for end in (item.low, item.high)]
    log = min(ends) > 0 and max(ends) / min(ends) > 15
    place = math.log10 if log else float
    start, end = _LEFT, WIDTH - width
    axis = (
        _log_axis(ends, start, end)
        if log
        else make_axis([*ends, 0.0], start, end, bounds=(0.0, math.inf))
    )
    step = axis.ticks[1] - axis.ticks[0] if len(axis.ticks) > 1 else 1.0
    for tick in axis.ticks:
        x = axis.at(tick)
        canvas.line((x, _TOP), (x, bottom), HAIR, 0.6)
        label = significant(10**tick, 2) if log else tick_text(tick, "number", unit, step)
        canvas.text(x, bottom + 13, label, anchor="middle", size=9.5, colour=MUTED)
    name = f"{unit}, logarithmic scale" if log else unit
    canvas.text((start + end) / 2, bottom + 27, name, anchor="middle", size=9.5, colour=MUTED)
    for index, item in enumerate(ranges):
        y = _TOP + _ROW * (index + 0.5)
        left, right = axis.at(place(item.low)), axis.at(place(item.high))
        canvas.text(0, y + 3.6, fitted(item.label, _LEFT - 10))
        canvas.box(left, y - 5, (max(right - left, 1.5), 10), _BAND)
        middle = axis.at(place(item.middle))
        canvas.line((middle, y - 8), (middle, y + 8), TUNED, 2)
        canvas.text(WIDTH, y + 3.6, item.text, anchor="end", size=9.8)
    return canvas.render()


def _log_axis(ends: list[float], start: float, end: float) -> Axis:
    low, high = math.floor(math.log10(min(ends))), math.ceil(math.log10(max(ends)))
    step = max(1, math.ceil((high - low) / 8))
    return Axis(low, high, start, end, tuple(float(t) for t in range(low, high + 1, step)))
