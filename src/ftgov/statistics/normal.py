"""The normal quantile that all intervals here share, and the checks on their arguments."""

from __future__ import annotations

from statistics import NormalDist

_STANDARD = NormalDist()


def two_sided_z(level: float) -> float:
    """Return z such that a standard normal lies within -z and z with probability `level`.

    Raises:
        ValueError: If `level` does not lie strictly between 0 and 1.
    """
    return quantile(0.5 + checked_level(level) / 2)


def quantile(probability: float) -> float:
    """Return the standard normal quantile of a probability strictly between 0 and 1."""
    return _STANDARD.inv_cdf(probability)


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
