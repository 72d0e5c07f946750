"""What row charts share: marks with intervals, and a table of values at the right of the plot."""

from __future__ import annotations

from typing import NamedTuple

from ftgov.reports.charts.axis import Axis
from ftgov.reports.charts.svg import BASE, MUTED, TUNED, Canvas, text_width
from ftgov.reports.numbers import Scale

LABEL_WIDTH = 110.0
"""Room for row names, at least; long names get up to `LABEL_MOST`."""

LABEL_MOST = 170.0
ROW, HEAD = 25.0, 20.0


class Mark(NamedTuple):
    """A figure on a chart: its value and its interval."""

    value: float
    low: float
    high: float


class Row(NamedTuple):
    """One line of a chart: a slice of the data, the tuned model's figure and maybe the base's."""

    label: str
    tuned: Mark
    base: Mark | None
    columns: tuple[str, ...]


class Section(NamedTuple):
    """Rows of one kind of slice under a heading; the heading may be empty."""

    heading: str
    rows: tuple[Row, ...]


class Plot(NamedTuple):
    """What a row chart shows and how it is printed."""

    title: str
    description: str
    sections: tuple[Section, ...]
    heads: tuple[str, ...]
    scale: Scale
    unit: str
    reference: tuple[float, str] | None = None


def column_widths(plot: Plot) -> tuple[float, ...]:
    """Return the width of each value column: as wide as its widest text, and a gap before it."""
    rows = [row.columns for section in plot.sections for row in section.rows]
    columns = zip(plot.heads, *rows, strict=True)
    return tuple(max(text_width(cell, 9.8) * 1.06 for cell in column) + 16 for column in columns)


def draw_columns(canvas: Canvas, y: float, cells: tuple[str, ...], ends: list[float]) -> None:
    """Write the values of one row, right-aligned in their columns."""
    for cell, end in zip(cells, ends, strict=True):
        canvas.text(end, y, cell, anchor="end", size=9.8)


def label_width(plot: Plot) -> float:
    """Return the room that the names of the rows get."""
    widest = max(text_width(row.label) for section in plot.sections for row in section.rows)
    return min(max(widest + 14, LABEL_WIDTH), LABEL_MOST)


def draw_whisker(canvas: Canvas, axis: Axis, y: float, mark: Mark, *, hollow: bool) -> None:
    """Draw a figure as a mark on its interval."""
    colour = BASE if hollow else TUNED
    canvas.line((axis.at(mark.low), y), (axis.at(mark.high), y), colour, 1.4)
    canvas.circle(axis.at(mark.value), y, 3.6, colour, hollow=hollow)


def draw_key(canvas: Canvas, y: float, left: float, *, base: bool) -> None:
    """Draw the key: hollow is the base model, solid the tuned one, the line is the interval."""
    x = left
    for word, hollow in (("base model", True), ("tuned model", False)) if base else ():
        canvas.circle(x + 4, y - 3.5, 3.6, BASE if hollow else TUNED, hollow=hollow)
        canvas.text(x + 12, y, word, size=9.5, colour=MUTED)
        x += 12 + text_width(word, 9.5) + 14
    if not base:
        canvas.circle(x + 8, y - 3.5, 3.6, TUNED, hollow=False)
    canvas.line((x, y - 3.5), (x + 16, y - 3.5), TUNED if not base else MUTED, 1.4)
    canvas.text(x + 21, y, "interval", size=9.5, colour=MUTED)
