"""Two groups compared within strata: does a difference hold once a third variable is held fixed?

A rate may differ overall and within no stratum, or the other way round (Simpson's paradox). The
common effect is estimated within strata, and its sameness over strata is tested.

Sources: Mantel and Haenszel (1959), JNCI 22:719-748; Robins, Breslow, Greenland (1986), Biometrics
42:311-323 (variance of the log odds ratio); Breslow and Day (1980), Statistical Methods in Cancer
Research I, section 4.4, with Tarone's correction (1985), Biometrika 72:91-95; Sato (1989),
Biometrics 45:1323-1324 (variance of the risk difference).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ftgov.statistics.distributions import chi_square_tail
from ftgov.statistics.normal import two_sided_p, two_sided_z

Floats = NDArray[np.float64]


class Stratified(NamedTuple):
    """What strata say together.

    Attributes:
        odds_ratio: Mantel-Haenszel odds ratio, first group over second; NaN: undefined, inf: no
            stratum has a hit of the second group and a miss of the first.
        low: Lower end of its interval; NaN where it is 0, infinite or undefined.
        high: Upper end.
        p_association: Cochran-Mantel-Haenszel test that the odds are equal in every stratum,
            without continuity correction; NaN where no stratum informs.
        p_homogeneity: Breslow-Day test with Tarone's correction that the odds ratio is the same in
            every stratum; NaN with fewer than two informing strata.
        informing: Strata with both groups and both outcomes.
        strata: All strata; the others carry no weight in these figures, and are counted here.
    """

    odds_ratio: float
    low: float
    high: float
    p_association: float
    p_homogeneity: float
    informing: int
    strata: int


def stratified(tables: ArrayLike, level: float = 0.95) -> Stratified:
    """Return the common odds ratio of strata, and both tests.

    Args:
        tables: Counts, shape (S, 2, 2): group by (hit, miss).
        level: Nominal coverage of the interval.

    Raises:
        MissingExtra: If scipy is not installed.
        ValueError: If the shape is another, or a count is negative or no number.
    """
    given = _checked(tables)
    margins = np.concatenate([given.sum(axis=2), given.sum(axis=1)], axis=1)
    held = given[np.all(margins > 0, axis=1)]
    if not len(held):
        none = math.nan
        return Stratified(none, none, none, none, none, 0, len(given))
    a, b, c, d = held[:, 0, 0], held[:, 0, 1], held[:, 1, 0], held[:, 1, 1]
    n = held.sum(axis=(1, 2))
    top, bottom = float((a * d / n).sum()), float((b * c / n).sum())
    ratio = top / bottom if bottom > 0 else math.inf
    low, high = math.nan, math.nan
    if top > 0 and bottom > 0:
        agree, cross = (a + d) / n, (b + c) / n
        r, s = a * d / n, b * c / n
        variance = (agree * r).sum() / (2 * top**2) + (cross * s).sum() / (2 * bottom**2)
        variance += (agree * s + cross * r).sum() / (2 * top * bottom)
        reach = two_sided_z(level) * math.sqrt(variance)
        low, high = ratio * math.exp(-reach), ratio * math.exp(reach)
    return Stratified(
        ratio, low, high, _association(held), _homogeneity(held, ratio), len(held), len(given)
    )


def common_difference(tables: ArrayLike, level: float = 0.95) -> tuple[float, float, float]:
    """Return the Mantel-Haenszel difference of the hit rates, first minus second, and its interval.

    Args:
        tables: Counts, shape (S, 2, 2): group by (hit, miss).
        level: Nominal coverage of the interval, by Sato's variance.

    Returns:
        Value, lower and upper end; NaN where no stratum holds both groups.

    Raises:
        ValueError: If the shape is another, or a count is negative or no number.
    """
    given = _checked(tables)
    sizes = given.sum(axis=2)
    held = given[np.all(sizes > 0, axis=1)]
    if not len(held):
        return math.nan, math.nan, math.nan
    (n1, n2), (x1, x2) = held.sum(axis=2).T, held[:, :, 0].T
    n = n1 + n2
    weight = float((n1 * n2 / n).sum())
    value = float(((x1 * n2 - x2 * n1) / n).sum()) / weight
    p = (n1**2 * x2 - n2**2 * x1 + n1 * n2 * (n2 - n1) / 2) / n**2
    q = (x1 * (n2 - x2) + x2 * (n1 - x1)) / (2 * n)
    variance = max(0.0, float(value * p.sum() + q.sum()) / weight**2)
    reach = two_sided_z(level) * math.sqrt(variance)
    return value, max(-1.0, value - reach), min(1.0, value + reach)


def _checked(tables: ArrayLike) -> Floats:
    given = np.asarray(tables, dtype=np.float64)
    if given.ndim != 3 or given.shape[1:] != (2, 2):
        raise ValueError("strata are tables of two groups by hit and miss")
    if not np.all(np.isfinite(given) & (given >= 0)):
        raise ValueError("counts are finite and not negative")
    return given


def _association(held: Floats) -> float:
    rows, columns, n = held.sum(axis=2), held.sum(axis=1), held.sum(axis=(1, 2))
    expected = rows[:, 0] * columns[:, 0] / n
    variance = rows.prod(axis=1) * columns.prod(axis=1) / (n**2 * (n - 1))
    return float(two_sided_p((held[:, 0, 0] - expected).sum() / math.sqrt(variance.sum())))


def _homogeneity(held: Floats, ratio: float) -> float:
    """Return Tarone's p-value: hits of the first group against what the common ratio gives."""
    if len(held) < 2 or not 0 < ratio < math.inf:
        return math.nan
    rows, hits = held.sum(axis=2), held.sum(axis=1)[:, 0]
    expected = _expected(rows, hits, ratio)
    cells = (expected, rows[:, 0] - expected, hits - expected, rows[:, 1] - hits + expected)
    variance = 1 / np.sum([1 / cell for cell in cells], axis=0)
    distance = held[:, 0, 0] - expected
    statistic = float((distance**2 / variance).sum() - distance.sum() ** 2 / variance.sum())
    return float(chi_square_tail(max(0.0, statistic), len(held) - 1))


def _expected(rows: Floats, hits: Floats, ratio: float) -> Floats:
    """Return the hits of the first group at which a table with its margins has this odds ratio."""
    if abs(ratio - 1) < 1e-12:
        return np.asarray(rows[:, 0] * hits / rows.sum(axis=1), dtype=np.float64)
    second = 1 - ratio
    first = rows[:, 1] - hits + ratio * (rows[:, 0] + hits)
    root = np.sqrt(first**2 + 4 * second * ratio * rows[:, 0] * hits)
    # The form that does not cancel near a ratio of 1.
    return np.asarray(2 * ratio * rows[:, 0] * hits / (first + root), dtype=np.float64)
