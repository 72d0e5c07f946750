"""The lineage graph: datasets, jobs, models and the system as boxes, from left to right."""

from __future__ import annotations

from typing import NamedTuple

from ftgov.reports.charts.layers import Edge, layered
from ftgov.reports.charts.svg import (
    BASE,
    INK,
    MUTED,
    PALE,
    TUNED,
    WIDTH,
    Canvas,
    fitted,
    number,
    text_width,
)

_HEIGHT, _GAP_Y, _LINE = 44.0, 12.0, 11.5
_FILL = {"dataset": "#ffffff", "job": PALE, "model": "#e4edf5", "system": TUNED}
_RIM = {"dataset": BASE, "job": BASE, "model": TUNED, "system": TUNED}


class Node(NamedTuple):
    """A box: its key, what kind of thing it is, the word printed above its name, and the name."""

    key: str
    kind: str
    caption: str
    name: str


class Grid(NamedTuple):
    """Where boxes stand: their top left corners, their width, and the height of the drawing."""

    places: dict[str, tuple[float, float]]
    width: float
    height: float


def lineage_chart(title: str, description: str, nodes: list[Node], edges: list[Edge]) -> str:
    """Return a lineage as an SVG element: inputs at the left, the system at the right.

    Args:
        title: The chart's name.
        description: The same facts in words.
        nodes: The boxes, at least one.
        edges: Pairs of keys, from what was used to what was made of it.
    """
    layout = layered([node.key for node in nodes], edges)
    grid = _grid(layout.columns)
    canvas = Canvas(grid.height, title, description)
    known = {node.key for node in nodes}
    for start, end in layout.edges:
        _draw_edge(canvas, grid, start, end, arrow=end in known, virtual=start not in known)
    for node in nodes:
        _draw_node(canvas, node, grid.places[node.key], grid.width)
    return canvas.render()


def _grid(columns: tuple[tuple[str, ...], ...]) -> Grid:
    count = len(columns)
    gap = 40.0 if count <= 4 else 16.0
    width = min(150.0, (WIDTH - gap * (count - 1)) / count)
    gap = (WIDTH - width * count) / max(count - 1, 1)
    tallest = max(len(column) for column in columns)
    height = tallest * (_HEIGHT + _GAP_Y) - _GAP_Y
    places = {}
    for index, column in enumerate(columns):
        top = (height - len(column) * (_HEIGHT + _GAP_Y) + _GAP_Y) / 2
        for row, key in enumerate(column):
            places[key] = (index * (width + gap) + 1, 1 + top + row * (_HEIGHT + _GAP_Y))
    return Grid(places, width - 2, height + 2)


def _draw_edge(
    canvas: Canvas, grid: Grid, start: str, end: str, *, arrow: bool, virtual: bool
) -> None:
    x1, y1 = grid.places[start]
    x2, y2 = grid.places[end]
    x1 += 0 if virtual else grid.width
    y1, y2 = y1 + _HEIGHT / 2, y2 + _HEIGHT / 2
    tip = x2 - 5 if arrow else x2
    middle = (x1 + tip) / 2
    points = (x1, y1, middle, y1, middle, y2, tip, y2)
    texts = [number(value) for value in points]
    canvas.path("M{} {} C{} {} {} {} {} {}".format(*texts), MUTED, 1)
    if arrow:
        canvas.polygon(
            f"{number(x2)},{number(y2)} {number(x2 - 6)},{number(y2 - 3)} "
            f"{number(x2 - 6)},{number(y2 + 3)}",
            MUTED,
        )


def _draw_node(canvas: Canvas, node: Node, place: tuple[float, float], width: float) -> None:
    x, y = place
    system = node.kind == "system"
    canvas.box(x, y, (width, _HEIGHT), _FILL[node.kind], _RIM[node.kind])
    caption = fitted(node.caption, width - 10, 8.2)
    canvas.text(x + 6, y + 12, caption, size=8.2, colour="#ffffff" if system else MUTED)
    lines = name_lines(node.name, width - 11, 9.2)
    first = y + (30 if len(lines) == 1 else 26)
    for index, line in enumerate(lines):
        colour = "#ffffff" if system else INK
        canvas.text(x + 6, first + index * _LINE, line, size=9.2, colour=colour, bold=True)


def name_lines(name: str, width: float, size: float) -> list[str]:
    """Return a name on one line, or on two broken after a hyphen, dot or underscore."""
    wide = width / 1.06
    if text_width(name, size) <= wide:
        return [name]
    breaks = [i + 1 for i, c in enumerate(name[:-1]) if c in "-._ "]
    fits = [i for i in breaks if text_width(name[:i], size) <= wide]
    cut = fits[-1] if fits else max(len(name) // 2, 1)
    return [fitted(name[:cut], wide, size), fitted(name[cut:], wide, size)]
