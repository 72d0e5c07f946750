"""Comparisons of groups with verdicts: every interval that decides holds together with the rest."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

from ftgov.analyzers.group_fairness.everyone import EVERYONE, UNKNOWN
from ftgov.analyzers.group_fairness.field import (
    MOST_COMPARED,
    Adjusted,
    Field,
    adjusted_p,
    adjusted_ps,
    shown,
    shown_pairs,
)
from ftgov.analyzers.group_fairness.metrics import KINDS, Aggregate, Kind
from ftgov.analyzers.group_fairness.pairs import Pairs, paired
from ftgov.analyzers.group_fairness.sizes import n_for_pairs, n_for_worst
from ftgov.records.fairness import Comparison, Limit
from ftgov.statistics.simultaneous import (
    PairInterval,
    smaller_over_larger,
    worst_difference,
    worst_ratio,
)
from ftgov.statistics.verdicts import FailingSide, Verdict, decide

_WORST = "; the worst pair lies between the extremes of the pairs' ends, whichever it is"
NO_LIMIT = "no limit was set"


def comparisons(field: Field, aggregates: tuple[Aggregate, ...]) -> Iterator[Comparison]:
    """Yield each aggregate over all groups, limit by limit, then the pairs, metric by metric."""
    adjusted = adjusted_ps(field)
    for aggregate in aggregates:
        limits = tuple(limit for limit in field.plan.limits if limit.metric == aggregate.name)
        for limit in limits or (None,):
            yield _aggregate(field, aggregate, limit, adjusted)
    if 1 < len(field.compared) <= MOST_COMPARED:
        for name in field.by_name:
            made: dict[float, Pairs] = {}
            for kind in KINDS:
                yield from _pairs(field, (name, kind), aggregates, adjusted, made)


def _aggregate(
    field: Field, aggregate: Aggregate, limit: Limit | None, adjusted: Adjusted
) -> Comparison:
    if reason := _uncomparable(field, aggregate):
        return _absent(aggregate, reason, limit)
    family = field.family * len(aggregate.metrics) * field.limits
    level = field.level(family)
    intervals: list[PairInterval] = []
    every: list[float] = []
    needed: list[tuple[float, int | None]] = []
    p_values: list[float] = []
    for name in aggregate.metrics:
        pairs = field.behind(name, level)
        values, ends = _oriented(pairs, aggregate.kind)
        intervals += ends
        place = _worst_place(values, aggregate.kind)
        if place is None:
            return _absent(aggregate, _why_undefined(name, pairs), limit)
        every.append(values[place])
        rows = n_for_pairs(field.by_name[name], pairs, limit, kind=aggregate.kind, level=level)
        needed += zip(values, rows, strict=True)
        places = zip(pairs.first.tolist(), pairs.second.tolist(), strict=True)
        found_p = (adjusted_p(adjusted, name, a, b) for a, b in places)
        p_values += [p for p in found_p if p is not None]
    worst = (min if aggregate.kind == "ratio" else max)(every)
    low, high = (worst_ratio if aggregate.kind == "ratio" else worst_difference)(intervals)
    judged = _judged((worst, low, high), limit, kind=aggregate.kind)
    return Comparison(
        metric=aggregate.name,
        kind=aggregate.kind,
        between=(),
        p_adjusted=min(p_values, default=None),
        n_needed=n_for_worst(needed, limit.value, aggregate.kind) if limit else None,
        level=level,
        family=family,
        limit=limit,
        method=f"{pairs.method}, Bonferroni over {family}{_WORST}",
        **judged._asdict(),
    )


def _why_undefined(name: str, pairs: Pairs) -> str:
    if (pairs.difference == 0).all():
        return f"undefined: {name} is 0 in every group, and 0/0 is no ratio"
    return UNKNOWN


def _worst_place(values: list[float], kind: Kind) -> int | None:
    held = [(value, place) for place, value in enumerate(values) if not math.isnan(value)]
    if not held:
        return None
    return (min if kind == "ratio" else max)(held)[1]


def _oriented(pairs: Pairs, kind: Kind) -> tuple[list[float], list[PairInterval]]:
    """Return pairs without regard to who is first: smaller over larger, or the size of the gap."""
    rows = []
    if kind == "difference":
        values = abs(pairs.difference).tolist()
        low, high = pairs.difference_ends
        rows = [PairInterval(0, 1, *ends) for ends in zip(low.tolist(), high.tolist(), strict=True)]
        return values, rows
    values = [min(r, 1 / r) if r > 0 else r for r in pairs.ratio.tolist()]
    low, high = pairs.ratio_ends
    for place, ends in enumerate(zip(low.tolist(), high.tolist(), strict=True)):
        if math.isnan(values[place]) and not math.isnan(pairs.difference[place]):
            values[place] = math.nan if pairs.difference[place] == 0 else 0.0
        rows.append(PairInterval(0, 1, *smaller_over_larger(*ends)))
    return values, rows


def _uncomparable(field: Field, aggregate: Aggregate) -> str:
    if len(field.compared) < 2:
        number = "one group only" if field.compared else "no group"
        return f"there is {number}, so there is nothing to compare{field.left_out}"
    if len(field.compared) > MOST_COMPARED:
        return (
            f"{len(field.compared)} groups make too many pairs to decide anything; merge groups or "
            "set --min-n"
        )
    for name in aggregate.metrics:
        found = field.by_name.get(name)
        if found is None:
            return f"{name} is undefined: predictions are no numbers"
        lacking = [place for place in field.compared if math.isnan(found.value[place])]
        if lacking:
            names = ", ".join(shown(field.groups[place]) for place in lacking[:5])
            more = f" and {len(lacking) - 5} more" if len(lacking) > 5 else ""
            return f"{name} is undefined, for want of a denominator, for: {names}{more}"
    return ""


def _absent(aggregate: Aggregate, reason: str, limit: Limit | None) -> Comparison:
    return Comparison(
        metric=aggregate.name,
        kind=aggregate.kind,
        between=(),
        value=None,
        low=None,
        high=None,
        p_adjusted=None,
        verdict="not_assessed",
        reason=reason,
        n_needed=None,
        level=None,
        family=0,
        limit=limit,
        method="none",
    )


class _Judged(NamedTuple):
    """The part of a comparison that its figure and its limit make."""

    value: float | None
    low: float | None
    high: float | None
    verdict: Verdict
    reason: str | None


def _judged(
    figure: tuple[float, float, float], limit: Limit | None, *, kind: Kind, fold: bool = False
) -> _Judged:
    """Return value, ends, verdict and reason of a comparison.

    Args:
        figure: Value, lower and upper end; NaN where there is none.
        limit: What fails; None: nothing does.
        kind: Difference or ratio.
        fold: Judge without regard to who is first, as an aggregate does.
    """
    value, low, high = figure
    ends = (low, high)
    if fold and not math.isnan(low):
        if kind == "ratio":
            ends = smaller_over_larger(low, high)
        else:
            least = 0.0 if low <= 0 <= high else min(abs(low), abs(high))
            ends = (least, max(abs(low), abs(high)))
    verdict: Verdict = "not_assessed"
    reason: str | None = NO_LIMIT
    if math.isnan(value):
        reason = "undefined: a denominator is empty, or the figure divides by a rate of 0"
    elif math.isnan(low) or math.isnan(high):
        reason = "too few independent rows for an interval"
    elif limit is not None:
        verdict, reason = decide(*ends, FailingSide(limit.fails, limit.value)), None
        if verdict == "inconclusive":
            reason = f"the interval holds {limit.value:g}"
    undefined = math.isnan(value)
    return _Judged(
        _plain(value),
        None if undefined else _plain(low),
        None if undefined else _plain(high),
        verdict,
        reason,
    )


def _plain(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _pairs(
    field: Field,
    of: tuple[str, Kind],
    aggregates: tuple[Aggregate, ...],
    adjusted: Adjusted,
    made: dict[float, Pairs],
) -> Iterator[Comparison]:
    """Yield the pairs of a metric that are shown; pairs are made once for each level."""
    name, kind = of
    found = field.by_name[name]
    limit, metrics = field.limit(name, kind, aggregates)
    first, second, family = shown_pairs(field, found)
    family *= field.limits * metrics
    level = field.level(family)
    if level not in made:
        whole = field.plan.against == "overall"
        made[level] = field.behind(name, level) if whole else paired(found, first, second, level)
    pairs = made[level]
    difference = kind == "difference"
    value = pairs.difference if difference else pairs.ratio
    low, high = pairs.difference_ends if difference else pairs.ratio_ends
    needed = n_for_pairs(found, pairs, limit, kind=kind, level=level)
    for place in range(len(first)):
        a, b = int(first[place]), int(second[place])
        figure = (float(value[place]), float(low[place]), float(high[place]))
        yield Comparison(
            metric=name,
            kind=kind,
            between=(field.groups[a], {} if b == EVERYONE else field.groups[b]),
            p_adjusted=adjusted_p(adjusted, name, a, b),
            n_needed=None if math.isnan(figure[0]) else needed[place],
            level=level,
            family=family,
            limit=limit,
            method=f"{pairs.method}, Bonferroni over {family}",
            **_judged(figure, limit, kind=kind, fold=True)._asdict(),
        )
