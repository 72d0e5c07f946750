"""Charts: well-formed, deterministic, titled, and with labels that do not collide."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftgov.reports.charts.axis import make_axis
from ftgov.reports.charts.curve import Curve, curve_chart
from ftgov.reports.charts.graph import Node, lineage_chart
from ftgov.reports.charts.layers import layered, reduced
from ftgov.reports.charts.rangebar import Range, range_chart
from ftgov.reports.charts.svg import BASE, INK, LIMIT, MUTED, TUNED, WIDTH, fitted, text_width
from ftgov.reports.view import build_view
from report_samples import dossier
from tests_support import HOUSE

SVG = "{http://www.w3.org/2000/svg}"
Box = tuple[float, float, float, float, str]


def _drawings() -> list[tuple[str, str]]:
    view = build_view(dossier("pass"))
    return [(chart.title, chart.svg) for chart in (*view.charts, view.lineage)]


def text_boxes(svg: str) -> list[Box]:
    """Return the rectangle of every text of a drawing: left, top, right, bottom, content."""
    boxes = []
    for text in ET.fromstring(svg).iter(f"{SVG}text"):
        size, content = float(text.get("font-size", "10")), text.text or ""
        x, y = float(text.get("x", "0")), float(text.get("y", "0"))
        width = text_width(content, size)
        left = {"middle": x - width / 2, "end": x - width}.get(text.get("text-anchor", ""), x)
        boxes.append((left, y - size * 0.74, left + width, y + size * 0.2, content))
    return boxes


def _collide(one: Box, two: Box) -> bool:
    return one[0] < two[2] and two[0] < one[2] and one[1] < two[3] and two[1] < one[3]


def test_drawings_are_well_formed_titled_and_free_of_ids_and_links() -> None:
    for title, svg in _drawings():
        root = ET.fromstring(svg)
        assert root[0].tag == f"{SVG}title"
        assert root[0].text == title
        assert root[1].tag == f"{SVG}desc"
        assert root[1].text
        for forbidden in (" id=", "href", "<style", "<script", "url(", "<image"):
            assert forbidden not in svg


def test_drawings_are_deterministic() -> None:
    assert _drawings() == _drawings()


def test_labels_do_not_collide_and_stay_on_the_paper() -> None:
    for title, svg in _drawings():
        height = float(ET.fromstring(svg).get("height", "0"))
        boxes = text_boxes(svg)
        for box in boxes:
            assert box[0] >= -0.5, (title, box)
            assert box[2] <= WIDTH + 0.5, (title, box)
            assert box[3] <= height + 0.5, (title, box)
        for one, two in combinations(boxes, 2):
            assert not _collide(one, two), (title, one, two)


def test_end_labels_of_equal_curves_stand_apart() -> None:
    same = tuple((float(step), 1.0) for step in range(5))
    curves = tuple(Curve(name, same, marked=False) for name in ("a", "b", "c"))
    boxes = text_boxes(curve_chart("t", "d", curves))
    assert not [pair for pair in combinations(boxes, 2) if _collide(*pair)]


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=6))
@settings(max_examples=100)
def test_an_axis_holds_its_values_and_has_few_round_ticks(values: list[float]) -> None:
    axis = make_axis(values, 0, 100, bounds=(float("-inf"), float("inf")))
    assert axis.low <= min(values)
    assert axis.high >= max(values)
    assert 2 <= len(axis.ticks) <= 13
    assert all(0 <= axis.at(value) <= 100 for value in values)


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=16))
@settings(max_examples=100)
def test_edges_of_a_lineage_lead_one_column_to_the_right(pairs: list[tuple[int, int]]) -> None:
    edges = [(f"n{a}", f"n{b}") for a, b in pairs if a < b]
    nodes = [f"n{i}" for i in range(8)]
    layout = layered(nodes, edges)
    column = {name: i for i, names in enumerate(layout.columns) for name in names}
    assert all(column[end] == column[start] + 1 for start, end in layout.edges)
    assert sorted(name for name in column if ">" not in name) == nodes
    assert set(reduced(edges)) <= set(edges)


def test_a_cycle_does_not_hang_the_drawing() -> None:
    nodes = [Node(key, "model", "model", key) for key in "ab"]
    assert "<title>t</title>" in lineage_chart("t", "d", nodes, [("a", "b"), ("b", "a")])


def test_far_ends_give_a_logarithmic_range() -> None:
    svg = range_chart("t", "d", (Range("x", 0.001, 0.02, 0.9, "0.02 kWh"),), "kWh")
    assert "logarithmic" in svg
    assert "logarithmic" not in range_chart("t", "d", (Range("x", 1, 2, 3, "2"),), "kWh")


def test_names_are_shortened_in_their_middle() -> None:
    short = fitted("a-very-long-name-of-a-dataset-in-the-house", 100)
    assert text_width(short) <= 100
    assert short.startswith("a-very")
    assert short.endswith("house")


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, two: str) -> float:
    """Return the WCAG contrast ratio of two colours."""
    bright, dark = sorted((_luminance(one), _luminance(two)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colour", [INK, MUTED, TUNED, BASE, LIMIT])
def test_colours_of_text_are_readable(colour: str) -> None:
    assert contrast(colour, "#ffffff") >= 4.5


@pytest.mark.parametrize("kind", ["good", "bad", "open", "plain"])
def test_pills_are_readable(kind: str) -> None:
    sheet = (HOUSE / "templates" / "report" / "report.css").read_text(encoding="utf-8")
    base = re.findall(r"\.pill \{([^}]*)\}", sheet)[0]
    own = "".join(re.findall(rf"\.pill\.{kind} \{{([^}}]*)\}}", sheet))
    ink = re.findall(r"(?<![-\w])color: (#\w+)", base + own)[-1]
    ground = (re.findall(r"background: (#\w+)", own) or ["#ffffff"])[-1]
    assert contrast(ink, ground) >= 4.5


def test_chart_text_uses_only_those_colours() -> None:
    known = {INK, MUTED, TUNED, BASE, LIMIT, "#ffffff"}
    for _, svg in _drawings():
        assert set(re.findall(r'<text[^>]* fill="(#\w+)"', svg)) <= known
