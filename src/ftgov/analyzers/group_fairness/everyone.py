"""Each group against everyone, of whom it is a part."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftgov.analyzers.group_fairness.estimates import Estimates, Shares
from ftgov.analyzers.group_fairness.pairs import Pairs
from ftgov.statistics.overall import overall_differences, overall_ratios
from ftgov.statistics.score import equality_p, two_samples
from ftgov.statistics.simultaneous import Share

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Places = NDArray[np.int64]

EVERYONE = -1
"""The place of everyone, as the second of a pair."""

METHOD = "Miettinen-Nurminen score interval (1985) against the rest, mapped to everyone"
UNKNOWN = "undefined: against everyone only shares of independent, unweighted rows are compared"


def against_everyone(found: Shares | Estimates, places: Places, level: float) -> Pairs:
    """Return each group against all groups together.

    Args:
        found: The metric by group, of all groups.
        places: Which groups are compared.
        level: Coverage of each interval alone.

    Returns:
        Pairs with `EVERYONE` as the second; NaN throughout where rows are weighted or clustered, or
        the metric is no share of rows.
    """
    import numpy as np

    nothing = np.full(len(places), np.nan)
    second = np.full(len(places), EVERYONE)
    held = np.isfinite(found.value)
    if not isinstance(found, Shares) or found.variance is not None or held.sum() < 2:
        ends = (nothing, nothing)
        return Pairs(places, second, nothing, ends, nothing, ends, nothing, METHOD)
    n = np.where(held, found.rows, 0.0)
    hits = np.where(held, np.rint(np.nan_to_num(found.value) * found.rows), 0.0)
    known = np.flatnonzero(held)
    shares = [Share(float(hits[place]), float(n[place])) for place in known]
    # One comparison at this level each: the family was counted by the caller.
    ends_d = overall_differences(shares, level, 1)
    ends_r = overall_ratios(shares, level, 1)
    whole = hits.sum() / n.sum()

    def placed(values: NDArray[np.float64]) -> NDArray[np.float64]:
        result = np.full(len(held), np.nan)
        result[known] = values
        return result[places]

    rest = two_samples(hits[known], n[known], hits.sum() - hits[known], n.sum() - n[known])
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(whole > 0, found.value / whole, np.nan)
    return Pairs(
        places,
        second,
        (found.value - whole)[places],
        (placed(ends_d[0]), placed(ends_d[1])),
        ratio[places],
        (placed(ends_r[0]), placed(ends_r[1])),
        placed(equality_p(rest)),
        METHOD,
    )
