"""Rates of many small groups, drawn towards each other: for triage, never for a verdict.

The raw rates of small groups scatter, and the most extreme is extreme mostly by chance. A
beta-binomial model estimates how much true rates vary and pulls each towards the mean by as much
as its rows leave open. The result ranks groups for a closer look. It decides nothing: shrunken
rates understate the largest difference, and their intervals hold on average over groups, not for
each group.

Sources: Efron and Morris (1975), JASA 70:311-319; Griffiths (1973), Biometrics 29:637-648 (maximum
likelihood of the beta-binomial).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ftgov.statistics.bootstrap import generator
from ftgov.statistics.distributions import beta_quantiles, log_beta
from ftgov.statistics.normal import checked_level

Floats = NDArray[np.float64]

LABEL = "empirical Bayes, for triage only"
_GRID = 15
_ZOOMS = 14
_MEANS = (-9.0, 9.0)
_PRECISIONS = (-1.0, 14.0)


class Shrunken(NamedTuple):
    """Rates of groups by a beta-binomial model.

    Attributes:
        rates: Posterior means, shape (G,).
        low: Lower ends of the posterior intervals.
        high: Upper ends.
        alpha: First parameter of the distribution of true rates, as pseudo-hits.
        beta: Second parameter, as pseudo-misses.
        label: What they may be used for.
    """

    rates: Floats
    low: Floats
    high: Floats
    alpha: float
    beta: float
    label: str


def shrunken(successes: ArrayLike, n: ArrayLike, level: float = 0.95) -> Shrunken:
    """Return the shrunken rates of groups.

    Args:
        successes: Hits by group, at least three groups with rows.
        n: Rows by group; a group without rows gets the mean of all.
        level: Posterior probability of the intervals.

    Raises:
        MissingExtra: If scipy is not installed.
        ValueError: If fewer than three groups have rows, or a count is out of range.
    """
    x, trials = (np.asarray(value, dtype=np.float64) for value in (successes, n))
    if x.ndim != 1 or x.shape != trials.shape or not np.all((x >= 0) & (x <= trials)):
        raise ValueError("a count of successes lies outside 0 and its denominator")
    if np.count_nonzero(trials > 0) < 3:
        raise ValueError("how much rates vary shows in three groups or more")
    a, b = _fitted(x, trials)
    after = (x + a, trials - x + b)
    tail = (1 - checked_level(level)) / 2
    low, high = (beta_quantiles(end, *after) for end in (tail, 1 - tail))
    return Shrunken(after[0] / (after[0] + after[1]), low, high, a, b, LABEL)


def largest_difference(
    successes: ArrayLike,
    n: ArrayLike,
    prior: tuple[float, float],
    *,
    seed: int,
    level: float = 0.95,
    draws: int = 4_000,
) -> tuple[float, float]:
    """Return the posterior interval of the largest difference between true rates.

    Drawn from the groups' posteriors; taken from the shrunken means it would be too small.

    Args:
        successes: Hits by group.
        n: Rows by group.
        prior: alpha and beta of `shrunken`.
        seed: The seed of the drawing.
        level: Posterior probability of the interval.
        draws: How many times all rates are drawn.
    """
    x, trials = (np.asarray(value, dtype=np.float64) for value in (successes, n))
    rates = generator(seed).beta(x + prior[0], trials - x + prior[1], size=(draws, len(x)))
    tail = (1 - checked_level(level)) / 2
    spread = rates.max(axis=1) - rates.min(axis=1)
    low, high = np.quantile(spread, (tail, 1 - tail))
    return float(low), float(high)


def _fitted(x: Floats, n: Floats) -> tuple[float, float]:
    """Return the maximum-likelihood parameters, by a grid that zooms in on the best point.

    In the logit of the mean and the log of alpha + beta, within bounds: rates that vary no more
    than chance have their maximum at infinity.
    """
    held = n > 0
    x, n = x[held], n[held]
    middle = np.array([0.0, sum(_PRECISIONS) / 2])
    reach = np.array([(high - low) / 2 for low, high in (_MEANS, _PRECISIONS)])
    floor, top = np.transpose([_MEANS, _PRECISIONS])
    for _ in range(_ZOOMS):
        steps = np.linspace(-1, 1, _GRID)
        means = np.clip(middle[0] + reach[0] * steps, floor[0], top[0])
        sizes = np.clip(middle[1] + reach[1] * steps, floor[1], top[1])
        a, b = _parameters(means[:, np.newaxis], sizes[np.newaxis, :])
        fit = (log_beta(a[..., None] + x, b[..., None] + n - x)).sum(axis=-1)
        fit -= len(x) * log_beta(a, b)
        row, column = np.unravel_index(int(np.argmax(fit)), fit.shape)
        middle = np.array([means[row], sizes[column]])
        reach = reach * 0.45
    a, b = _parameters(np.asarray(middle[0]), np.asarray(middle[1]))
    return float(a), float(b)


def _parameters(logit: Floats, log_size: Floats) -> tuple[Floats, Floats]:
    mean = 1 / (1 + np.exp(-logit))
    size = np.exp(log_size)
    return mean * size, (1 - mean) * size
