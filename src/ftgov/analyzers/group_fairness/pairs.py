"""Pairs of groups in one metric: point values and intervals of differences and ratios."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ftgov.analyzers.group_fairness.estimates import Estimates, Shares
from ftgov.statistics.normal import quantile, two_sided_p, two_sided_z
from ftgov.statistics.score import (
    TwoSamples,
    difference_intervals,
    equality_p,
    ratio_intervals,
    two_samples,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Places = NDArray[np.int64]

SCORE = "Miettinen-Nurminen score interval (1985)"
SCORE_EFFECTIVE = f"{SCORE} on effective rows (Korn and Graubard 1998)"
CLUSTER_PAIR = f"{SCORE} on effective rows that give the joint variance over clusters"
NORMAL = "normal interval from the {} error, ratios by logarithm"


class Pairs(NamedTuple):
    """First against second group, for many pairs; NaN where undefined.

    Attributes:
        first: Places of the first groups.
        second: Places of the second groups.
        difference: First minus second.
        difference_ends: Lower and upper ends.
        ratio: First over second.
        ratio_ends: Lower and upper ends; the upper may be infinite.
        p: Two-sided p-value of no difference.
        method: How the intervals were made.
    """

    first: Places
    second: Places
    difference: Floats
    difference_ends: tuple[Floats, Floats]
    ratio: Floats
    ratio_ends: tuple[Floats, Floats]
    p: Floats
    method: str


def p_values(found: Shares | Estimates, first: Places, second: Places, level: float) -> Floats:
    """Return two-sided p-values of no difference between pairs; NaN where undefined.

    Args:
        found: The metric by group.
        first: Places of the first groups, shape (P,).
        second: Places of the second.
        level: Coverage of the intervals beside them, for the effective rows of clusters.
    """
    import numpy as np

    if isinstance(found, Estimates):
        return _estimates(found, first, second, level).p
    held, samples = _comparable(found, first, second, level)
    result = np.full(len(held), np.nan)
    result[held] = equality_p(samples(logs=False))
    return result


def paired(found: Shares | Estimates, first: Places, second: Places, level: float) -> Pairs:
    """Return pairs in intervals of a level each.

    Args:
        found: The metric by group.
        first: Places of the first groups, shape (P,).
        second: Places of the second.
        level: Coverage of each interval alone.
    """
    if isinstance(found, Shares):
        return _shares(found, first, second, level)
    return _estimates(found, first, second, level)


def _comparable(
    found: Shares, first: Places, second: Places, level: float
) -> tuple[NDArray[np.bool_], Callable[..., TwoSamples]]:
    """Return which pairs can be compared, and their counts at their effective rows."""
    import numpy as np

    worth = found.worth(level)
    usable = np.isfinite(found.value) & (worth > 0)
    scales = [joint_scale(found, first, second, logs=logs) for logs in (False, True)]
    enough = (worth[first] + worth[second]) * np.minimum(*scales) > 1
    held = usable[first] & usable[second] & enough
    one, other = first[held], second[held]
    value = np.nan_to_num(found.value)

    def samples(*, logs: bool) -> TwoSamples:
        scale = scales[logs][held]
        n1, n2 = worth[one] * scale, worth[other] * scale
        # A fraction of a row may stick out by the last bit.
        x1, x2 = np.minimum(value[one] * n1, n1), np.minimum(value[other] * n2, n2)
        return two_samples(x1, n1, x2, n2)

    return held, samples


def _shares(found: Shares, first: Places, second: Places, level: float) -> Pairs:
    import numpy as np

    held, samples = _comparable(found, first, second, level)
    plain = samples(logs=False)
    ends = difference_intervals(plain, level)
    ratio_ends = ratio_intervals(samples(logs=True), level)

    def spread(part: Floats) -> Floats:
        result = np.full(len(held), np.nan)
        result[held] = part
        return result

    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = found.value[first] / found.value[second]
    ratio[~np.isfinite(ratio)] = np.nan
    method = SCORE if found.variance is None else SCORE_EFFECTIVE
    return Pairs(
        first,
        second,
        found.value[first] - found.value[second],
        (spread(ends[0]), spread(ends[1])),
        ratio,
        (spread(ratio_ends[0]), spread(ratio_ends[1])),
        spread(equality_p(plain)),
        method if found.covariance is None else CLUSTER_PAIR,
    )


def joint_scale(found: Shares, one: Places, other: Places, *, logs: bool) -> Floats:
    """Return by how much both effective n are scaled so that they give the pair's joint variance.

    Groups that share clusters are not independent: the variance of their difference holds their
    covariance. A pair without a known or positive joint variance keeps the scale 1.
    """
    import numpy as np

    if found.covariance is None:
        return np.ones(len(one))
    covariance = found.covariance
    a, b, both = covariance[one, one], covariance[other, other], covariance[one, other]
    with np.errstate(divide="ignore", invalid="ignore"):
        if logs:
            p, q = found.value[one], found.value[other]
            a, b, both = a / p**2, b / q**2, both / (p * q)
        scale = (a + b) / (a + b - 2 * both)
    known = np.isfinite(scale) & (scale > 0) & (a > 0) & (b > 0)
    # Never worth more than 20 times what groups are worth apart: a variance of nearly 0 is luck.
    return np.where(known, np.minimum(scale, 20.0), 1.0)


def _estimates(found: Estimates, first: Places, second: Places, level: float) -> Pairs:
    import numpy as np

    z = two_sided_z(level)
    reach = _t(found.df, first, second, level)
    with np.errstate(divide="ignore", invalid="ignore"):
        difference = found.value[first] - found.value[second]
        ratio = found.value[first] / found.value[second]
        error = np.sqrt(_variance(found.covariance, first, second))
        log_error = np.sqrt(_variance(found.log_covariance, first, second))
        ratio[~(np.isfinite(ratio) & (found.value[first] >= 0) & (found.value[second] > 0))] = (
            np.nan
        )
        # Figures that never vary in any resample prove nothing: no interval, never one of width 0.
        error[error == 0], log_error[log_error == 0] = np.nan, np.nan
        low, high = (ratio * np.exp(side * reach * log_error) for side in (-1, 1))
        p = np.where(error > 0, two_sided_p(difference / error * z / reach), np.nan)
    return Pairs(
        first,
        second,
        difference,
        (difference - reach * error, difference + reach * error),
        ratio,
        (low, high),
        p,
        NORMAL.format(found.method),
    )


def _variance(covariance: Floats, first: Places, second: Places) -> Floats:
    import numpy as np

    total = covariance[first, first] + covariance[second, second]
    return np.asarray(np.maximum(total - 2 * covariance[first, second], 0.0))


def _t(df: Floats, first: Places, second: Places, level: float) -> Floats:
    """Return the quantile for the lesser degrees of freedom of each pair, on the safe side."""
    import numpy as np

    from ftgov.statistics.distributions import student_quantiles

    least = np.minimum(df[first], df[second])
    return np.where(
        np.isinf(least), quantile(0.5 + level / 2), student_quantiles(0.5 + level / 2, least)
    )
