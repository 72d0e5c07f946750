"""Score intervals for two independent proportions, by inverting a score test with bisection.

Written from the publications because the common library gets them wrong (statsmodels 0.14, 0.15:
the difference crashes or is off on most random tables, the ratio's lower end is wrong at
boundaries).

Sources: Mee (1984), Biometrics 40:1175-1176; Koopman (1984), Biometrics 40:513-517; Miettinen and
Nurminen (1985), Stat Med 4:213-226 (closed constrained estimates; variance times N/(N-1)).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ftgov.statistics.normal import two_sided_p, two_sided_z

Floats = NDArray[np.float64]

_STEPS = 52
_LOG_LIMIT = 40.0


class TwoSamples(NamedTuple):
    """Successes and trials of two independent samples, as arrays of one shape."""

    x1: Floats
    n1: Floats
    x2: Floats
    n2: Floats


def two_samples(x1: ArrayLike, n1: ArrayLike, x2: ArrayLike, n2: ArrayLike) -> TwoSamples:
    """Return checked counts of shapes that broadcast; fractions are allowed (clustered rows).

    Raises:
        ValueError: If a denominator is 0 (undefined), or a count is out of range.
    """
    given = (np.asarray(value, dtype=np.float64) for value in (x1, n1, x2, n2))
    counts = TwoSamples(*np.broadcast_arrays(*given))
    for successes, n in (counts[:2], counts[2:]):
        if not np.all((n > 0) & np.isfinite(n)):
            raise ValueError("a proportion of 0 trials is undefined")
        if not np.all((successes >= 0) & (successes <= n)):
            raise ValueError("a count of successes lies outside 0 and its denominator")
    if not np.all(counts.n1 + counts.n2 > 1):
        raise ValueError("two proportions need more than one trial between them")
    return counts


def difference_intervals(
    counts: TwoSamples, level: float = 0.95, *, corrected: bool = True
) -> tuple[Floats, Floats]:
    """Return score intervals of x1/n1 - x2/n2, for many tables at once.

    Published values: 56/70 - 48/80 (.0528, .3382) and 9/10 - 3/10 (.1700, .8406) corrected, and for
    the first (.0533, .3377) uncorrected; Newcombe (1998), Stat Med 17:873-890, Table II.

    Args:
        counts: From `two_samples`.
        level: Nominal coverage of each interval.
        corrected: True for Miettinen-Nurminen (variance times N/(N-1)), False for Mee.

    Returns:
        Lower and upper ends in -1..1, in the shape of the counts.
    """
    z = two_sided_z(level)
    point = counts.x1 / counts.n1 - counts.x2 / counts.n2

    def score(d: Floats) -> Floats:
        return difference_score(counts, d, corrected=corrected)

    low, high = _ends(score, point, z, limit=1.0)
    return low, high


def ratio_intervals(
    counts: TwoSamples, level: float = 0.95, *, corrected: bool = True
) -> tuple[Floats, Floats]:
    """Return score intervals of (x1/n1) / (x2/n2), for many tables at once.

    Published value: 36/40 : 16/80 (2.94, 7.15) uncorrected, Koopman (1984). At a boundary:
    5/5 : 192/283 has the ends .829 and 1.608.

    Args:
        counts: From `two_samples`.
        level: Nominal coverage of each interval.
        corrected: True for Miettinen-Nurminen (variance times N/(N-1)), False for Koopman.

    Returns:
        Lower and upper ends, in the shape of the counts: 0 below for no success in the first,
        inf above for none in the second.
    """
    z = two_sided_z(level)
    x1, n1, x2, n2 = counts
    with np.errstate(divide="ignore", invalid="ignore"):
        point = np.clip(np.nan_to_num(np.log(x1 / n1) - np.log(x2 / n2)), -_LOG_LIMIT, _LOG_LIMIT)

    def score(log_ratio: Floats) -> Floats:
        return ratio_score(counts, np.exp(log_ratio), corrected=corrected)

    low, high = np.exp(_ends(score, point, z, limit=_LOG_LIMIT))
    return np.where(x1 == 0, 0.0, low), np.where(x2 == 0, np.inf, high)


def equality_p(counts: TwoSamples, *, corrected: bool = True) -> Floats:
    """Return the two-sided p-value of the score test that both true proportions are equal.

    Uncorrected it is Pearson's chi-square test without Yates' correction; corrected, its variance
    is multiplied by N/(N-1) (Miettinen and Nurminen 1985; E. Pearson 1947, Biometrika 34:139-167).

    Args:
        counts: From `two_samples`.
        corrected: Whether the variance is multiplied by N/(N-1).

    Returns:
        In the shape of the counts; 1 where no row, or every row, is a success.
    """
    return two_sided_p(
        difference_score(counts, np.zeros_like(counts.x1, dtype=np.float64), corrected=corrected)
    )


def difference_score(counts: TwoSamples, d: Floats, *, corrected: bool) -> Floats:
    """Return the score statistic of the hypothesis that x1/n1 - x2/n2 has the true value `d`.

    The constrained estimate is the root of the likelihood's cubic (Miettinen and Nurminen 1985).
    """
    x1, n1, x2, n2 = counts
    total = n1 + n2
    second = (n1 + 2 * n2) * d - total - x1 - x2
    first = (n2 * d - total - 2 * x2) * d + x1 + x2
    zeroth = x2 * d * (1 - d)
    third = second / (3 * total)
    q = third**3 - first * second / (6 * total**2) + zeroth / (2 * total)
    p = np.sqrt(np.maximum(third**2 - first / (3 * total), 0.0)) * np.where(q < 0, -1.0, 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        cosine = np.where(p == 0, 1.0, np.clip(q / p**3, -1.0, 1.0))
    p2 = 2 * p * np.cos((np.pi + np.arccos(cosine)) / 3) - third
    p2 = np.clip(p2, np.maximum(0.0, -d), np.minimum(1.0, 1.0 - d))
    p1 = np.clip(p2 + d, 0.0, 1.0)
    variance = p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2
    return _score(x1 / n1 - x2 / n2 - d, variance, total, corrected=corrected)


def ratio_score(counts: TwoSamples, ratio: Floats, *, corrected: bool) -> Floats:
    """Return the score statistic of the hypothesis that (x1/n1)/(x2/n2) has the true value `ratio`.

    The constrained estimate is the smaller root of a quadratic, in the form that does not cancel.
    """
    x1, n1, x2, n2 = counts
    total = n1 + n2
    half = n1 * ratio + x1 + n2 + x2 * ratio
    root = np.sqrt(np.maximum(half**2 - 4 * total * ratio * (x1 + x2), 0.0))
    p2 = np.clip(2 * (x1 + x2) / (half + root), 0.0, np.minimum(1.0, 1.0 / ratio))
    p1 = np.clip(p2 * ratio, 0.0, 1.0)
    variance = p1 * (1 - p1) / n1 + ratio**2 * p2 * (1 - p2) / n2
    return _score(x1 / n1 - ratio * x2 / n2, variance, total, corrected=corrected)


def _score(distance: Floats, variance: Floats, total: Floats, *, corrected: bool) -> Floats:
    """Divide by the standard error; without variance any distance at all is infinitely far."""
    if corrected:
        variance = variance * total / (total - 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = distance / np.sqrt(variance)
    # Rounding leaves 1e-17 where the distance is 0 in truth.
    return np.where(np.abs(distance) < 1e-14, 0.0, z)


def _ends(score: Callable[[Floats], Floats], point: Floats, z: float, *, limit: float) -> Floats:
    """Return where a falling function crosses z below a point, and -z above it, shape (2, ...).

    Both ends are sought at once: what a step costs does not depend on how many ends it moves.
    """
    low = np.stack([np.full_like(point, -limit), point])
    high = np.stack([point, np.full_like(point, limit)])
    target = np.array([z, -z]).reshape(2, *(1 for _ in point.shape))
    for _ in range(_STEPS):
        middle = (low + high) / 2
        above = score(middle) > target
        low = np.where(above, middle, low)
        high = np.where(above, high, middle)
    return (low + high) / 2
