"""Intervals from resamples: BCa where there are enough of them, the normal one with their error.

Source: Efron (1987), JASA 82:171-185 (bias-corrected and accelerated, BCa); the acceleration comes
from a jackknife over cells, in which all rows of a cell count alike (Efron and Tibshirani 1993, An
Introduction to the Bootstrap, chapters 11 and 14).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ftgov.statistics.distributions import normal_cdf, normal_quantiles
from ftgov.statistics.multiplicity import USABLE
from ftgov.statistics.normal import two_sided_z

Floats = NDArray[np.float64]

_FEWEST_IN_TAIL = 5
BCA = "BCa"
NORMAL = "normal, bootstrap standard error"


class ReplicateInterval(NamedTuple):
    """Intervals of one or more figures.

    Attributes:
        low: Lower ends, in the shape of the figures; NaN where resamples cannot give one: the
            figure is undefined in more than a tenth of them, or the same in all.
        high: Upper ends.
        method: Which kind of interval it is, in words.
    """

    low: Floats
    high: Floats
    method: str


class Jackknife(NamedTuple):
    """A figure with one row left out.

    Attributes:
        values: The figures without one row of cell k, shape (K, ...).
        rows: Rows of each cell, shape (K,).
    """

    values: Floats
    rows: Floats


def jackknife(counts: ArrayLike, statistic: Callable[[Floats], Floats]) -> Jackknife:
    """Return a figure for each cell table that lacks one row.

    Args:
        counts: Rows by cell, shape (K,).
        statistic: Figures of tables: shape (B, K) to (B, ...).
    """
    table = np.asarray(counts, dtype=np.float64)
    held = np.flatnonzero(table >= 1)
    tables = np.repeat(table[np.newaxis, :], len(held), axis=0)
    tables[np.arange(len(held)), held] -= 1
    return Jackknife(statistic(tables), table[held])


def replicate_interval(
    point: ArrayLike,
    replicates: ArrayLike,
    level: float = 0.95,
    leave_one: Jackknife | None = None,
) -> ReplicateInterval:
    """Return an interval of each figure on its own; several that hold together have `max_t`.

    BCa where a jackknife is given and each tail holds at least 5 resamples; else the figure give
    or take z standard errors, for which figures are best given on a scale on which they spread
    evenly. A percentile interval alone is never used: it falls short for small groups.

    Args:
        point: The figures, any shape.
        replicates: The same in each resample, shape (B, ...); NaN where undefined.
        level: Nominal coverage of each interval.
        leave_one: From `jackknife`, for BCa.

    Raises:
        ValueError: If the shapes do not fit.
    """
    value = np.asarray(point, dtype=np.float64)
    draws = np.asarray(replicates, dtype=np.float64)
    if draws.shape[1:] != value.shape or len(draws) < 2:
        raise ValueError("resamples have the shape of the figures, behind at least two of them")
    finite = np.isfinite(draws)
    draws = np.where(finite, draws, np.nan)
    usable = np.isfinite(value) & (finite.mean(axis=0) >= USABLE)
    spread = _spread(draws, usable)
    usable = usable & (spread > 0)
    if leave_one is not None and len(draws) * (1 - level) / 2 >= _FEWEST_IN_TAIL:
        low, high = _bca(value, draws, level, leave_one, usable)
        return ReplicateInterval(low, high, BCA)
    reach = np.where(usable, two_sided_z(level) * spread, np.nan)
    return ReplicateInterval(value - reach, value + reach, NORMAL)


def _spread(draws: Floats, usable: NDArray[np.bool_]) -> Floats:
    found = np.full(usable.shape, np.nan)
    found[usable] = np.nanstd(draws[:, usable], axis=0, ddof=1)
    return found


def _bca(
    value: Floats,
    draws: Floats,
    level: float,
    leave_one: Jackknife,
    usable: NDArray[np.bool_],
) -> tuple[Floats, Floats]:
    """Return BCa ends: quantiles moved by the bias z0 and the acceleration a."""
    defined = np.isfinite(draws).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        below = ((draws < value).sum(axis=0) + (draws == value).sum(axis=0) / 2) / defined
    # Half a resample from either end keeps the bias finite.
    edge = 0.5 / np.maximum(defined, 1)
    bias = normal_quantiles(np.clip(below, edge, 1 - edge))
    acceleration = _acceleration(leave_one)
    z = two_sided_z(level)
    ends = []
    for side in (-z, z):
        moved = bias + side
        place = normal_cdf(bias + moved / np.maximum(1 - acceleration * moved, 0.05))
        ends.append(np.where(usable, _quantiles(draws, np.nan_to_num(place, nan=0.5)), np.nan))
    return ends[0], ends[1]


def _acceleration(leave_one: Jackknife) -> Floats:
    """Return Efron's acceleration, each cell counted as often as it has rows."""
    values = leave_one.values
    rows = leave_one.rows.reshape((-1, *[1] * (values.ndim - 1)))
    known = np.isfinite(values)
    weights = np.where(known, rows, 0.0)
    held = np.where(known, values, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        centre = (weights * held).sum(axis=0) / weights.sum(axis=0)
        moved = np.where(known, centre - held, 0.0)
        found = (weights * moved**3).sum(axis=0) / (6 * ((weights * moved**2).sum(axis=0)) ** 1.5)
    return np.asarray(np.nan_to_num(found, nan=0.0, posinf=0.0, neginf=0.0), dtype=np.float64)


def _quantiles(draws: Floats, place: Floats) -> Floats:
    """Return for each figure the quantile of its own resamples at its own place, linearly."""
    ordered = np.sort(draws, axis=0)  # NaN comes last
    last = np.maximum(np.isfinite(draws).sum(axis=0) - 1, 0)
    position = place * last
    lower = np.floor(position).astype(np.int64)
    upper = np.minimum(lower + 1, last)
    one = np.take_along_axis(ordered, lower[np.newaxis], axis=0)[0]
    other = np.take_along_axis(ordered, upper[np.newaxis], axis=0)[0]
    return np.asarray(one + (other - one) * (position - lower), dtype=np.float64)
