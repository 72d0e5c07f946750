"""Means by group: amounts that a model predicts, their errors, and labels that are numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ftgov.analyzers.group_fairness.estimates import Estimates
from ftgov.analyzers.group_fairness.grouped import GroupKey
from ftgov.tables.decision_cells import DecisionCells, TableCell

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_QUANTITY = {
    "mean_prediction": "p",
    "mean_error": "e",
    "mean_absolute_error": "a",
    "mean_squared_error": "s",
}
_MEAN = "linearised standard"


class _Parts(NamedTuple):
    """Sums by cell of one quantity x: w, w^2, w x, w^2 x, w^2 x^2, and rows."""

    rows: Floats
    w: Floats
    w2: Floats
    wx: Floats
    vx: Floats
    vx2: Floats


def means(found: DecisionCells, groups: tuple[GroupKey, ...], metric: str) -> Estimates:
    """Return the mean of a quantity by group, from the sums of the cells.

    Args:
        found: Cells of a numeric question.
        groups: The groups in order.
        metric: One of `AMOUNTS` that is a mean.
    """
    import numpy as np

    name = _QUANTITY[metric]
    columns = {key: np.array([c.sums[i] for c in found.cells]) for i, key in enumerate(found.sums)}
    rows = np.array([cell.rows for cell in found.cells], dtype=np.float64)
    parts = _Parts(
        rows,
        columns.get("w", rows),
        columns.get("w2", rows),
        columns[f"w{name}"],
        columns.get(f"v{name}", columns[f"w{name}"]),
        columns[f"v{name}2"],
    )
    return _estimates(found.cells, parts, groups)


def label_means(found: DecisionCells, groups: tuple[GroupKey, ...]) -> Estimates | None:
    """Return the mean of predictions that are labels, by group; None if any is no number."""
    import numpy as np

    try:
        values = np.array([float(cell.prediction or "") for cell in found.cells])
    except ValueError:
        return None
    rows = np.array([cell.rows for cell in found.cells], dtype=np.float64)
    weighted = "w" in found.sums
    w = np.array([cell.sums[found.sums.index("w")] for cell in found.cells]) if weighted else rows
    w2 = np.array([cell.sums[found.sums.index("w2")] for cell in found.cells]) if weighted else rows
    parts = _Parts(rows, w, w2, w * values, w2 * values, w2 * values**2)
    return _estimates(found.cells, parts, groups)


def _estimates(
    cells: tuple[TableCell, ...], parts: _Parts, groups: tuple[GroupKey, ...]
) -> Estimates:
    import numpy as np

    places = {group: place for place, group in enumerate(groups)}
    of = np.array([places[cell.group] for cell in cells], dtype=np.int64)
    sums = (np.bincount(of, part, len(groups)).astype(np.float64) for part in parts)
    rows, w, w2, wx, vx, vx2 = sums
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(w > 0, wx / w, np.nan)
        spread = np.maximum(vx2 - 2 * mean * vx + mean**2 * w2, 0.0)
        variance = spread / w**2 * rows / (rows - 1)
    variance[rows < 2] = np.nan
    covariance, df = np.diag(variance), rows - 1
    if cells and cells[0].cluster is not None:
        covariance, df = _over_clusters(cells, parts, of, len(groups))
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = covariance / np.outer(mean, mean)
    logs[np.logical_or.outer(~(mean > 0), ~(mean > 0))] = np.nan
    return Estimates(mean, rows, covariance, logs, df, _MEAN)


def _over_clusters(
    cells: tuple[TableCell, ...], parts: _Parts, of: NDArray[np.int64], groups: int
) -> tuple[Floats, Floats]:
    import numpy as np

    from ftgov.statistics.design import cluster_covariance

    known: dict[str | None, int] = {}
    cluster = np.array([known.setdefault(cell.cluster, len(known)) for cell in cells])
    covariance = cluster_covariance(
        cluster, of, parts.wx, parts.w, n_groups=groups, n_clusters=len(known)
    )
    held = np.unique(cluster * groups + of) % groups
    return covariance, np.bincount(held, minlength=groups).astype(np.float64) - 1.0
