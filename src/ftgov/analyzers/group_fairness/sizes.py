"""How many rows of each group a verdict would take, at the effect that was observed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from ftgov.analyzers.group_fairness.estimates import Estimates, Shares
from ftgov.analyzers.group_fairness.everyone import EVERYONE
from ftgov.analyzers.group_fairness.metrics import Kind
from ftgov.analyzers.group_fairness.pairs import Pairs, joint_scale
from ftgov.records.fairness import Limit
from ftgov.statistics.deciding import Asked, rows_to_decide, rows_with_power
from ftgov.statistics.normal import two_sided_z
from ftgov.statistics.sample_size import n_for_difference, n_for_ratio, n_from_error


def n_for_pairs(
    found: Shares | Estimates, pairs: Pairs, limit: Limit | None, *, kind: Kind, level: float
) -> list[int | None]:
    """Return the rows per group for a verdict on each pair with 80 % power; None: none would do.

    Never fewer than the rows at which the pair's own interval, at the shares observed, lies wholly
    on one side of the limit: the power formulas ask for nothing where a share is 0 or 1.

    Args:
        found: The metric by group.
        pairs: Its pairs.
        limit: What fails; without one there is nothing to decide.
        kind: Difference or ratio, judged without regard to who is first.
        level: Coverage of the interval that decides.
    """
    if limit is None or (pairs.second == EVERYONE).any():
        return [None] * len(pairs.first)
    if isinstance(found, Shares):
        return _of_shares(found, pairs, limit, kind, level)
    shown = (
        (pairs.difference, *pairs.difference_ends)
        if kind == "difference"
        else (pairs.ratio, *pairs.ratio_ends)
    )
    rows = [
        float(min(found.rows[a], found.rows[b]))
        for a, b in zip(pairs.first, pairs.second, strict=True)
    ]
    return [
        _of_estimates(figure, n, limit, kind=kind, level=level)
        for figure, n in zip(zip(*shown, strict=True), rows, strict=True)
    ]


def n_for_worst(each: Iterable[tuple[float, int | None]], limit: float, kind: Kind) -> int | None:
    """Return the rows per group for a verdict on the worst of several pairs.

    It fails as soon as one pair surely does, and passes when all pairs do.

    Args:
        each: Size of the difference, or smaller over larger, of each pair, with its rows.
        limit: The limit.
        kind: Difference or ratio.
    """
    known = list(each)
    beyond = [n for v, n in known if (v < limit if kind == "ratio" else v > limit)]
    if beyond:
        return min((n for n in beyond if n is not None), default=None)
    every = [n for _, n in known]
    return None if None in every else max((n for n in every if n is not None), default=None)


def _of_estimates(
    figure: tuple[float, float, float], rows: float, limit: Limit, *, kind: Kind, level: float
) -> int | None:
    """Plan with the standard error that a figure's interval was made from."""
    value, low, high = map(float, figure)
    if not all(map(math.isfinite, (value, low, high))):
        return None
    alpha, z = (1 - level) / 2, two_sided_z(level)
    if kind == "difference":
        distance = abs(value) - limit.value
        return n_from_error(rows, (high - low) / (2 * z), distance, alpha=alpha)
    if min(value, low, limit.value) <= 0:
        return None
    error = (math.log(high) - math.log(low)) / (2 * z)
    distance = -abs(math.log(value)) - math.log(limit.value)
    return n_from_error(rows, error, distance, alpha=alpha)


def _of_shares(
    found: Shares, pairs: Pairs, limit: Limit, kind: Kind, level: float
) -> list[int | None]:
    import numpy as np

    a, b = pairs.first, pairs.second
    asked = Asked(limit.value, kind == "ratio", level)
    if not 0 <= limit.value <= 1 or (asked.ratio and limit.value == 0):
        return [None] * len(a)
    worth = found.worth(level)
    usable = np.isfinite(found.value) & (worth > 0)
    value = np.nan_to_num(found.value)
    # Rounding leaves shares of weighted rows above 1 by the last bit.
    value = np.clip(value, 0.0, 1.0)
    least = rows_to_decide(value[a], value[b], asked)
    # Not every row is in the denominator, weights and clusters make each row worth less; what is
    # planned is rows of a group as they come.
    with np.errstate(divide="ignore", invalid="ignore"):
        waste = np.maximum(found.sizes[a] / worth[a], found.sizes[b] / worth[b])
        waste = np.maximum(waste / joint_scale(found, a, b, logs=asked.ratio), 1.0)
    result: list[int | None] = []
    for place, held in enumerate((usable[a] & usable[b]).tolist()):
        pair = [(float(value[g]), float(found.rows[g])) for g in (a[place], b[place])]
        needed = n_for_shares(pair, asked, float(least[place])) if held else None
        result.append(None if needed is None else math.ceil(needed * float(waste[place])))
    return result


def n_for_shares(pair: Sequence[tuple[float, float]], asked: Asked, least: float) -> int | None:
    """Return the rows per group, all in the denominator, for a verdict on a pair of shares.

    Args:
        pair: Two shares as observed, each with its denominator.
        asked: The limit.
        least: The rows at which their interval excludes it, from `rows_to_decide`.
    """
    if math.isinf(least):
        return None
    (low, _), (high, _) = sorted(pair)
    # The other formulas rest on p(1-p): a share of 0 or 1 has none to plan with.
    if low == 0 or high == 1:
        return math.ceil(rows_with_power(low, high, asked, least=least) - 1e-9)
    # Half a success and half a failure are added, for the rates are estimates themselves.
    low, high = sorted((share * rows + 0.5) / (rows + 1) for share, rows in pair)
    alpha = (1 - asked.level) / 2
    if asked.ratio:
        needed = n_for_ratio(low, high, limit=asked.limit, alpha=alpha)
    else:
        needed = n_for_difference(high, low, limit=asked.limit, alpha=alpha)
    return None if needed is None else max(needed, int(least))
