"""A group against everyone, and pairs of figures that are no proportions.

A group is part of everyone, so the two are not independent, and a score interval of the one
against the other would be wrong. But the group and the rest are: with w the group's part of the
denominator, p_group - p_all = (1 - w)(p_group - p_rest), and p_group / p_all = 1 / (w + (1 - w) /
rho) with rho = p_group / p_rest. Both rise with what they are made from, so the ends of an
interval against the rest map to the ends of one against everyone; w is taken as given.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ftgov.statistics.multiplicity import max_t
from ftgov.statistics.replicates import replicate_interval
from ftgov.statistics.score import (
    TwoSamples,
    difference_intervals,
    ratio_intervals,
    two_samples,
)
from ftgov.statistics.simultaneous import PairInterval, Share, bonferroni, smaller_over_larger

Floats = NDArray[np.float64]

_MOST_VALUES = 20_000_000


def overall_differences(
    shares: list[Share], level: float, comparisons: int | None = None
) -> tuple[Floats, Floats]:
    """Return simultaneous intervals of each group's true share minus everyone's.

    Args:
        shares: One per group, at least two, each with a denominator.
        level: Coverage of all intervals together.
        comparisons: How many intervals hold together; default: one per group.

    Returns:
        Lower and upper ends, one per group.

    Raises:
        ValueError: If there are fewer than two groups or an empty denominator.
    """
    against, part = _against_the_rest(shares)
    low, high = difference_intervals(against, bonferroni(level, comparisons or len(shares)))
    return low * (1 - part), high * (1 - part)


def overall_ratios(
    shares: list[Share], level: float, comparisons: int | None = None
) -> tuple[Floats, Floats]:
    """Return simultaneous intervals of each group's true share over everyone's.

    Arguments and errors are those of `overall_differences`; an end is at most 1 / w.
    """
    against, part = _against_the_rest(shares)
    ends = ratio_intervals(against, bonferroni(level, comparisons or len(shares)))
    low, high = (_of_everyone(end, part) for end in ends)
    return low, high


def _of_everyone(rho: Floats, part: Floats) -> Floats:
    with np.errstate(divide="ignore"):
        return np.asarray(1 / (part + (1 - part) / rho), dtype=np.float64)


def _against_the_rest(shares: list[Share]) -> tuple[TwoSamples, Floats]:
    if len(shares) < 2:
        raise ValueError("a comparison needs at least two groups")
    successes, n = np.array(shares, dtype=np.float64).T
    rest = np.maximum(successes.sum() - successes, 0.0)
    others = n.sum() - n
    # Sums of fractions may exceed their denominator in the last bit.
    return two_samples(successes, n, np.minimum(rest, others), others), n / n.sum()


def pairs_by_resampling(
    values: ArrayLike, replicates: ArrayLike, level: float, *, ratios: bool
) -> list[PairInterval]:
    """Return simultaneous intervals of all pairs of figures that are no proportions (f1, a mean).

    By max-T over differences, or over differences of logarithms. Above 20 million resampled pairs,
    by Bonferroni over the pairs' bootstrap errors, which is wider. Aggregates over groups derive
    from the result by `worst_difference` and `worst_ratio`; a largest difference itself is never
    resampled, since resamples of it lie above it.

    Args:
        values: One figure per group, shape (G,), at least two.
        replicates: The same in each resample, shape (B, G).
        level: Coverage of all intervals together.
        ratios: False: first minus second. True: the smaller over the larger, at most 1; figures
            must be positive, a figure of 0 gives undefined ends.

    Returns:
        One for each pair; NaN where resamples give no interval.

    Raises:
        ValueError: If there are fewer than two groups, or shapes do not fit.
    """
    points = np.asarray(values, dtype=np.float64)
    draws = np.asarray(replicates, dtype=np.float64)
    if points.ndim != 1 or len(points) < 2:
        raise ValueError("a comparison needs at least two groups")
    if ratios:
        with np.errstate(divide="ignore", invalid="ignore"):
            points, draws = np.log(points), np.log(draws)
    first, second = np.triu_indices(len(points), 1)
    low, high = _ends(points, draws, level, (first, second))
    if ratios:
        pairs = zip(np.exp(low).tolist(), np.exp(high).tolist(), strict=True)
        ends = [smaller_over_larger(*pair) for pair in pairs]
    else:
        ends = list(zip(low.tolist(), high.tolist(), strict=True))
    places = zip(first.tolist(), second.tolist(), ends, strict=True)
    return [PairInterval(one, other, *pair) for one, other, pair in places]


def _ends(
    points: Floats,
    draws: Floats,
    level: float,
    pairs: tuple[NDArray[np.intp], NDArray[np.intp]],
) -> tuple[Floats, Floats]:
    first, second = pairs
    with np.errstate(invalid="ignore"):
        differences = points[first] - points[second]
        if len(draws) * len(first) <= _MOST_VALUES:
            low, high, _ = max_t(differences, draws[:, first] - draws[:, second], level)
            return low, high
        each = bonferroni(level, len(first))
        ends = [
            replicate_interval(differences[k], draws[:, i] - draws[:, j], each)
            for k, (i, j) in enumerate(zip(first, second, strict=True))
        ]
    return np.array([one.low for one in ends]), np.array([one.high for one in ends])
