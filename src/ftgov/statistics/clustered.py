"""Means over cases that share templates, and terms that stand in for groups.

Cases made from one template are not independent, and neither are answers about one name: a study
of one template, or one name for a group, says little about others however often it is asked. Sums
over cases are linearised, and their variance is taken over templates, over terms, or over both.

Sources: Cameron, Gelbach, Miller (2011), J Bus Econ Stat 29:238-249 (two-way clusters); Korn and
Graubard (1998), Survey Methodology 24:193-201 (effective sample size); Kish (1965).
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ftgov.statistics.design import effective_n
from ftgov.statistics.distributions import student_quantiles
from ftgov.statistics.effective import clusters as kish_of
from ftgov.statistics.normal import checked_level, two_sided_z
from ftgov.statistics.paired import PairedCounts
from ftgov.statistics.paired_score import tango
from ftgov.statistics.proportions import wilson

Floats = NDArray[np.float64]

_FEW = 10
_NOTHING = 1e-9  # rounding leaves 1e-17 where no cluster differs from another


class Spread(NamedTuple):
    """How uncertain a sum over clusters is.

    Attributes:
        variance: Its variance; NaN where there are fewer than two clusters.
        df: Degrees of freedom of that variance.
        kish: What the cases are worth if those of one cluster always agree.
    """

    variance: float
    df: int
    kish: int


class ClusteredFigure(NamedTuple):
    """A mean over cases with its interval.

    Attributes:
        value: The mean.
        low: Lower end.
        high: Upper end.
        n: The effective number of cases, rounded down.
    """

    value: float
    low: float
    high: float
    n: int


def spread_of(
    influence: ArrayLike, templates: Sequence[Hashable], terms: Sequence[Hashable] | None = None
) -> Spread:
    """Return the variance of a sum of influences over templates, or over templates and terms.

    With both it is V_template + V_term - V_both, and never below V_template.

    Args:
        influence: Each row's part in the figure's deviation, shape (R,).
        templates: The template of each row.
        terms: The term of each row, for a difference of two groups that have their own terms. With
            one term for each group it is left out: how terms differ cannot be seen then, and the
            figure is about these two terms. None: terms do not matter.
    """
    values = np.asarray(influence, dtype=np.float64)
    by_template, count = _over(values, templates)
    sizes = np.unique(_numbered(templates), return_counts=True)[1].tolist()
    kish = kish_of(sizes).effective
    term_df = 0 if terms is None else len(set(terms)) - 2
    if terms is None or term_df < 1:
        return Spread(by_template, count - 1, kish)
    by_term, _ = _over(values, terms, lost=2)
    by_both, _ = _over(values, list(zip(templates, terms, strict=True)), lost=2)
    variance = max(by_template, by_template + by_term - by_both)
    return Spread(variance, min(count - 1, term_df), kish)


def clustered_share(
    values: ArrayLike, templates: Sequence[Hashable], level: float = 0.95
) -> ClusteredFigure:
    """Return the mean of values within 0 and 1, one per case, with Wilson's interval.

    The interval is computed at the effective number of cases, which is at most their number.

    Args:
        values: One per case, shape (C,), at least one.
        templates: The template of each case.
        level: Nominal coverage.
    """
    given = np.asarray(values, dtype=np.float64)
    share = min(1.0, max(0.0, float(given.mean())))
    spread = spread_of((given - share) / len(given), templates)
    worth = _worth(share, spread, len(given), level)
    low, high = wilson(share * worth, worth, level) if worth > 0 else (0.0, 1.0)
    return ClusteredFigure(share, min(low, share), max(high, share), int(worth))


def clustered_change(
    counts: PairedCounts, spread: Spread, level: float = 0.95, *, answers: float | None = None
) -> ClusteredFigure:
    """Return a paired difference of shares with Tango's interval at the effective n.

    Args:
        counts: Cases by both answers; fractions where a case was answered more than once.
        spread: Of the difference, from `spread_of`.
        level: Nominal coverage.
        answers: Pairs of answers, where cases were answered more than once: the effective n is at
            most that; default: one pair for each case.
    """
    n = counts.n
    value = (counts.first_only - counts.second_only) / n
    unclustered = ((counts.first_only + counts.second_only) / n - value**2) / n
    worth = float(spread.kish)
    if unclustered > 0 and spread.variance > 0:
        worth = min(answers or n, n * unclustered / spread.variance)
    worth *= _by_few(spread.df, level)
    if not worth > 0:
        return ClusteredFigure(value, -1.0, 1.0, 0)
    low, high = tango(counts.scaled(worth), level)
    return ClusteredFigure(value, min(low, value), max(high, value), int(worth))


def clustered_mean(
    value: float, spread: Spread, level: float = 0.95, *, moved: int, reach: float = 1.0
) -> tuple[float, float]:
    """Return Student's interval of a mean of bounded values over clusters.

    Where few clusters differ from 0, or none from the others, their variance is no certainty: a
    value in a cluster not seen may lie up to `reach` away. Then no end is nearer than that times
    Wilson's upper end for so many clusters of all.

    Args:
        value: The mean.
        spread: Of the mean, from `spread_of`.
        level: Nominal coverage.
        moved: How many clusters have a value other than 0.
        reach: How far a single value can lie from 0.

    Returns:
        Lower and upper end; from -reach to reach around the value with fewer than two clusters.
    """
    if spread.df < 1 or math.isnan(spread.variance):
        return value - reach, value + reach
    t = float(student_quantiles(0.5 + checked_level(level) / 2, spread.df))
    half = t * math.sqrt(max(0.0, spread.variance))
    clusters = max(1, spread.kish)
    if moved < _FEW:
        half = max(half, reach * wilson(min(moved, clusters), clusters, level)[1])
    elif half < _NOTHING:
        half = reach * wilson(0, clusters, level)[1]
    return value - min(half, reach), value + min(half, reach)


def _worth(share: float, spread: Spread, n: int, level: float) -> float:
    if spread.df < 1:
        return 0.0
    found = float(effective_n(share, spread.variance, spread.kish))
    return min(found, n) * _by_few(spread.df, level)


def _by_few(df: int, level: float) -> float:
    """Return by how much few clusters make cases worth less: (z / t)^2."""
    if df < 1:
        return 0.0
    t = float(student_quantiles(0.5 + checked_level(level) / 2, df))
    return (two_sided_z(level) / t) ** 2


def _over(values: Floats, clusters: Sequence[Hashable], lost: int = 1) -> tuple[float, int]:
    """Return the variance over one kind of clusters, and how many there are."""
    places = _numbered(clusters)
    count = int(places.max()) + 1
    if count <= lost:
        return math.nan, count
    sums = np.bincount(places, values, count)
    return float(count / (count - lost) * (sums**2).sum()), count


def _numbered(clusters: Sequence[Hashable]) -> NDArray[np.int64]:
    seen: dict[Hashable, int] = {}
    return np.array([seen.setdefault(one, len(seen)) for one in clusters], dtype=np.int64)
