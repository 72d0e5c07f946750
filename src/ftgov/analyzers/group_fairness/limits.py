"""Limits on each group's own figure, in intervals that hold for all groups at once."""

from __future__ import annotations

import math
from collections.abc import Iterator

from ftgov.analyzers.group_fairness.context import rows_by_group
from ftgov.analyzers.group_fairness.estimates import Shares
from ftgov.analyzers.group_fairness.field import Field
from ftgov.analyzers.group_fairness.figures_of import (
    Measured,
    Source,
    absent,
    counted,
    measured,
    share_figures,
)
from ftgov.analyzers.group_fairness.metrics import METRICS, aggregate_of
from ftgov.records.fairness import Figure, Group, Limit, LimitOutcome
from ftgov.statistics.sample_size import n_for_share
from ftgov.statistics.verdicts import FailingSide, decide


def limit_outcomes(
    source: Source, field: Field, found: dict[str, Measured | None]
) -> Iterator[LimitOutcome]:
    """Yield the outcome of each limit on a group metric, group by group."""
    for limit in source.plan.limits:
        if aggregate_of(limit.metric):
            continue
        if not field.compared:
            yield from _none_compared(source, field, limit)
            continue
        level = field.level(len(field.compared) * field.limits)
        figures = _figures(source, found.get(limit.metric), limit.metric, level)
        for place in field.compared:
            needed = _needed(found.get(limit.metric), place, limit, level)
            yield _outcome(limit, field.groups[place], figures[place], needed)


def _none_compared(source: Source, field: Field, limit: Limit) -> Iterator[LimitOutcome]:
    """Yield what is left where no group is large enough: a limit nobody met is not a limit met."""
    for group, rows in zip(field.groups, rows_by_group(source), strict=True):
        why = f"{rows} rows, below --min-n {source.plan.min_n}"
        yield _outcome(limit, group, absent(why), None)


def _figures(source: Source, one: Measured | None, name: str, level: float) -> tuple[Figure, ...]:
    if name == "count":
        return tuple(map(counted, rows_by_group(source)))
    if one is not None and isinstance(one.by_group, Shares):
        return share_figures(one.by_group, level, METRICS[name].wants)
    wider = source._replace(plan=source.plan._replace(confidence=level))
    again = measured(wider, name)
    return again.figures if again else ()


def _needed(one: Measured | None, place: int, limit: Limit, level: float) -> int | None:
    """Return the rows of a group, as they come, that decide a share; none for other figures."""
    if one is None or not isinstance(one.by_group, Shares) or not 0 < limit.value < 1:
        return None
    share, worth = float(one.by_group.value[place]), float(one.by_group.worth(level)[place])
    if math.isnan(share) or worth <= 0:
        return None
    needed = n_for_share(share, limit=limit.value, alpha=(1 - level) / 2)
    waste = max(1.0, float(one.by_group.sizes[place]) / worth)
    return None if needed is None else math.ceil(needed * waste)


def _outcome(limit: Limit, group: Group, figure: Figure, needed: int | None) -> LimitOutcome:
    low = math.nan if figure.low is None else figure.low
    high = math.nan if figure.high is None else figure.high
    verdict = decide(low, high, FailingSide(limit.fails, limit.value))
    straddles = f"the interval holds {limit.value:g}" if verdict == "inconclusive" else None
    return LimitOutcome(
        metric=limit.metric,
        group=group,
        limit=limit,
        value=figure.value,
        low=figure.low,
        high=figure.high,
        verdict=verdict,
        reason=figure.reason or straddles,
        n_needed=needed,
    )
