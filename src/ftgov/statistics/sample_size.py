"""How many rows per group it takes to decide."""

from __future__ import annotations

import math

from ftgov.statistics.normal import quantile

_POWER = 0.8
_MOST = 10**9


def n_for_ratio(
    p1: float, p2: float, *, limit: float = 0.8, alpha: float = 0.05, power: float = _POWER
) -> int | None:
    """Return the rows needed in each of two groups to place p1/p2 on one side of a limit.

    n = (z_alpha + z_power)^2 ((1-p1)/p1 + (1-p2)/p2) / (ln(p1/p2) - ln(limit))^2, the usual sample
    size for a log ratio (delta method); with p1 = p2 it certifies equal groups: p = .3 needs 580,
    and 1,237 at alpha = .05/19.

    Args:
        p1: The share expected in one group, above 0 and at most 1.
        p2: The share expected in the other.
        limit: The ratio that must be excluded, 0.8 for four fifths.
        alpha: One-sided error; for m two-sided simultaneous 95 % intervals .025/m.
        power: Probability of a decision.

    Returns:
        Rows per group, at least 1; None if the ratio lies on the limit, or so near it that a
        billion rows would not decide.

    Raises:
        ValueError: If a share is not above 0 and at most 1, or the limit is not positive.
    """
    if not (0 < p1 <= 1 and 0 < p2 <= 1 and limit > 0):
        raise ValueError("shares lie above 0 and at most at 1, and a limit is positive")
    distance = math.log(p1 / p2) - math.log(limit)
    if abs(distance) < 1e-6:
        return None
    z = quantile(1 - alpha) + quantile(power)
    return _rows(z * z * ((1 - p1) / p1 + (1 - p2) / p2) / distance**2)


def n_for_difference(
    p1: float, p2: float, *, alpha: float = 0.05, power: float = _POWER
) -> int | None:
    """Return the rows needed in each of two groups to tell two shares apart.

    n = (z_(1-alpha/2) + z_power)^2 (p1(1-p1) + p2(1-p2)) / (p1-p2)^2, unpooled (Fleiss, Statistical
    Methods for Rates and Proportions): p1 = .3, p2 = .24 needs 856.

    Args:
        p1: The share expected in one group, 0 to 1.
        p2: The share expected in the other.
        alpha: Two-sided error; divide by the number of comparisons for simultaneous ones.
        power: Probability of a decision.

    Returns:
        Rows per group, at least 1; None if the shares are equal, or so near each other that a
        billion rows would not decide.

    Raises:
        ValueError: If a share does not lie within 0 and 1.
    """
    if not (0 <= p1 <= 1 and 0 <= p2 <= 1):
        raise ValueError("a share lies within 0 and 1")
    if abs(p1 - p2) < 1e-9:
        return None
    z = quantile(1 - alpha / 2) + quantile(power)
    return _rows(z * z * (p1 * (1 - p1) + p2 * (1 - p2)) / (p1 - p2) ** 2)


def _rows(n: float) -> int | None:
    return max(1, math.ceil(n)) if n <= _MOST else None
