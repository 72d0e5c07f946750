"""Calibration by group: whether a score means the same in each of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ftgov.analyzers.group_fairness.figures_of import Source, absent
from ftgov.analyzers.group_fairness.grouped import GroupKey
from ftgov.records.fairness import Calibration, CalibrationBin, Figure
from ftgov.statistics.bootstrap import multinomial_cells
from ftgov.statistics.means import Sums, mean_interval
from ftgov.statistics.proportions import wilson_many
from ftgov.statistics.replicates import replicate_interval
from ftgov.tables.decision_cells import TableCell

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def calibrations(source: Source, favourable: str) -> Iterator[Calibration]:
    """Yield the calibration of each group, from bins of its scores; nothing without labels.

    Args:
        source: Cells with bins of scores, counts and sums of scores.
        favourable: The label that counts as having happened.
    """
    if source.cells.question.label is None:
        return
    for group in source.groups:
        cells = [cell for cell in source.cells.cells if cell.group == group]
        yield _calibration(source, group, cells, favourable)


def _calibration(
    source: Source, group: GroupKey, cells: list[TableCell], favourable: str
) -> Calibration:
    import numpy as np

    cut = source.cells.cut
    assert cut is not None, "scores are cut into bins"
    names = source.cells.sums
    at, squared = names.index("ws"), names.index("ws2")
    weight = names.index("w") if "w" in names else None
    shape = (cut.bins, 2)
    place = np.array([2 * (cell.bin or 0) + (cell.label == favourable) for cell in cells])

    def summed(values: list[float]) -> Floats:
        found = np.bincount(place, values, cut.bins * 2).astype(np.float64)
        return found.reshape(shape)

    rows = summed([cell.rows for cell in cells])
    w = rows if weight is None else summed([cell.sums[weight] for cell in cells])
    scores = summed([cell.sums[at] for cell in cells])
    squares = summed([cell.sums[squared] for cell in cells])
    simple = source.atoms is not None and source.atoms.independent
    return Calibration(
        group=dict(zip(source.cells.question.groups, group, strict=True)),
        n=int(rows.sum()),
        bins=tuple(_bins(source, rows, w, scores)),
        gap=_gap(source, rows, scores, squares) if simple else absent(_PLAIN_ONLY),
        expected_error=_expected_error(source, rows, scores) if simple else absent(_PLAIN_ONLY),
    )


_PLAIN_ONLY = "given for independent rows without weights only"


def _bins(source: Source, rows: Floats, w: Floats, scores: Floats) -> Iterator[CalibrationBin]:
    cut, level = source.cells.cut, source.plan.confidence
    assert cut is not None, "scores are cut into bins"
    width = (cut.high - cut.low) / cut.bins
    for place in range(cut.bins):
        n, total = float(rows[place].sum()), float(w[place].sum())
        if n == 0 or total == 0:
            continue
        observed = float(w[place, 1]) / total
        low, high = wilson_many([observed * n], [n], level)
        yield CalibrationBin(
            low=cut.low + place * width,
            high=cut.low + (place + 1) * width,
            n=int(n),
            mean_score=float(scores[place].sum()) / total,
            observed=observed,
            observed_low=float(low[0]),
            observed_high=float(high[0]),
        )


def _gap(source: Source, rows: Floats, scores: Floats, squares: Floats) -> Figure:
    """Return mean score minus observed rate: the mean of score minus label, row by row."""
    n = rows.sum()
    total = scores.sum() - rows[:, 1].sum()
    spread = squares.sum() - 2 * scores[:, 1].sum() + rows[:, 1].sum()
    low, high = mean_interval(Sums(n, total, spread), source.plan.confidence)
    if n < 2:
        return absent("one row shows no spread", int(n))
    return Figure(
        value=float(total / n),
        low=float(low),
        high=float(high),
        n=int(n),
        method="Student's t interval",
    )


def _expected_error(source: Source, rows: Floats, scores: Floats) -> Figure:
    """Return the expected calibration error, with the counts of labels by bin drawn again."""
    import numpy as np

    n, plan = rows.sum(), source.plan
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.nan_to_num(scores / rows)

    def error(tables: Floats) -> Floats:
        held = tables.reshape(len(tables), *rows.shape)
        gaps = np.abs((held * mean).sum(axis=2) - held[:, :, 1])
        return np.asarray(gaps.sum(axis=1) / held.sum(axis=(1, 2)))

    value = error(rows.reshape(1, -1))[0]
    drawn = error(multinomial_cells(rows.ravel(), plan.resamples, plan.seed))
    ends = replicate_interval(value, drawn, plan.confidence)
    if not np.isfinite(ends.low):
        return absent("never varies in any resample", int(n))
    return Figure(
        value=float(value),
        low=max(0.0, float(ends.low)),
        high=float(ends.high),
        n=int(n),
        method=f"cell bootstrap, {ends.method}, {plan.resamples} resamples, seed {plan.seed}",
    )
