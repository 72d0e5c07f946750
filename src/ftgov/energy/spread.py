"""How a factor's 90 % range becomes draws."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftgov.energy.factors import Factor

if TYPE_CHECKING:
    from numpy import float64
    from numpy.random import Generator
    from numpy.typing import NDArray

    Draws = NDArray[float64]

_LOG_19 = 2.9444389791664403
_FURTHEST = 3.0


def drawn(rng: Generator, factor: Factor, draws: int) -> Draws:
    """Return draws of a factor whose 5th, 50th and 95th percentile are its low, value and high.

    Args:
        rng: Where chance comes from; `draws` uniform numbers are taken, whatever the row.
        factor: The row.
        draws: How many.
    """
    import numpy as np

    ends = (np.full(draws, part) for part in (factor.low, factor.value, factor.high))
    return between(steps(rng, draws), *ends)


def steps(rng: Generator, draws: int) -> Draws:
    """Return draws that lie at -1, 0 and 1 at the 5th, 50th and 95th percentile.

    They are logistic, whose quantiles have a closed form (ln(p / (1 - p)), Balakrishnan 1992,
    Handbook of the Logistic Distribution, ch. 1), so that a seed gives the same everywhere; cut at
    three times the 90 % range.
    """
    import numpy as np

    share = rng.random(draws)
    raw = np.log(np.maximum(share, 1e-300) / (1.0 - share)) / _LOG_19
    return np.clip(raw, -_FURTHEST, _FURTHEST)


def between(steps: Draws, low: Draws, middle: Draws, high: Draws) -> Draws:
    """Return the point a step from the middle: towards `low` below it, towards `high` above it.

    A step is taken in the logarithm where the lower end is above 0, else in the value, cut at 0.
    """
    import numpy as np

    if (low > 0).all():
        spread = np.where(steps < 0, steps * np.log(middle / low), steps * np.log(high / middle))
        return np.asarray(middle * np.exp(spread), dtype=np.float64)
    spread = np.where(steps < 0, steps * (middle - low), steps * (high - middle))
    return np.maximum(middle + spread, 0.0)
