"""Student's t, chi-square, beta and binomial: the functions here that need scipy, at one door.

scipy travels with the extra `fairness`; the core's intervals need none of these.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ftgov.errors import MissingExtra

Floats = NDArray[np.float64]


def special() -> Any:
    """Return the module `scipy.special`.

    Raises:
        MissingExtra: If scipy is not installed.
    """
    try:
        import scipy.special
    except ImportError as fault:
        raise MissingExtra("This statistic", "fairness") from fault
    return scipy.special


def normal_cdf(z: ArrayLike) -> Floats:
    """Return the standard normal distribution function, for many z at once."""
    return np.asarray(special().ndtr(z), dtype=np.float64)


def normal_quantiles(probability: ArrayLike) -> Floats:
    """Return standard normal quantiles; minus and plus infinity at 0 and 1."""
    return np.asarray(special().ndtri(probability), dtype=np.float64)


def student_quantiles(probability: ArrayLike, df: ArrayLike) -> Floats:
    """Return quantiles of Student's t; NaN where the degrees of freedom are not positive."""
    freedom = np.asarray(df, dtype=np.float64)
    found = special().stdtrit(np.where(freedom > 0, freedom, 1.0), probability)
    return np.where(freedom > 0, found, np.nan)


def chi_square_tail(statistic: ArrayLike, df: ArrayLike) -> Floats:
    """Return the probability that a chi-square variable of `df` degrees exceeds a statistic."""
    return np.asarray(special().chdtrc(df, statistic), dtype=np.float64)


def beta_quantiles(probability: ArrayLike, a: ArrayLike, b: ArrayLike) -> Floats:
    """Return quantiles of beta distributions with parameters a and b."""
    return np.asarray(special().betaincinv(a, b, probability), dtype=np.float64)


def log_beta(a: ArrayLike, b: ArrayLike) -> Floats:
    """Return the logarithm of the beta function."""
    return np.asarray(special().betaln(a, b), dtype=np.float64)
