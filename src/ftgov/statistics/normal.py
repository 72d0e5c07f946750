"""The normal quantile that all intervals here share, and the checks on their arguments."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

_STANDARD = NormalDist()
_ERFC = np.frompyfunc(math.erfc, 1, 1)


def two_sided_z(level: float) -> float:
    """Return z such that a standard normal lies within -z and z with probability `level`.

    Raises:
        ValueError: If `level` does not lie strictly between 0 and 1.
    """
    return quantile(0.5 + checked_level(level) / 2)


def quantile(probability: float) -> float:
    """Return the standard normal quantile of a probability strictly between 0 and 1."""
    return _STANDARD.inv_cdf(probability)


def upper_tail(z: ArrayLike) -> NDArray[np.float64]:
    """Return the probability that a standard normal exceeds z, for many z at once.

    By `math.erfc`, so that it is accurate far out and needs no extra.
    """
    return np.asarray(_ERFC(np.asarray(z, dtype=np.float64) / math.sqrt(2)), dtype=np.float64) / 2


def two_sided_p(z: ArrayLike) -> NDArray[np.float64]:
    """Return the probability that a standard normal lies farther from 0 than z does."""
    return 2 * upper_tail(np.abs(np.asarray(z, dtype=np.float64)))


def checked_level(level: float) -> float:
    """Return a nominal coverage after checking that it lies strictly between 0 and 1.

    Raises:
        ValueError: If it does not; NaN does not either.
    """
    if not 0 < level < 1:
        raise ValueError(f"a level of confidence lies between 0 and 1, not at {level}")
    return level


def checked_counts(successes: float, n: float) -> None:
    """Check one numerator and its denominator.

    Counts may be fractions: clustered rows are scaled to the number of clusters.

    Raises:
        ValueError: If `n` is not positive (undefined), or `successes` is not in 0..n.
    """
    if not 0 < n < float("inf"):
        raise ValueError(f"a proportion of {n} trials is undefined")
    if not 0 <= successes <= n:
        raise ValueError(f"{successes} successes cannot come from {n} trials")
