"""From a measurement to a figure as printed: value, interval, n, label and evidence together."""

from __future__ import annotations

from ftgov.records.decision import Figure
from ftgov.records.finding import Finding
from ftgov.records.measurement import Interval, Measurement
from ftgov.reports.grounding import EvidenceIndex
from ftgov.reports.numbers import figure_text, interval_text, is_assumed, percent_level, scale_of
from ftgov.reports.shapes import FigureView
from ftgov.reports.text import sentence_case

Slice = dict[str, str | None]
DASH = "\N{EN DASH}"


def measure_label(measure: str) -> str:
    """Return a measure's name in words, without the analyzer: `Selection rate`."""
    return sentence_case(measure.split(".", 1)[-1])


def slice_text(part: Slice) -> str:
    """Return a slice in words: `group women, language de`; a missing value is named as such."""
    words = [f"{key} {'(missing)' if value is None else value}" for key, value in part.items()]
    return ", ".join(words)


def slice_values(part: Slice) -> str:
    """Return only the values of a slice, for places where its keys stand in a heading."""
    return ", ".join("(missing)" if value is None else value for value in part.values())


def scope_text(part: Slice, between: tuple[Slice, ...]) -> str:
    """Return what a figure is about: its slice, and what it compares with what."""
    words = [slice_text(part)] if part else []
    if len(between) == 2:
        words.append(f"{slice_text(between[0])} against {slice_text(between[1])}")
    return "; ".join(words) or "all"


def is_exact(interval: Interval) -> bool:
    """Tell whether a figure was counted, not estimated."""
    return interval.low == interval.high and interval.method.startswith("exact")


def measured_interval(found: Measurement) -> str:
    """Return the printed interval of a measurement; a dash where it has no value."""
    if found.interval is None:
        return DASH
    if is_exact(found.interval):
        return "exact"
    scale = scale_of(found.id, found.unit)
    return interval_text(found.interval.low, found.interval.high, scale, found.unit)


def figure_view(found: Measurement, index: EvidenceIndex) -> FigureView:
    """Return a measurement as printed.

    Raises:
        UngroundedFigure: If its evidence is not in the dossier.
    """
    scale = scale_of(found.id, found.unit)
    estimated = found.interval if found.interval and not is_exact(found.interval) else None
    notes = [found.reason] if found.reason else []
    if found.n_needed is not None and (found.n is None or found.n < found.n_needed):
        notes.append(f"an n of {found.n_needed:,} would decide")
    return FigureView(
        measure=found.id,
        label=measure_label(found.id),
        scope=scope_text(found.slice, found.between),
        value=DASH if found.value is None else figure_text(found.value, scale, found.unit),
        interval=measured_interval(found),
        level=_level(estimated),
        n=DASH if found.n is None else f"{found.n:,}",
        assurance=found.assurance,
        evidence=index.marks(found.evidence, found.id),
        note="; ".join(notes),
    )


def decided_figure(
    figure: Figure, findings: tuple[Finding, ...], index: EvidenceIndex
) -> FigureView:
    """Return a figure of a decision as printed, with the label and level of its measurement.

    Raises:
        UngroundedFigure: If it has a value and its evidence is not in the dossier.
    """
    source = _source_of(figure, findings)
    scale = scale_of(figure.measure, figure.unit)
    ends = figure.low is not None and figure.high is not None
    text = DASH
    if figure.low is not None and figure.high is not None:
        text = interval_text(figure.low, figure.high, scale, figure.unit)
    if source and source.interval and is_exact(source.interval):
        text, ends = "exact", False
    grounded = figure.value is not None or bool(figure.evidence)
    return FigureView(
        measure=figure.measure,
        label=measure_label(figure.measure),
        scope=scope_text(figure.slice, figure.between),
        value=DASH if figure.value is None else figure_text(figure.value, scale, figure.unit),
        interval=text,
        level=_level(source.interval) if ends and source else "",
        n=DASH if figure.n is None else f"{figure.n:,}",
        assurance=source.assurance if source else "unknown",
        evidence=index.marks(figure.evidence, figure.measure) if grounded else (),
        note=figure.reason or "",
    )


def _level(interval: Interval | None) -> str:
    """Return an interval's nominal coverage as printed; an assumed range has none to speak of."""
    if interval is None:
        return ""
    return "assumed" if is_assumed(interval) else percent_level(interval.level)


def _source_of(figure: Figure, findings: tuple[Finding, ...]) -> Measurement | None:
    for finding in findings:
        for found in finding.measurements:
            same = (found.id, found.slice, found.between)
            if same == (figure.measure, figure.slice, figure.between):
                return found
    return None
