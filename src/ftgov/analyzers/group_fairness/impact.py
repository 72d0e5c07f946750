"""The impact ratio table of New York City's Local Law 144 and the four-fifths flag.

Sources: 6 RCNY 5-300 and 5-301 (selection rate, or scoring rate: the share above the sample's
median score; impact ratio against the most selected category;
sex, race and ethnicity, and their intersections; a category under 2 % may be excluded; the number
of those of unknown category is stated); 29 CFR 1607.4(D) (four fifths). The figures are the law's,
point values without intervals; whether they prove anything stands in the comparisons.
"""

from __future__ import annotations

from collections.abc import Iterator

from ftgov.analyzers.group_fairness.grouped import groups_of
from ftgov.records.fairness import Basis, ImpactRatio
from ftgov.tables.decision_cells import DecisionCells

_SMALL = 0.02
_FOUR_FIFTHS = 0.8


def impact_table(cells: DecisionCells, favourable: str) -> Iterator[ImpactRatio]:
    """Yield the lines: each group column on its own, then their intersections.

    Args:
        cells: The cell table; rows are counted, weights do not matter here.
        favourable: The value that means being selected.
    """
    columns = cells.question.groups
    parts = [(place,) for place in range(len(columns))] if len(columns) > 1 else []
    bases: tuple[Basis, ...] = ("selected", "above the median score")
    for basis in bases[: 2 if cells.cut else 1]:
        for places in (*parts, tuple(range(len(columns)))):
            yield from _table(cells, favourable, places, basis)


def _table(
    cells: DecisionCells, favourable: str, places: tuple[int, ...], basis: Basis
) -> Iterator[ImpactRatio]:
    names = [cells.question.groups[place] for place in places]
    merged = tuple(
        cell._replace(group=tuple(cell.group[place] for place in places)) for cell in cells.cells
    )
    groups = groups_of(merged)
    rows = dict.fromkeys(groups, 0)
    selected = dict.fromkeys(groups, 0)
    for cell in merged:
        rows[cell.group] += cell.rows
        hit = cell.prediction == favourable if basis == "selected" else bool(cell.above)
        selected[cell.group] += cell.rows * hit
    total = sum(rows.values())
    small = {group for group in groups if rows[group] < _SMALL * total}
    known = [group for group in groups if None not in group]
    rates = {group: selected[group] / rows[group] for group in known}
    top = max((rates[group] for group in known if group not in small), default=0.0)
    for group in groups:
        unknown = None in group
        ratio = None if unknown or top == 0 else rates[group] / top
        yield ImpactRatio(
            group=dict(zip(names, group, strict=True)),
            basis=basis,
            applicants=rows[group],
            selected=selected[group],
            rate=rates.get(group),
            impact_ratio=ratio,
            four_fifths=None if ratio is None or group in small else ratio < _FOUR_FIFTHS,
            excluded=group in small and not unknown,
            note=_note(unknown=unknown, small=group in small, none=top == 0),
        )


def _note(*, unknown: bool, small: bool, none: bool) -> str:
    if unknown:
        return "category unknown: counted, in no ratio"
    if none:
        return "nobody was selected: no ratio"
    return "under 2 % of all: shown, not judged, never the most selected" if small else ""
