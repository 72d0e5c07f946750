"""How many rows of each group a verdict would take, at the effect that was observed."""

from __future__ import annotations

import math

from ftgov.analyzers.group_fairness.estimates import Estimates, Shares
from ftgov.analyzers.group_fairness.everyone import EVERYONE
from ftgov.analyzers.group_fairness.metrics import Kind
from ftgov.analyzers.group_fairness.pairs import Pairs
from ftgov.records.fairness import Limit
from ftgov.statistics.normal import two_sided_z
from ftgov.statistics.sample_size import n_for_difference, n_for_ratio, n_from_error


def n_for_pair(
    found: Shares | Estimates,
    pairs: Pairs,
    place: int,
    limit: Limit | None,
    *,
    kind: Kind,
    level: float,
) -> int | None:
    """Return the rows per group for a verdict on a pair with 80 % power; None: none would do.

    Args:
        found: The metric by group.
        pairs: Its pairs.
        place: Which pair.
        limit: What fails; without one there is nothing to decide.
        kind: Difference or ratio, judged without regard to who is first.
        level: Coverage of the interval that decides.
    """
    a, b = int(pairs.first[place]), int(pairs.second[place])
    if limit is None or b == EVERYONE or math.isnan(found.value[a]) or math.isnan(found.value[b]):
        return None
    alpha = (1 - level) / 2
    if isinstance(found, Shares):
        return _of_shares(found, (a, b), limit, kind, alpha)
    value, ends = (
        (pairs.difference[place], pairs.difference_ends)
        if kind == "difference"
        else (pairs.ratio[place], pairs.ratio_ends)
    )
    low, high = float(ends[0][place]), float(ends[1][place])
    if not all(map(math.isfinite, (value, low, high))):
        return None
    z = two_sided_z(level)
    rows = float(min(found.rows[a], found.rows[b]))
    if kind == "difference":
        distance = abs(float(value)) - limit.value
        return n_from_error(rows, (high - low) / (2 * z), distance, alpha=alpha)
    if min(value, low, limit.value) <= 0:
        return None
    error = (math.log(high) - math.log(low)) / (2 * z)
    distance = -abs(math.log(value)) - math.log(limit.value)
    return n_from_error(rows, error, distance, alpha=alpha)


def _of_shares(
    found: Shares, pair: tuple[int, int], limit: Limit, kind: Kind, alpha: float
) -> int | None:
    """Plan with half a success and half a failure added, so that a rate of 0 has a spread."""
    low, high = sorted(
        (float(found.value[g]) * float(found.rows[g]) + 0.5) / (float(found.rows[g]) + 1)
        for g in pair
    )
    # Not every row is in the denominator, weights and clusters make each row worth less; what is
    # planned is rows of a group as they come.
    worth = found.worth(1 - 2 * alpha)
    if not all(worth[g] > 0 for g in pair):
        return None
    waste = max(1.0, *(float(found.sizes[g] / worth[g]) for g in pair))
    if kind == "ratio":
        needed = n_for_ratio(low, high, limit=limit.value, alpha=alpha) if limit.value > 0 else None
    elif -1 <= limit.value <= 1:
        needed = n_for_difference(high, low, limit=limit.value, alpha=alpha)
    else:
        needed = None
    return None if needed is None else math.ceil(needed * waste)
