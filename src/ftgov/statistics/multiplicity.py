"""Many questions at once: adjusted p-values, and one critical value for all intervals.

Verdicts are made on simultaneous intervals (Bonferroni in `simultaneous`, max-T here). Holm's
p-values are reported beside them and decide nothing: they have no intervals. False discovery
rates are not offered: a share of wrong alarms among all alarms is no promise to one group.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ftgov.statistics.normal import checked_level, two_sided_z

Floats = NDArray[np.float64]


class MaxT(NamedTuple):
    """Intervals that hold together.

    Attributes:
        low: Lower ends, one per figure; NaN where the figure or its spread is undefined.
        high: Upper ends.
        critical: How many standard errors each reaches to either side.
    """

    low: Floats
    high: Floats
    critical: float


def holm(p: ArrayLike) -> Floats:
    """Return Holm's adjusted p-values, in the order given.

    Source: Holm (1979), Scandinavian Journal of Statistics 6:65-70.

    Args:
        p: p-values within 0 and 1, one-dimensional; NaN is no test: it stays NaN and is not
            counted among the tests.

    Raises:
        ValueError: If a p-value lies outside 0 and 1.
    """
    given = np.asarray(p, dtype=np.float64)
    result = np.full(given.shape, np.nan)
    known = np.flatnonzero(~np.isnan(given))
    values = given[known]
    if not np.all((values >= 0) & (values <= 1)):
        raise ValueError("a p-value lies within 0 and 1")
    order = np.argsort(values, kind="stable")
    factors = len(values) - np.arange(len(values))
    adjusted = np.minimum(1.0, np.maximum.accumulate(values[order] * factors))
    result[known[order]] = adjusted
    return result


def max_t(point: ArrayLike, replicates: ArrayLike, level: float = 0.95) -> MaxT:
    """Return simultaneous intervals: each figure give or take so many of its standard errors.

    The critical value is the `level` quantile, over resamples, of the largest absolute studentised
    deviation among the figures, and never below that of one normal figure. Less wide than
    Bonferroni where figures move together. Give figures on a scale on which they spread evenly:
    log ratios, differences, logits.

    Source: Romano and Wolf (2005), JASA 100:94-108; Westfall and Young (1993), Resampling-Based
    Multiple Testing, Wiley.

    Args:
        point: The figures, shape (K,).
        replicates: The same in each resample, shape (B, K).
        level: Coverage of all intervals together.

    Raises:
        ValueError: If shapes do not fit or the level is not within 0 and 1.
    """
    values = np.asarray(point, dtype=np.float64)
    draws = np.asarray(replicates, dtype=np.float64)
    if draws.ndim != 2 or draws.shape[1:] != values.shape or len(draws) < 2:
        raise ValueError("resamples need one column per figure and at least two rows")
    finite = np.isfinite(draws)
    usable = np.isfinite(values) & (finite.mean(axis=0) >= USABLE)
    spread = np.full(values.shape, np.nan)
    spread[usable] = np.nanstd(np.where(finite, draws, np.nan)[:, usable], axis=0, ddof=1)
    usable &= spread > 0
    floor = two_sided_z(level)
    if not usable.any():
        nothing = np.full(values.shape, np.nan)
        return MaxT(nothing, nothing.copy(), floor)
    distance = np.where(finite, np.abs(draws - values), 0.0)[:, usable] / spread[usable]
    critical = max(floor, float(np.quantile(distance.max(axis=1), checked_level(level))))
    reach = np.where(usable, critical * spread, np.nan)
    return MaxT(values - reach, values + reach, critical)


USABLE = 0.9
"""The least share of resamples in which a figure must be defined for its spread to be believed."""
