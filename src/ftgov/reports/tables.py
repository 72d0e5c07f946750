"""How a finding's figures become tables: slices as rows and measures as columns where that fits.

Measures that were taken over the same slices with one assurance label stand side by side; what is
left stands in a list, one figure a row.
"""

from __future__ import annotations

from ftgov.records.measurement import Measurement
from ftgov.reports.figures import figure_view, scope_text
from ftgov.reports.grounding import EvidenceIndex
from ftgov.reports.shapes import FigureView, MatrixRow, MatrixView

_COLUMNS = 6
_ROWS = 24

Cells = dict[str, Measurement]


def tables_of(
    measured: tuple[Measurement, ...], index: EvidenceIndex
) -> tuple[tuple[MatrixView, ...], tuple[FigureView, ...]]:
    """Return the tables of a finding: matrices, and the figures that stand in no matrix.

    Raises:
        UngroundedFigure: If a figure's evidence is not in the dossier.
    """
    by_measure: dict[str, Cells] = {}
    loose: list[Measurement] = []
    for found in measured:
        cells = by_measure.setdefault(found.id, {})
        scope = scope_text(found.slice, found.between)
        if scope in cells:
            loose.append(found)
        else:
            cells[scope] = found
    clusters = _clusters(by_measure)
    matrices = [names for names in clusters if len(names) > 1 and len(by_measure[names[0]]) > 1]
    single = [name for names in clusters if names not in matrices for name in names]
    loose = [found for name in single for found in by_measure[name].values()] + loose
    return (
        tuple(_matrix(names, by_measure, index) for names in matrices),
        tuple(figure_view(found, index) for found in loose),
    )


def _clusters(by_measure: dict[str, Cells]) -> list[list[str]]:
    """Group measures whose slices are mostly the same and whose labels are one label."""
    clusters: list[list[str]] = []
    for name, cells in by_measure.items():
        for cluster in clusters:
            first = by_measure[cluster[0]]
            alike = 2 * len(first.keys() & cells.keys()) > len(first.keys() | cells.keys())
            labels = {found.assurance for found in (*first.values(), *cells.values())}
            if alike and len(labels) == 1 and len(cluster) < _COLUMNS:
                cluster.append(name)
                break
        else:
            clusters.append([name])
    return clusters


def _matrix(names: list[str], by_measure: dict[str, Cells], index: EvidenceIndex) -> MatrixView:
    scopes = list(dict.fromkeys(scope for name in names for scope in by_measure[name]))
    scopes.sort(key=lambda scope: scope != scope_text({}, ()))
    views = {
        (name, scope): figure_view(found, index)
        for name in names
        for scope, found in by_measure[name].items()
    }
    rows = []
    for scope in scopes[:_ROWS]:
        cells = tuple(views.get((name, scope)) for name in names)
        marks = {mark.anchor: mark for cell in cells if cell for mark in cell.evidence}
        counts = {cell.n for cell in cells if cell}
        count = counts.pop() if len(counts) == 1 else ""
        rows.append(MatrixRow(scope=scope, n=count, cells=cells, evidence=tuple(marks.values())))
    levels = {view.level for view in views.values() if view.level}
    shown = [view for view in views.values() if view.interval]
    return MatrixView(
        heads=tuple(next(v.label for (n, _), v in views.items() if n == name) for name in names),
        rows=tuple(rows),
        more=len(scopes[_ROWS:]),
        level=levels.pop() if len(levels) == 1 else "",
        label=shown[0].assurance,
    )
