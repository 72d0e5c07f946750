"""The interval of a difference of two proportions measured on the same items."""

from __future__ import annotations

import math
from typing import NamedTuple

from ftgov.statistics.proportions import wilson


class PairedCounts(NamedTuple):
    """How often two answers to the same item were right; fractions for clustered items.

    Attributes:
        both: First and second right.
        first_only: First right, second wrong.
        second_only: Second right, first wrong.
        neither: Both wrong.
    """

    both: float
    first_only: float
    second_only: float
    neither: float

    @property
    def n(self) -> float:
        """The number of items."""
        return sum(self)

    def scaled(self, n: float) -> PairedCounts:
        """Return the same shares on `n` items: what clustered items are worth.

        Raises:
            ValueError: If there are no items.
        """
        if not self.n > 0:
            raise ValueError("a paired difference of 0 items is undefined")
        return PairedCounts(*(count * n / self.n for count in self))


def newcombe_paired(counts: PairedCounts, level: float = 0.95) -> tuple[float, float]:
    """Return the interval of (share right of the first) - (share right of the second).

    Source: Newcombe (1998), Stat Med 17:2635-2650, method 10: Wilson limits of both proportions,
    joined with a continuity-corrected phi. Published values, Table III, cells (both, first only,
    second only, neither): (36,12,2,0) .0569 to .3404; (20,12,2,16) .0562 to .3292; (54,0,0,0)
    -.0664 to .0664; (0,30,0,0) .8395 to 1.

    Raises:
        ValueError: If there are no items, or a count is negative.
    """
    n = counts.n
    if min(counts) < 0:
        raise ValueError("a count of items is negative")
    if not 0 < n < math.inf:
        raise ValueError("a paired difference of 0 items is undefined")
    right1 = min(counts.both + counts.first_only, n)
    right2 = min(counts.both + counts.second_only, n)
    low1, high1 = wilson(right1, n, level)
    low2, high2 = wilson(right2, n, level)
    share1, share2 = right1 / n, right2 / n
    phi = _phi(counts)
    down = _joined(share1 - low1, high2 - share2, phi)
    up = _joined(high1 - share1, share2 - low2, phi)
    difference = (counts.first_only - counts.second_only) / n
    return max(-1.0, difference - down), min(1.0, difference + up)


def _joined(one: float, other: float, phi: float) -> float:
    return math.sqrt(max(0.0, one * one - 2 * phi * one * other + other * other))


def _phi(counts: PairedCounts) -> float:
    """Return the correlation, pulled towards 0 by half an item where it is positive."""
    a, b, c, d = counts
    margins = (a + b) * (c + d) * (a + c) * (b + d)
    if margins <= 0:
        return 0.0
    cross = a * d - b * c
    if cross > 0:
        cross = max(cross - counts.n / 2, 0.0)
    return max(-1.0, min(1.0, cross / math.sqrt(margins)))
