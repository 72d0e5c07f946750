"""Curves over training steps: each line named at its end, the minimum of the evaluation marked."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from ftgov.reports.charts.axis import Axis, make_axis, tick_text
from ftgov.reports.charts.svg import (
    BASE,
    HAIR,
    LIMIT,
    MUTED,
    TUNED,
    WIDTH,
    Canvas,
    fitted,
    number,
    text_width,
)
from ftgov.reports.numbers import significant

_HEIGHT, _TOP, _BOTTOM, _LEFT = 190.0, 14.0, 158.0, 34.0
_COLOURS = ((BASE, ""), (TUNED, ""), (LIMIT, "5 3"), (MUTED, "2 2"))
_APART = 13.0


class Curve(NamedTuple):
    """A named curve; `marked` asks for its minimum to be pointed out."""

    name: str
    points: tuple[tuple[float, float], ...]
    marked: bool


def curve_chart(title: str, description: str, curves: tuple[Curve, ...]) -> str:
    """Return curves over training steps as an SVG element.

    Args:
        title: The chart's name.
        description: What it shows, for readers who can't see it.
        curves: One to four curves with at least one point each.
    """
    canvas = Canvas(_HEIGHT, title, description)
    label = max(text_width(_end_text(curve), 9.8) for curve in curves) + 12
    points = [point for curve in curves for point in curve.points]
    x_axis = make_axis([p[0] for p in points], _LEFT, WIDTH - label, bounds=(0.0, float("inf")))
    y_axis = make_axis(
        [p[1] for p in points], _BOTTOM, _TOP, parts=4, bounds=(float("-inf"), float("inf"))
    )
    _draw_grid(canvas, x_axis, y_axis)
    for curve, (colour, dash) in zip(curves, _COLOURS, strict=False):
        places = [(x_axis.at(x), y_axis.at(y)) for x, y in curve.points]
        commands = "M" + " L".join(f"{number(x)} {number(y)}" for x, y in places)
        canvas.path(commands, colour, 1.6, dash)
    _name_ends(canvas, curves, x_axis, y_axis)
    for curve in curves:
        if curve.marked:
            _mark_minimum(canvas, curve, curves, x_axis, y_axis)
    return canvas.render()


def _end_text(curve: Curve) -> str:
    return f"{fitted(curve.name, 90, 9.8)} {significant(curve.points[-1][1], 3)}"


def _draw_grid(canvas: Canvas, x_axis: Axis, y_axis: Axis) -> None:
    step = y_axis.ticks[1] - y_axis.ticks[0] if len(y_axis.ticks) > 1 else 1.0
    for tick in y_axis.ticks:
        y = y_axis.at(tick)
        canvas.line((_LEFT, y), (x_axis.end, y), HAIR, 0.6)
        label = tick_text(tick, "number", "1", step)
        canvas.text(_LEFT - 6, y + 3.3, label, anchor="end", size=9.5, colour=MUTED)
    stride = x_axis.ticks[1] - x_axis.ticks[0] if len(x_axis.ticks) > 1 else 1.0
    for tick in x_axis.ticks:
        label = tick_text(tick, "number", "1", stride)
        canvas.text(x_axis.at(tick), _BOTTOM + 15, label, anchor="middle", size=9.5, colour=MUTED)
    middle = (x_axis.start + x_axis.end) / 2
    canvas.text(middle, _BOTTOM + 29, "training step", anchor="middle", size=9.5, colour=MUTED)


def _name_ends(canvas: Canvas, curves: tuple[Curve, ...], x_axis: Axis, y_axis: Axis) -> None:
    wanted = sorted((y_axis.at(curve.points[-1][1]), index) for index, curve in enumerate(curves))
    places = [wanted[0][0]]
    for y, _ in wanted[1:]:
        places.append(max(y, places[-1] + _APART))
    lift = max(0.0, places[-1] - (_BOTTOM - 6))
    for placed, (_, index) in zip([y - lift for y in places], wanted, strict=True):
        colour = _COLOURS[index][0]
        canvas.text(x_axis.end + 8, placed + 3.5, _end_text(curves[index]), size=9.8, colour=colour)


def _mark_minimum(
    canvas: Canvas, curve: Curve, others: tuple[Curve, ...], x_axis: Axis, y_axis: Axis
) -> None:
    step, value = min(curve.points, key=lambda point: (point[1], point[0]))
    x, y = x_axis.at(step), y_axis.at(value)
    canvas.circle(x, y, 4, LIMIT, hollow=True)
    words = f"minimum {significant(value, 3)} at step {step:g}"
    half = text_width(words, 9.5) / 2
    centre = min(max(x, x_axis.start + half), x_axis.end - half)
    taken = [
        y_axis.at(height)
        for one in others
        for place, height in _between(one.points)
        if abs(x_axis.at(place) - centre) < half + 8
    ]
    wanted = [
        y + offset for offset in (-9, 17, -22, 30, -35, 43) if _TOP < y + offset < _BOTTOM - 4
    ]
    free = (line for line in wanted if not any(line - 11 < height < line + 4 for height in taken))
    canvas.text(centre, next(free, y - 9), words, anchor="middle", size=9.5, colour=LIMIT)


def _between(points: tuple[tuple[float, float], ...]) -> list[tuple[float, float]]:
    """Return places all along a line, so that a label can keep clear of it between its points."""
    along = [
        (x + (u - x) * part / 8, y + (v - y) * part / 8)
        for (x, y), (u, v) in pairwise(points)
        for part in range(8)
    ]
    return [*along, points[-1]]
