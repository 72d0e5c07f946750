"""How many rows it takes to decide."""

from __future__ import annotations

import math

from ftgov.statistics.normal import quantile
from ftgov.statistics.paired import PairedCounts, newcombe_paired

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
    p1: float, p2: float, *, limit: float, alpha: float = 0.025, power: float = _POWER
) -> int | None:
    """Return the rows needed in each of two groups to place p1 - p2 on one side of a limit.

    n = (z_alpha + z_power)^2 (p1(1-p1) + p2(1-p2)) / (p1-p2-limit)^2, the usual sample size for a
    difference of proportions (Fleiss, Levin, Paik 2003, Statistical Methods for Rates and
    Proportions, chapter 4, without the continuity correction).

    Args:
        p1: The share expected in one group, 0 to 1. Where it was observed as 0 or 1, add half a
            success first: a spread of 0 plans nothing.
        p2: The share expected in the other.
        limit: The difference that must be excluded, with its sign, -1 to 1.
        alpha: One-sided error; for m two-sided simultaneous 95 % intervals .025/m.
        power: Probability of a decision.

    Returns:
        Rows per group, at least 1; None if the difference lies on the limit, or so near it that a
        billion rows would not decide.

    Raises:
        ValueError: If an argument is out of range.
    """
    if not (0 <= p1 <= 1 and 0 <= p2 <= 1 and -1 <= limit <= 1):
        raise ValueError("shares lie within 0 and 1, and the limit of a difference within -1 and 1")
    distance = p1 - p2 - limit
    if abs(distance) < 1e-9:
        return None
    z = quantile(1 - alpha) + quantile(power)
    return _rows(z * z * (p1 * (1 - p1) + p2 * (1 - p2)) / distance**2)


def n_from_error(
    n: float, error: float, distance: float, *, alpha: float = 0.025, power: float = _POWER
) -> int | None:
    """Return the rows needed to decide a figure whose standard error is known at `n` rows.

    n' = n ((z_alpha + z_power) error / distance)^2, since a standard error falls with the square
    root of the rows. For composites, whose error comes from a bootstrap.

    Args:
        n: Rows that the error was observed at, above 0.
        error: Standard error of the figure at `n`, at least 0.
        distance: Figure minus limit.
        alpha: One-sided error of the interval that decides.
        power: Probability of a decision.

    Returns:
        Rows, at least 1; None if the figure lies on the limit, or nearly.

    Raises:
        ValueError: If an argument is out of range or no number.
    """
    if not (0 < n < math.inf and 0 <= error < math.inf and math.isfinite(distance)):
        raise ValueError("rows are positive, and an error and a distance are finite")
    if abs(distance) < 1e-9:
        return None
    z = quantile(1 - alpha) + quantile(power)
    return _rows(n * (z * error / distance) ** 2)


def n_for_share(
    share: float, *, limit: float, alpha: float = 0.025, power: float = _POWER
) -> int | None:
    """Return the rows needed to place one share on one side of a limit by its Wilson interval.

    n = (z_alpha sqrt(l(1-l)) + z_power sqrt(p(1-p)))^2 / (p-l)^2, the one-sample size of a score
    test (Fleiss, Levin, Paik 2003, Statistical Methods for Rates and Proportions, chapter 2). For
    a share of 0 it is z_alpha^2 (1-l)/l, the n at which Wilson's upper end falls to the limit: 189
    for 0.02 at 95 %.

    Args:
        share: The share expected, 0 to 1.
        limit: The share that must be excluded, strictly between 0 and 1.
        alpha: One-sided error; .025 for a two-sided 95 % interval.
        power: Probability of a decision.

    Returns:
        Rows, at least 1; None if the share lies on the limit, or so near it that a billion rows
        would not decide.

    Raises:
        ValueError: If an argument is out of range.
    """
    if not (0 <= share <= 1 and 0 < limit < 1):
        raise ValueError("a share lies within 0 and 1, and a limit strictly between them")
    if abs(share - limit) < 1e-9:
        return None
    spread = quantile(1 - alpha) * math.sqrt(limit * (1 - limit))
    spread += quantile(power) * math.sqrt(share * (1 - share))
    return _rows((spread / (share - limit)) ** 2)


def n_for_paired_change(
    counts: PairedCounts, *, limit: float, level: float = 0.95, power: float = _POWER
) -> int | None:
    """Return the pairs needed to place a paired change on one side of a limit.

    n = (z_alpha + z_power)^2 (d - c^2) / (c-l)^2 for a change c and a share d of pairs that differ
    (Connor 1987, Biometrics 43:207-211, its variance of a paired difference under the
    alternative), and never fewer than Newcombe's interval (method 10) needs at the observed shares
    to exclude the limit: where no pair differs that variance is 0, but the interval is not a point.

    Args:
        counts: The pairs observed; fractions for clustered ones.
        limit: The change that must be excluded.
        level: Two-sided nominal coverage of the interval that decides.
        power: Probability of a decision.

    Returns:
        Pairs, at least 1; None if the change lies on the limit, or so near it that a billion pairs
        would not decide.

    Raises:
        ValueError: If there are no pairs.
    """
    shares = counts.scaled(1.0)
    change = shares.first_only - shares.second_only
    if abs(change - limit) < 1e-9:
        return None
    z = quantile(0.5 + level / 2) + quantile(power)
    spread = max(0.0, shares.first_only + shares.second_only - change**2)
    by_power = _rows(z * z * spread / (change - limit) ** 2)
    by_interval = _n_excluding(counts, limit, level)
    return None if by_power is None or by_interval is None else max(by_power, by_interval)


def _n_excluding(counts: PairedCounts, limit: float, level: float) -> int | None:
    """Return an n at which the interval of the observed shares excludes a limit, by bisection."""

    def decided(n: int) -> bool:
        low, high = newcombe_paired(counts.scaled(n), level)
        return low > limit or high < limit

    high = 1
    while not decided(high):
        high *= 2
        if high > _MOST:
            return None
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if decided(middle) else (middle, high)
    return high


def _rows(n: float) -> int | None:
    return max(1, math.ceil(n)) if n <= _MOST else None
