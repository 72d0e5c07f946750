"""Statements that hold for all pairs of groups at once, and for the worst pair.

Bonferroni: if each of m intervals misses with probability at most (1 - level) / m, then all m
cover at once with probability at least `level`. On that event every pair's true ratio r lies in
its interval [L, U], so min(r, 1/r), which does not care who is named first, lies in the image of
[L, U] under t -> min(t, 1/t). The worst ratio is the smallest of these numbers, and the smallest
of numbers that lie in known intervals lies between the smallest lower end and the smallest upper
end. So [min of lower ends, min of upper ends] covers the worst ratio with probability at least
`level`, whichever pair is the worst: no pair is picked by looking at the data. The worst
difference is the same with |t| and the largest ends. No interval of max - min by resampling has
this property: it can never contain 0, so it finds a disparity in every fair model.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from ftgov.statistics.normal import checked_level
from ftgov.statistics.score import difference_intervals, ratio_intervals, two_samples


class Share(NamedTuple):
    """A count and its denominator; fractions for clustered rows."""

    successes: float
    n: float


class PairInterval(NamedTuple):
    """An interval for two groups, named by their positions in what was given."""

    first: int
    second: int
    low: float
    high: float


def bonferroni(level: float, comparisons: int) -> float:
    """Return the level of each of several intervals that are to hold together at `level`.

    Source: Dunn (1961), JASA 56:52-64.

    Raises:
        ValueError: If there is no comparison, or the level is not within 0 and 1.
    """
    if comparisons < 1:
        raise ValueError("simultaneous intervals need at least one comparison")
    return 1 - (1 - checked_level(level)) / comparisons


def pair_count(groups: int) -> int:
    """Return the number of unordered pairs of groups."""
    return groups * (groups - 1) // 2


def pairwise_ratios(
    shares: list[Share], level: float, comparisons: int | None = None
) -> list[PairInterval]:
    """Return, for each pair, the interval of the smaller over the larger true share, at most 1.

    Args:
        shares: One per group, at least two.
        level: Coverage of all intervals together.
        comparisons: How many intervals hold together; default: the pairs given here.

    Raises:
        ValueError: If there are fewer than two groups or an empty denominator.
    """
    return [
        PairInterval(first, second, *smaller_over_larger(low, high))
        for first, second, low, high in _pairs(shares, level, comparisons, ratios=True)
    ]


def pairwise_differences(
    shares: list[Share], level: float, comparisons: int | None = None
) -> list[PairInterval]:
    """Return, for each pair, the interval of the first minus the second true share.

    Arguments and errors are those of `pairwise_ratios`.
    """
    return _pairs(shares, level, comparisons, ratios=False)


def worst_ratio(pairs: list[PairInterval]) -> tuple[float, float]:
    """Return the interval of the smallest ratio from the results of `pairwise_ratios`.

    NaN, NaN if any pair has no interval: that pair may be the worst.
    """
    if _incomplete(pairs):
        return math.nan, math.nan
    return min(pair.low for pair in pairs), min(pair.high for pair in pairs)


def worst_difference(pairs: list[PairInterval]) -> tuple[float, float]:
    """Return the interval of the largest absolute difference from `pairwise_differences`.

    NaN, NaN if any pair has no interval: that pair may be the worst.
    """
    if _incomplete(pairs):
        return math.nan, math.nan
    lows = [0.0 if pair.low <= 0 <= pair.high else min(map(abs, pair[2:])) for pair in pairs]
    return max(lows), max(max(map(abs, pair[2:])) for pair in pairs)


def _incomplete(pairs: list[PairInterval]) -> bool:
    return any(math.isnan(end) for pair in pairs for end in pair[2:])


def smaller_over_larger(low: float, high: float) -> tuple[float, float]:
    """Return the image of an interval of ratios under t -> min(t, 1/t); of NaN, NaN."""
    if math.isnan(low) or math.isnan(high):
        return low, high
    ends = (min(low, 1 / low) if low > 0 else 0.0, min(high, 1 / high))
    return min(ends), 1.0 if low <= 1 <= high else max(ends)


def _pairs(
    shares: list[Share], level: float, comparisons: int | None, *, ratios: bool
) -> list[PairInterval]:
    if len(shares) < 2:
        raise ValueError("a comparison needs at least two groups")
    first, second = np.triu_indices(len(shares), 1)
    successes, n = np.array(shares, dtype=np.float64).T
    each = bonferroni(level, comparisons or len(first))
    inverted = ratio_intervals if ratios else difference_intervals
    samples = two_samples(successes[first], n[first], successes[second], n[second])
    low, high = inverted(samples, each)
    rows = zip(first.tolist(), second.tolist(), low.tolist(), high.tolist(), strict=True)
    return [PairInterval(*row) for row in rows]
