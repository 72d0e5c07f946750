"""What rows without a group could change: bounds over every way to give them to the groups.

Rows whose sensitive attribute is missing may belong to any group. No assumption about why they are
missing can be checked, so none is made: the figure lies somewhere between the ends here. The ends
bound the figure of this table; they hold no sampling error.

Source: Manski (2003), Partial Identification of Probability Distributions, Springer; Horowitz and
Manski (1995), Econometrica 63:281-302.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations

from ftgov.statistics.simultaneous import Share

_STEPS = 60


def difference_bounds(known: list[Share], unknown: Share) -> tuple[float, float]:
    """Return how small and how large the largest difference between groups can be.

    Args:
        known: Hits and rows of each group, at least two groups, each with rows.
        unknown: Hits and rows without a group; 0 rows leave the difference itself.

    Returns:
        The least and the greatest value of max - min of the rates. The greatest is attained by
        one way to give out the rows; the least too, up to parts of a row.

    Raises:
        ValueError: If there are fewer than two groups, or counts are out of range.
    """
    _check(known, unknown)
    lowest, highest = _closest(known, unknown)
    extremes = (high - low for low, high in _farthest(known, unknown))
    return max(0.0, highest - lowest), max(extremes)


def ratio_bounds(known: list[Share], unknown: Share) -> tuple[float, float]:
    """Return how small and how large the ratio of the lowest to the highest rate can be.

    Arguments and errors are those of `difference_bounds`. Where nobody is selected and no unknown
    row is, the ratio is undefined: the bounds are 0 and 1, which say nothing.
    """
    _check(known, unknown)
    if not any(share.successes for share in known) and not unknown.successes:
        return 0.0, 1.0
    lowest, highest = _closest(known, unknown)
    extremes = (low / high for low, high in _farthest(known, unknown) if high > 0)
    return min(extremes), min(1.0, lowest / highest)


def _check(known: list[Share], unknown: Share) -> None:
    if len(known) < 2:
        raise ValueError("a comparison needs at least two groups")
    if not all(share.n > 0 for share in known):
        raise ValueError("a group without rows has no rate")
    if not all(0 <= share.successes <= share.n for share in (*known, unknown)):
        raise ValueError("a count of successes lies outside 0 and its denominator")


def _farthest(known: list[Share], unknown: Share) -> list[tuple[float, float]]:
    """Return each pair's rates where one gets every unknown miss and the other every hit."""
    hits, misses = unknown.successes, unknown.n - unknown.successes
    return [
        (low.successes / (low.n + misses), (high.successes + hits) / (high.n + hits))
        for low, high in permutations(known, 2)
    ]


def _closest(known: list[Share], unknown: Share) -> tuple[float, float]:
    """Return the narrowest band of rates that all groups can be brought into.

    Raising every group to `low` takes (low n - x) / (1 - low) hits each, lowering every group to
    `high` takes x / high - n misses each, and the rest of the rows fits in whenever the overall
    rate lies in the band; so both ends are found on their own.
    """
    hits, misses = unknown.successes, unknown.n - unknown.successes
    total = sum(share.n for share in known) + unknown.n
    overall = (sum(share.successes for share in known) + hits) / total

    def hits_to(low: float) -> float:
        if low >= 1:
            return 0.0 if all(share.successes == share.n for share in known) else float("inf")
        return sum(max(0.0, (low * s.n - s.successes) / (1 - low)) for s in known)

    def misses_to(high: float) -> float:
        if high <= 0:
            return 0.0 if not any(share.successes for share in known) else float("inf")
        return sum(max(0.0, share.successes / high - share.n) for share in known)

    rates = [share.successes / share.n for share in known]
    lowest, highest = min(*rates, overall), max(*rates, overall)
    reached, needed = overall, overall
    if hits_to(overall) > hits:
        reached = _last(lambda low: hits_to(low) <= hits, lowest, overall)
    if misses_to(overall) > misses:
        needed = _last(lambda high: misses_to(high) <= misses, highest, overall)
    return reached, needed


def _last(possible: Callable[[float], bool], sure: float, wanted: float) -> float:
    """Return how far one can go from what is possible towards what is not, by bisection."""
    for _ in range(_STEPS):
        middle = (sure + wanted) / 2
        sure, wanted = (middle, wanted) if possible(middle) else (sure, middle)
    return sure
