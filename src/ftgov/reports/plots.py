"""Row plots from measurements: which rows they have, their headings, their columns and captions."""

from __future__ import annotations

from ftgov.records.measurement import Measurement
from ftgov.reports.charts.rowchart import row_chart
from ftgov.reports.charts.rows import Mark, Plot, Row, Section
from ftgov.reports.figures import measure_label, slice_text, slice_values
from ftgov.reports.grounding import EvidenceIndex
from ftgov.reports.numbers import bare_number, percent_level, scale_of, unit_text
from ftgov.reports.shapes import Drawing

_ROWS = 16


def plot_drawing(
    measures: list[list[Measurement]],
    bases: list[list[Measurement]],
    index: EvidenceIndex,
    reference: tuple[float, str] | None = None,
) -> Drawing:
    """Return a dumbbell plot (where base figures exist) or a forest plot.

    Args:
        measures: The figures of one or more measures, in the same unit; each has a value.
        bases: For each measure, the base model's figures, matched by slice; may be empty.
        index: The dossier's evidence.
        reference: A value to draw as a dashed line, and its label.

    Raises:
        UngroundedFigure: If a figure's evidence is not in the dossier.
    """
    shown = [
        pair for own, base in zip(measures, bases, strict=True) for pair in _matched(own, base)
    ]
    left_out, shown = len(shown[_ROWS:]), shown[:_ROWS]
    first = shown[0][0]
    paired = any(base for _, base in shown)
    names = dict.fromkeys(_plain_name(own.id) for own, _ in shown)
    title = names_text(tuple(names), paired=paired)
    plot = Plot(
        title=title,
        description=_told(shown),
        sections=_sections(shown, by_measure=len(measures) > 1, paired=paired),
        heads=("base", "tuned", "n") if paired else ("value", "n"),
        scale=scale_of(first.id, first.unit),
        unit=first.unit,
        reference=reference,
    )
    used = [found for pair in shown for found in pair if found]
    source = index.marks(dict.fromkeys(d for found in used for d in found.evidence), first.id)
    return Drawing(
        kind="dumbbell" if paired else "forest",
        title=title,
        caption=_caption(used, left_out),
        svg=row_chart(plot),
        source=source,
    )


def names_text(names: tuple[str, ...], *, paired: bool) -> str:
    """Return the title of a plot from the names of its measures."""
    words = names[0] if len(names) == 1 else "Ratios between groups"
    return f"{words}, base and tuned model" if paired else words


def _plain_name(measure: str) -> str:
    return measure_label(measure).replace(" tuned", "").replace("Tuned ", "").strip()


def _matched(
    own: list[Measurement], base: list[Measurement]
) -> list[tuple[Measurement, Measurement | None]]:
    return [
        (
            found,
            next((b for b in base if (b.slice, b.between) == (found.slice, found.between)), None),
        )
        for found in own
    ]


def _sections(
    shown: list[tuple[Measurement, Measurement | None]], *, by_measure: bool, paired: bool
) -> tuple[Section, ...]:
    by_heading: dict[str, list[Row]] = {}
    for own, base in shown:
        keys = ", ".join(own.slice)
        heading = "" if by_measure or not keys else f"By {keys.replace('_', ' ')}"
        by_heading.setdefault(heading, []).append(
            _row(own, base, by_measure=by_measure, paired=paired)
        )
    return tuple(Section(heading, tuple(rows)) for heading, rows in by_heading.items())


def _row(own: Measurement, base: Measurement | None, *, by_measure: bool, paired: bool) -> Row:
    label = _plain_name(own.id) if by_measure else slice_values(own.slice) or "All"
    if by_measure and own.slice:
        label = f"{label}, {slice_values(own.slice)}"
    if by_measure:
        label = label.removesuffix(" ratio")
    if by_measure and own.between:
        label += ", " + " / ".join(slice_values(part) for part in own.between)
    count = f"{own.n:,}" if own.n is not None else "\N{EN DASH}"
    values = (_cell(base),) if paired else ()
    return Row(label, _mark(own), _mark(base) if base else None, (*values, _cell(own), count))


def _mark(found: Measurement) -> Mark:
    assert found.value is not None
    assert found.interval is not None
    return Mark(found.value, found.interval.low, found.interval.high)


def _cell(found: Measurement | None) -> str:
    if found is None or found.value is None or found.interval is None:
        return "\N{EN DASH}"
    scale = scale_of(found.id, found.unit)
    value, low, high = (
        bare_number(number, scale, found.unit)
        for number in (found.value, found.interval.low, found.interval.high)
    )
    return f"{value}{unit_text(scale, found.unit)} [{low}, {high}]"


def _told(shown: list[tuple[Measurement, Measurement | None]]) -> str:
    parts = []
    for own, base in shown:
        before = f"base {_cell(base)}, tuned " if base else ""
        parts.append(
            f"{_plain_name(own.id)} {slice_text(own.slice) or 'all'}: {before}{_cell(own)}"
        )
    return "; ".join(parts)


def _caption(used: list[Measurement], left_out: int) -> str:
    levels = dict.fromkeys(percent_level(f.interval.level) for f in used if f.interval)
    labels = dict.fromkeys(found.assurance for found in used)
    methods = dict.fromkeys(found.interval.method for found in used if found.interval)
    more = f" {left_out} more slices stand in the findings." if left_out else ""
    return (
        f"Brackets and lines are {' and '.join(levels)} intervals ({'; '.join(methods)}). "
        f"Assurance: {', '.join(labels)}.{more}"
    )
