"""The interval of one proportion."""

from __future__ import annotations

import math

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
