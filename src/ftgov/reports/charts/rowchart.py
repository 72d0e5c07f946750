"""Dumbbell and forest plots: a row per slice, marks on intervals, figures in columns at right.

A row with a base figure is a dumbbell (hollow base, solid tuned, a pale band between them); without
one it is a line of a forest plot. Values stand in their own columns, so that labels can't collide.
"""

from __future__ import annotations

from itertools import accumulate

from ftgov.reports.charts.axis import Axis, bounds_of, draw_x_axis, make_axis
from ftgov.reports.charts.rows import (
    HEAD,
    ROW,
    Mark,
    Plot,
    Row,
    column_widths,
    draw_columns,
    draw_key,
    draw_whisker,
    label_width,
)
from ftgov.reports.charts.svg import HAIR, LIMIT, MUTED, PALE, WIDTH, Canvas, fitted, text_width

_TOP = 26.0


def row_chart(plot: Plot) -> str:
    """Return a dumbbell or forest plot as an SVG element.

    Args:
        plot: Its rows; there is at least one.
    """
    rows = [row for section in plot.sections for row in section.rows]
    marks = [mark for row in rows for mark in (row.tuned, row.base) if mark]
    many = len(plot.sections) > 1
    top = _TOP + (13 if plot.reference else 0)
    bottom = top + ROW * len(rows) + HEAD * many * sum(1 for one in plot.sections if one.heading)
    canvas = Canvas(bottom + 18, plot.title, plot.description)
    widths = column_widths(plot)
    right, left = WIDTH - sum(widths), label_width(plot)
    axis = make_axis(_extent(marks, plot), left, right - 8, bounds=bounds_of(plot.scale, plot.unit))
    draw_key(canvas, 10, left, base=any(row.base for row in rows))
    draw_x_axis(canvas, axis, (top - 8, bottom), plot.scale, plot.unit)
    ends = [right + width for width in accumulate(widths)]
    for head, end in zip(plot.heads, ends, strict=True):
        canvas.text(end, 10, head, anchor="end", size=9.5, colour=MUTED)
    if plot.reference:
        _draw_reference(canvas, axis, plot.reference, (top, bottom))
    _draw_rows(canvas, axis, plot, ends, top, many=many)
    return canvas.render()


def _extent(marks: list[Mark], plot: Plot) -> list[float]:
    ends = [end for mark in marks for end in (mark.low, mark.high, mark.value)]
    if plot.reference:
        ends.append(plot.reference[0])
    if plot.scale == "points":
        ends.append(0.0)
    return ends


def _draw_reference(
    canvas: Canvas, axis: Axis, reference: tuple[float, str], span: tuple[float, float]
) -> None:
    x = axis.at(reference[0])
    canvas.line((x, span[0] - 8), (x, span[1]), LIMIT, 1.2, "4 3")
    half = text_width(reference[1], 9.5) / 2
    centre = min(max(x, axis.start + half), axis.end - half)
    canvas.text(centre, span[0] - 12, reference[1], anchor="middle", size=9.5, colour=LIMIT)


def _draw_rows(
    canvas: Canvas, axis: Axis, plot: Plot, ends: list[float], top: float, *, many: bool
) -> None:
    y = top
    for section in plot.sections:
        if section.heading and many:
            canvas.text(0, y + 14, section.heading, size=9.5, colour=MUTED, bold=True)
            canvas.line((0, y + HEAD - 2), (WIDTH, y + HEAD - 2), HAIR, 0.6)
            y += HEAD
        elif section.heading:
            canvas.text(0, 10, section.heading, size=9.5, colour=MUTED, bold=True)
        for row in section.rows:
            canvas.text(0, y + ROW / 2 + 3.6, fitted(row.label, axis.start - 10))
            _draw_marks(canvas, axis, row, y + ROW / 2)
            draw_columns(canvas, y + ROW / 2 + 3.6, row.columns, ends)
            y += ROW


def _draw_marks(canvas: Canvas, axis: Axis, row: Row, y: float) -> None:
    if row.base is None:
        draw_whisker(canvas, axis, y, row.tuned, hollow=False)
        return
    left, right = sorted((axis.at(row.base.value), axis.at(row.tuned.value)))
    canvas.box(left, y - 5, (max(right - left, 0.1), 10), PALE)
    draw_whisker(canvas, axis, y - 5, row.base, hollow=True)
    draw_whisker(canvas, axis, y + 5, row.tuned, hollow=False)
