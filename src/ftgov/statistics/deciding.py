"""How many rows an interval itself needs, at the shares observed, to lie on one side of a limit.

The usual sample sizes rest on p(1-p), which is 0 for a share of 0 or 1: there they ask for one row,
though a score interval of one row is no point. An end of a score interval lies beyond a value
exactly where the score at that value exceeds z (Mee 1984, Biometrics 40:1175-1176), so one score
says on which side the interval lies, and bisection finds the rows.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ftgov.statistics.normal import quantile, two_sided_z
from ftgov.statistics.score import TwoSamples, difference_score, ratio_score

_STEPS = 30


class Asked(NamedTuple):
    """What an interval is to exclude.

    Attributes:
        limit: The size of a difference, 0 to 1; or a ratio, smaller over larger, above 0.
        ratio: Whether it is a ratio.
        level: Coverage of the interval that decides.
    """

    limit: float
    ratio: bool
    level: float


def rows_to_decide(p1: ArrayLike, p2: ArrayLike, asked: Asked) -> NDArray[np.float64]:
    """Return the rows per group at which a Miettinen-Nurminen interval excludes a limit.

    Shares are held at what they are, and pairs are judged without regard to who is first.

    Args:
        p1: Shares, 0 to 1.
        p2: Shares that they are compared with, of the same shape.
        asked: The limit.

    Returns:
        The least n at which the interval of (p1 n, n, p2 n, n) lies wholly on one side; infinite
        where a billion rows do not decide: the figure lies on the limit, or 0/0 is no ratio.

    Raises:
        ValueError: If a share or the limit is out of range.
    """
    first, second = np.broadcast_arrays(*(np.asarray(p, dtype=np.float64) for p in (p1, p2)))
    if not np.all((first >= 0) & (first <= 1) & (second >= 0) & (second <= 1)):
        raise ValueError("shares lie within 0 and 1")
    if not 0 <= asked.limit <= 1 or (asked.ratio and asked.limit == 0):
        raise ValueError("a limit lies within 0 and 1, and one of a ratio above 0")
    low, high = np.zeros(first.shape), np.full(first.shape, 2.0**_STEPS)
    never = ~_decided(first, second, high, asked)
    for _ in range(_STEPS):
        middle = (low + high) / 2
        enough = _decided(first, second, middle, asked)
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return np.where(never, np.inf, high)


def rows_with_power(
    p1: float, p2: float, asked: Asked, *, least: float, power: float = 0.8
) -> float:
    """Return the rows per group for a verdict with some power, where a share is 0 or 1 too.

    n = (sqrt(n0) + z_power s / d)^2, with n0 the rows of `rows_to_decide`, s^2 the variance of a
    row of each group at the shares observed, and d the distance to the limit: the sample size of a
    score test (Farrington and Manning 1990, Stat Med 9:1447-1454), n0 being its first part.

    Args:
        p1: The lower share.
        p2: The higher share, above 0 for a ratio.
        asked: The limit.
        least: From `rows_to_decide`.
        power: Probability of a verdict.

    Returns:
        Rows, at least `least`, not rounded.
    """
    if math.isinf(least):
        return math.inf
    factor = asked.limit if asked.ratio else 1.0
    distance = p1 - factor * p2 if asked.ratio else p2 - p1 - asked.limit
    spread = math.sqrt(p1 * (1 - p1) + factor**2 * p2 * (1 - p2))
    return (math.sqrt(least) + quantile(power) * spread / abs(distance)) ** 2


def _decided(
    first: NDArray[np.float64], second: NDArray[np.float64], n: NDArray[np.float64], asked: Asked
) -> NDArray[np.bool_]:
    """Tell where an interval of n rows each lies inside the limits on both sides, or beyond one."""
    z = two_sided_z(asked.level)
    counts = TwoSamples(first * n, n, second * n, n)
    if asked.ratio:
        ends = asked.limit, 1 / asked.limit
        at_low, at_high = (ratio_score(counts, np.full(n.shape, e), corrected=True) for e in ends)
    else:
        ends = -asked.limit, asked.limit
        at_low, at_high = (
            difference_score(counts, np.full(n.shape, e), corrected=True) for e in ends
        )
    return ((at_low > z) & (at_high < -z)) | (at_low < -z) | (at_high > z)
