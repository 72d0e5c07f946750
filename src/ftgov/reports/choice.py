"""Which charts a dossier gets: chosen by the shape of its figures, not by the name of an analyzer.

A measure with a counterpart of the base model (`x_tuned` and `x_base`, or `x` and `base_x`) gives a
dumbbell plot; a ratio, or a measure of several slices, a forest plot; a series a curve; a physical
quantity known as a range a range bar.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

from ftgov.records.finding import Finding
from ftgov.records.measurement import Measurement
from ftgov.reports.charts.rangebar import Range, range_chart
from ftgov.reports.curves import curve_drawings
from ftgov.reports.figures import is_exact, measure_label, slice_values
from ftgov.reports.grounding import EvidenceIndex
from ftgov.reports.numbers import (
    figure_text,
    interval_text,
    is_assumed,
    percent_level,
    scale_of,
    unit_text,
)
from ftgov.reports.plots import plot_drawing
from ftgov.reports.shapes import Drawing
from ftgov.reports.words import FOUR_FIFTHS

_PLOTS_PER_ANALYZER = 2
_PLOTS = 9
_RANGES = 8

Named = dict[str, list[Measurement]]


def charts_of(findings: tuple[Finding, ...], index: EvidenceIndex) -> tuple[Drawing, ...]:
    """Return the charts of an assessment in the order of its findings.

    Raises:
        UngroundedFigure: If a charted figure's evidence is not in the dossier.
    """
    analyzers = dict.fromkeys(finding.analyzer for finding in findings)
    drawings: list[Drawing] = []
    for analyzer in analyzers:
        own = [finding for finding in findings if finding.analyzer == analyzer]
        measured = list(chain.from_iterable(finding.measurements for finding in own))
        drawings += _row_plots(measured, index)[:_PLOTS_PER_ANALYZER]
        drawings += curve_drawings(own, index)
        drawings += _ranges(measured, index)
    return tuple(drawings[:_PLOTS])


def base_name(measure: str, named: Iterable[str]) -> str | None:
    """Return the measure that holds the base model's figures of a measure, if there is one."""
    analyzer, _, name = measure.partition(".")
    candidates = [f"{analyzer}.base_{name}", f"{analyzer}.{name}_base"]
    if "tuned" in name:
        candidates.append(f"{analyzer}.{name.replace('tuned', 'base')}")
    known = set(named) - {measure}
    return next((candidate for candidate in candidates if candidate in known), None)


def _row_plots(measured: list[Measurement], index: EvidenceIndex) -> list[Drawing]:
    named: Named = {}
    for found in measured:
        if found.interval is not None and scale_of(found.id, found.unit) in {"percent", "number"}:
            named.setdefault(found.id, []).append(found)
    bases = {name: base for name in named if (base := base_name(name, named))}
    of_base = set(bases.values())
    ratios = [n for n in named if n.endswith("_ratio") and n not in of_base]
    plots = []
    for name, base in bases.items():
        if name not in ratios and len(named[name]) > 1:
            plots.append(plot_drawing([named[name]], [named[base]], index))
    if ratios:
        plots.append(
            plot_drawing(
                [named[name] for name in ratios],
                [named.get(bases.get(name, ""), []) for name in ratios],
                index,
                reference=(FOUR_FIFTHS, "0.8, four-fifths reference"),
            )
        )
    for name, figures in named.items():
        alone = name not in bases and name not in of_base and name not in ratios
        if alone and sum(1 for found in figures if found.slice) > 1:
            plots.append(plot_drawing([figures], [[]], index))
    return plots


def _ranges(measured: list[Measurement], index: EvidenceIndex) -> list[Drawing]:
    by_unit: Named = {}
    for found in measured:
        physical = scale_of(found.id, found.unit) == "physical"
        if physical and found.interval and not is_exact(found.interval):
            by_unit.setdefault(found.unit, []).append(found)
    return [_range_drawing(found[:_RANGES], index) for found in list(by_unit.values())[:1]]


def _bar(measured: list[Measurement]) -> str:
    """Return what the bars are: a range that was assumed has no coverage that anyone could test."""
    ends = [found.interval for found in measured if found.interval]
    if all(is_assumed(one) for one in ends):
        return "an assumed range, no confidence interval"
    levels = " or ".join(dict.fromkeys(percent_level(one.level) for one in ends))
    if any(is_assumed(one) for one in ends):
        return f"the {levels} interval or an assumed range"
    return f"the {levels} interval"


def _range_drawing(measured: list[Measurement], index: EvidenceIndex) -> Drawing:
    ranges = []
    for found in measured:
        assert found.interval is not None
        assert found.value is not None
        low, high = found.interval.low, found.interval.high
        scale = scale_of(found.id, found.unit)
        words = (
            f"{figure_text(found.value, scale, found.unit)}"
            f" ({interval_text(low, high, scale, found.unit)})"
        )
        label = slice_values(found.slice) or measure_label(found.id)
        ranges.append(Range(label, low, found.value, high, words))
    first = measured[0]
    assert first.interval is not None
    unit = unit_text("physical", first.unit).strip()
    names = ", ".join(dict.fromkeys(measure_label(found.id) for found in measured))
    title = f"{names}, in {unit}"
    told = "; ".join(f"{item.label}: {item.text}" for item in ranges)
    labels = ", ".join(dict.fromkeys(found.assurance for found in measured))
    caption = f"The bar is {_bar(measured)}, the line the figure itself. Assurance: {labels}."
    source = index.marks(dict.fromkeys(d for m in measured for d in m.evidence), first.id)
    svg = range_chart(title, told, tuple(ranges), unit)
    return Drawing(kind="range", title=title, caption=caption, svg=svg, source=source)
