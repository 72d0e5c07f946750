"""The interval of one proportion."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ftgov.statistics.normal import checked_counts, two_sided_z


def wilson(successes: float, n: float, level: float = 0.95) -> tuple[float, float]:
    """Return the Wilson score interval of a proportion, without continuity correction.

    Source: Wilson (1927), JASA 22:209-212. Published values, Newcombe (1998), Stat Med 17:857-872,
    Table I: 81/263 (.2553, .3662), 15/148 (.0624, .1605), 0/20 (0, .1611), 1/29 (.0061, .1718).

    Args:
        successes: Rows that count, 0 to `n`; may be a fraction for clustered rows.
        n: The denominator, above 0.
        level: Nominal coverage.

    Returns:
        Lower and upper end, within 0 and 1; exactly 0 for no success, exactly 1 for no failure.

    Raises:
        ValueError: If `n` is 0 (undefined), or an argument is out of range.
    """
    checked_counts(successes, n)
    z = two_sided_z(level)
    share = successes / n
    centre = share + z * z / (2 * n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    low = 0.0 if successes == 0 else max(0.0, (centre - half) / scale)
    high = 1.0 if successes == n else min(1.0, (centre + half) / scale)
    return low, high


def wilson_many(
    successes: ArrayLike, n: ArrayLike, level: float = 0.95
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return Wilson's interval for many proportions at once; the ends are those of `wilson`.

    Args:
        successes: Rows that count, of a shape that broadcasts with `n`; fractions are allowed.
        n: The denominators; 0 gives an undefined interval, never the ends 0 and 1.
        level: Nominal coverage of each interval.

    Returns:
        Lower and upper ends; NaN where `n` is 0.

    Raises:
        ValueError: If a count is negative, above its denominator or not finite.
    """
    z = two_sided_z(level)
    x, trials = np.broadcast_arrays(*(np.asarray(v, dtype=np.float64) for v in (successes, n)))
    if not np.all((x >= 0) & (x <= trials) & np.isfinite(trials)):
        raise ValueError("a count of successes lies outside 0 and its denominator")
    with np.errstate(invalid="ignore", divide="ignore"):
        share = x / trials
        centre = share + z * z / (2 * trials)
        half = z * np.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
        scale = 1 + z * z / trials
        low = np.where(x == 0, 0.0, np.maximum(0.0, (centre - half) / scale))
        high = np.where(x == trials, 1.0, np.minimum(1.0, (centre + half) / scale))
    defined = trials > 0
    return np.where(defined, low, np.nan), np.where(defined, high, np.nan)
