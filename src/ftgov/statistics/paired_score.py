"""Paired answers to the same items: McNemar's test, and Tango's interval that agrees with it."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ftgov.statistics.normal import two_sided_z
from ftgov.statistics.paired import PairedCounts

Floats = NDArray[np.float64]

_STEPS = 60


def mcnemar_p(counts: PairedCounts, *, mid: bool = True) -> float:
    """Return the two-sided p-value that neither of two answers is right more often.

    Of the items that differ, half should favour either: a binomial test. The mid p-value, which
    counts the observed split half, keeps its level and is less conservative than the exact one.

    Sources: McNemar (1947), Psychometrika 12:153-157; Fagerland, Lydersen, Laake (2013), BMC Med
    Res Methodol 13:91 (mid-p).

    Args:
        counts: Whole items; fractions of clustered items have no binomial test.
        mid: False for the exact conditional test.

    Returns:
        1 where no item differs.

    Raises:
        ValueError: If a count of differing items is negative or no whole number.
    """
    one, other = counts.first_only, counts.second_only
    if min(one, other) < 0 or one != int(one) or other != int(other):
        raise ValueError("a binomial test counts whole items")
    n, few = int(one + other), int(min(one, other))
    if n == 0:
        return 1.0
    tail = sum(_chance(k, n) for k in range(few + 1))
    return min(1.0, 2 * tail - _chance(few, n) if mid else 2 * tail)


def _chance(k: int, n: int) -> float:
    """Return the probability of k heads in n fair tosses, by logarithms: 2^-n underflows."""
    log = math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
    return math.exp(log - n * math.log(2))


def paired_score(counts: PairedCounts, d: ArrayLike) -> Floats:
    """Return Tango's score statistic that (share of the first) - (share of the second) is `d`.

    At d = 0 it is McNemar's, (b - c) / sqrt(b + c).

    Source: Tango (1998), Stat Med 17:891-908, with the constrained estimate of the probability of
    `second_only` in closed form.
    """
    n, first, second = counts.n, counts.first_only, counts.second_only
    given = np.asarray(d, dtype=np.float64)
    middle = -first - second + (2 * n - first + second) * given
    last = -second * given * (1 - given)
    root = np.sqrt(np.maximum(middle**2 - 8 * n * last, 0.0))
    # The form that does not cancel, by the sign of the middle coefficient.
    with np.errstate(divide="ignore", invalid="ignore"):
        q = np.where(middle <= 0, (root - middle) / (4 * n), -2 * last / (middle + root))
        q = np.nan_to_num(np.clip(q, np.maximum(0.0, -given), None))
        variance = n * (2 * q + given * (1 - given))
        distance = first - second - n * given
        score = distance / np.sqrt(np.maximum(variance, 0.0))
    return np.where(np.abs(distance) < 1e-12 * n, 0.0, score)


def tango(counts: PairedCounts, level: float = 0.95) -> tuple[float, float]:
    """Return Tango's score interval of (share right of the first) - (share right of the second).

    Excludes 0 exactly when McNemar's uncorrected chi-square test rejects. `newcombe_paired` is the
    second opinion.

    Args:
        counts: Items; fractions for clustered ones.
        level: Nominal coverage.

    Raises:
        ValueError: If there are no items, or a count is negative.
    """
    n = counts.n
    if min(counts) < 0 or not 0 < n < math.inf:
        raise ValueError("a paired difference needs items, none of them negative")
    z = two_sided_z(level)
    point = (counts.first_only - counts.second_only) / n
    low = _crossing(counts, (-1.0, point), z)
    return low, _crossing(counts, (point, 1.0), -z)


def _crossing(counts: PairedCounts, within: tuple[float, float], target: float) -> float:
    low, high = within
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if float(paired_score(counts, middle)) > target:
            low = middle
        else:
            high = middle
    return (low + high) / 2
