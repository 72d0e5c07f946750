"""A confidence sequence: intervals that hold at every moment of monitoring at once.

An interval made for one look at the data fails if one looks every day and stops when it pleases.
These may be looked at after every row, and acted on at any time: with probability at least `level`
none of them, ever, misses the true share.

Method: the likelihood ratio of a beta mixture against p is a martingale when p is true, so it
exceeds 1/alpha at any time with probability at most alpha (Ville 1939). All p at which it has not
are the interval. Sources: Robbins (1970), Ann Math Stat 41:1397-1409; Howard, Ramdas, McAuliffe,
Sekhon (2021), Ann Stat 49:1055-1080 (beta-binomial mixture).
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ftgov.statistics.normal import checked_level

Floats = NDArray[np.float64]

_LGAMMA = np.frompyfunc(math.lgamma, 1, 1)
_STEPS = 60


def confidence_sequence(
    successes: ArrayLike, n: ArrayLike, level: float = 0.95, *, prior: tuple[float, float] = (1, 1)
) -> tuple[Floats, Floats]:
    """Return the interval of a share after each look.

    Args:
        successes: Hits so far at each look; rows are independent, in the order they came.
        n: Rows so far; 0 rows give 0 to 1.
        level: Probability that no interval of the whole sequence misses.
        prior: Parameters of the mixture, above 0; a guess at the share, as pseudo-hits and misses,
            makes early intervals narrower. It must be chosen before looking, and cannot make them
            wrong.

    Returns:
        Lower and upper ends in the shape of the arguments. Later looks may be intersected with
        earlier ones: all hold at once.

    Raises:
        ValueError: If a count is out of range or a parameter is not positive.
    """
    x, trials = np.broadcast_arrays(
        *(np.asarray(value, dtype=np.float64) for value in (successes, n))
    )
    if not np.all((x >= 0) & (x <= trials) & np.isfinite(trials)):
        raise ValueError("a count of successes lies outside 0 and its denominator")
    if min(prior) <= 0:
        raise ValueError("the parameters of a mixture are positive")
    a, b = prior
    mixture = _log_beta(a + x, b + trials - x) - _log_beta(np.asarray(a), np.asarray(b))
    most = -math.log(1 - checked_level(level))

    def excluded(p: Floats) -> NDArray[np.bool_]:
        with np.errstate(divide="ignore", invalid="ignore"):
            hits = np.where(x > 0, x * np.log(p), 0.0)
            misses = np.where(trials > x, (trials - x) * np.log1p(-p), 0.0)
        return np.asarray(mixture - hits - misses >= most)

    share = np.where(trials > 0, x / np.maximum(trials, 1), 0.5)
    low = _edge(excluded, np.zeros_like(share), share)
    high = _edge(excluded, np.ones_like(share), share)
    return np.where(x == 0, 0.0, low), np.where(x == trials, 1.0, high)


def difference_sequence(
    first: tuple[ArrayLike, ArrayLike], second: tuple[ArrayLike, ArrayLike], level: float = 0.95
) -> tuple[Floats, Floats]:
    """Return the sequence of the first minus the second share, by Bonferroni over the two.

    Args:
        first: Hits and rows of one group at each look.
        second: The same of the other group, at the same looks.
        level: Probability that no interval of the whole sequence misses.
    """
    each = 1 - (1 - checked_level(level)) / 2
    low1, high1 = confidence_sequence(*first, each)
    low2, high2 = confidence_sequence(*second, each)
    return low1 - high2, high1 - low2


def _log_beta(a: Floats, b: Floats) -> Floats:
    found = _LGAMMA(a) + _LGAMMA(b) - _LGAMMA(np.asarray(a + b))
    return np.asarray(found, dtype=np.float64)


def _edge(excluded: Callable[[Floats], NDArray[np.bool_]], far: Floats, near: Floats) -> Floats:
    """Return the border between what is excluded and what is not, rounded outward."""
    for _ in range(_STEPS):
        middle = (far + near) / 2
        out = excluded(middle)
        far, near = np.where(out, middle, far), np.where(out, near, middle)
    return far
