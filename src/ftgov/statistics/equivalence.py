"""Evidence that two groups are alike: two one-sided tests, by the score test.

That no difference was found proves nothing; that a difference as large as a margin was excluded on
both sides does. Source: Schuirmann (1987), J Pharmacokinet Biopharm 15:657-680 (TOST); the
one-sided score tests of Farrington and Manning (1990), Stat Med 9:1447-1454.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ftgov.statistics.normal import upper_tail
from ftgov.statistics.score import TwoSamples, difference_score, ratio_score

Floats = NDArray[np.float64]


def equivalence_p(
    counts: TwoSamples,
    limit: float,
    kind: Literal["difference", "ratio"],
    *,
    corrected: bool = True,
) -> Floats:
    """Return the p-value of the test that two true proportions differ by the limit or more.

    A p-value below alpha shows equivalence, and the interval of level 1 - 2 alpha by the same score
    test then lies within the limits.

    Args:
        counts: From `two_samples`.
        limit: For a difference the margin d > 0, of -d to d; for a ratio r within 0 and 1, of r
            to 1/r (0.8 for four fifths either way).
        kind: Which of the two.
        corrected: Whether variances are multiplied by N/(N-1).

    Returns:
        In the shape of the counts.

    Raises:
        ValueError: If the limit is out of range.
    """
    if not 0 < limit < 1:
        raise ValueError("a margin of equivalence lies strictly between 0 and 1")
    if kind == "difference":
        above = difference_score(counts, _full(counts, -limit), corrected=corrected)
        below = difference_score(counts, _full(counts, limit), corrected=corrected)
    else:
        above = ratio_score(counts, _full(counts, limit), corrected=corrected)
        below = ratio_score(counts, _full(counts, 1 / limit), corrected=corrected)
    return np.maximum(upper_tail(above), upper_tail(-below))


def _full(counts: TwoSamples, value: float) -> Floats:
    return np.full(np.shape(counts.x1), value, dtype=np.float64)
