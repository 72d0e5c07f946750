"""Newcombe's interval of a difference: the second opinion beside the score interval."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ftgov.statistics.proportions import wilson_many
from ftgov.statistics.score import TwoSamples

Floats = NDArray[np.float64]


def newcombe(counts: TwoSamples, level: float = 0.95) -> tuple[Floats, Floats]:
    """Return the hybrid score interval of x1/n1 - x2/n2: Wilson limits of both, squared and added.

    Source: Newcombe (1998), Stat Med 17:873-890, method 10. Published values: 56/70 - 48/80
    (.0524, .3339), 5/56 - 0/29 (-.0381, .1926).

    Args:
        counts: From `score.two_samples`.
        level: Nominal coverage of each interval.

    Returns:
        Lower and upper ends in -1..1, in the shape of the counts.
    """
    p1, p2 = counts.x1 / counts.n1, counts.x2 / counts.n2
    low1, high1 = wilson_many(counts.x1, counts.n1, level)
    low2, high2 = wilson_many(counts.x2, counts.n2, level)
    down, up = np.hypot(p1 - low1, high2 - p2), np.hypot(high1 - p1, p2 - low2)
    return np.maximum(-1.0, p1 - p2 - down), np.minimum(1.0, p1 - p2 + up)
