"""Intervals of means, from the sums that a cell table holds: regression errors, scores.

Sources: Student (1908), Biometrika 6:1-25; Welch (1947), Biometrika 34:28-35 (unequal variances).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ftgov.statistics.distributions import student_quantiles
from ftgov.statistics.normal import checked_level

Floats = NDArray[np.float64]


class Sums(NamedTuple):
    """What a mean and its error are made from, as arrays of one shape.

    Attributes:
        n: Rows.
        total: Sum of the values.
        squares: Sum of the squared values.
    """

    n: ArrayLike
    total: ArrayLike
    squares: ArrayLike


def mean_interval(sums: Sums, level: float = 0.95) -> tuple[Floats, Floats]:
    """Return Student's t interval of a mean.

    Args:
        sums: Of independent rows; for cancellation's sake of values near 0 on their scale.
        level: Nominal coverage.

    Returns:
        Lower and upper ends; NaN for fewer than two rows, which show no spread.
    """
    n, mean, variance = _moments(sums)
    t = student_quantiles(0.5 + checked_level(level) / 2, n - 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        reach = t * np.sqrt(variance / n)
    return mean - reach, mean + reach


def mean_difference_interval(
    first: Sums, second: Sums, level: float = 0.95
) -> tuple[Floats, Floats]:
    """Return Welch's interval of the difference of two independent means, first minus second.

    Returns:
        Lower and upper ends; NaN where either has fewer than two rows. Where neither varies the
        interval is the difference itself.
    """
    n1, mean1, variance1 = _moments(first)
    n2, mean2, variance2 = _moments(second)
    with np.errstate(divide="ignore", invalid="ignore"):
        one, other = variance1 / n1, variance2 / n2
        df = (one + other) ** 2 / (one**2 / (n1 - 1) + other**2 / (n2 - 1))
        error = np.sqrt(one + other)
    t = student_quantiles(0.5 + checked_level(level) / 2, np.where(error == 0, 1.0, df))
    difference = mean1 - mean2
    return difference - t * error, difference + t * error


def _moments(sums: Sums) -> tuple[Floats, Floats, Floats]:
    """Return n, mean and unbiased variance; NaN variance for fewer than two rows."""
    n, total, squares = (np.asarray(part, dtype=np.float64) for part in sums)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = total / n
        spread = np.maximum(squares - total * mean, 0.0) / (n - 1)
    return n, np.where(n > 0, mean, np.nan), np.where(n > 1, spread, np.nan)
