"""Comparisons of groups with verdicts: every interval that decides holds together with the rest."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from ftgov.analyzers.group_fairness.estimates import Estimates, Shares
from ftgov.analyzers.group_fairness.metrics import SAME, Aggregate, Kind
from ftgov.analyzers.group_fairness.pairs import Pairs, paired
from ftgov.analyzers.group_fairness.plan import Plan
from ftgov.analyzers.group_fairness.sizes import n_for_pair
from ftgov.records.fairness import Comparison, Group, Limit
from ftgov.statistics.multiplicity import holm
from ftgov.statistics.simultaneous import (
    PairInterval,
    bonferroni,
    smaller_over_larger,
    worst_difference,
    worst_ratio,
)
from ftgov.statistics.verdicts import FailingSide, Verdict, decide

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Places = NDArray[np.int64]

MOST_COMPARED = 200
MOST_SHOWN = 10
_WORST = "; the worst pair lies between the extremes of the pairs' ends, whichever it is"
NO_LIMIT = "no limit was set"


class Field(NamedTuple):
    """What is compared.

    Attributes:
        groups: All groups, by column.
        compared: Places of the groups that are compared.
        by_name: Metrics by group.
        plan: How.
        reference: Place of the named reference; None without one.
        left_out: Why groups are not compared, for a reader; empty if all are.
    """

    groups: tuple[Group, ...]
    compared: tuple[int, ...]
    by_name: dict[str, Shares | Estimates]
    plan: Plan
    reference: int | None
    left_out: str = ""

    @property
    def limits(self) -> int:
        """How many limits are decided at once, at least one."""
        return max(1, len(self.plan.limits))

    @property
    def all_pairs(self) -> tuple[Places, Places]:
        """The places of every pair of compared groups."""
        import numpy as np

        places = np.array(self.compared, dtype=np.int64)
        first, second = np.triu_indices(len(places), 1)
        return places[first], places[second]

    def level(self, family: int) -> float:
        """Return the coverage of each of several intervals that hold at once."""
        return bonferroni(self.plan.confidence, max(1, family))

    def limit(self, metric: str, kind: Kind, aggregates: tuple[Aggregate, ...]) -> Limit | None:
        """Return the limit that a pair in a metric is judged by: that of its aggregate."""
        for aggregate in aggregates:
            if metric in aggregate.metrics and kind == aggregate.kind:
                for limit in self.plan.limits:
                    if limit.metric == aggregate.name:
                        return limit
        return None


def comparisons(field: Field, aggregates: tuple[Aggregate, ...]) -> Iterator[Comparison]:
    """Yield each aggregate over all groups, then the pairs, metric by metric."""
    adjusted = _adjusted(field)
    for aggregate in aggregates:
        yield _aggregate(field, aggregate, adjusted)
    if 1 < len(field.compared) <= MOST_COMPARED:
        for name in field.by_name:
            yield from _pairs(field, name, aggregates, adjusted)


def _adjusted(field: Field) -> dict[tuple[str, int, int], float]:
    """Return Holm's p-values over all pairs and metrics; a metric in other words counts once."""
    import numpy as np

    if not 1 < len(field.compared) <= MOST_COMPARED:
        return {}
    first, second = field.all_pairs
    keys: list[tuple[str, int, int]] = []
    values: list[Floats] = []
    for name, found in field.by_name.items():
        again = name == "mean_prediction" and isinstance(found, Shares)
        if again or SAME.get(name) in field.by_name:
            continue
        pairs = paired(found, first, second, field.plan.confidence)
        keys += [(name, int(a), int(b)) for a, b in zip(first, second, strict=True)]
        values.append(pairs.p)
    together = holm(np.clip(np.concatenate(values), 0.0, 1.0))
    return dict(zip(keys, together.tolist(), strict=True))


def _p(adjusted: dict[tuple[str, int, int], float], name: str, a: int, b: int) -> float | None:
    twin = "selection_rate" if name == "mean_prediction" else SAME.get(name, name)
    for metric in (name, twin):
        p = adjusted.get((metric, min(a, b), max(a, b)))
        if p is not None:
            return None if math.isnan(p) else p
    return None


def _aggregate(
    field: Field, aggregate: Aggregate, adjusted: dict[tuple[str, int, int], float]
) -> Comparison:
    limit = next((one for one in field.plan.limits if one.metric == aggregate.name), None)
    if reason := _uncomparable(field, aggregate):
        return _absent(aggregate, reason, limit)
    first, second = field.all_pairs
    family = len(first) * len(aggregate.metrics) * field.limits
    level = field.level(family)
    intervals: list[PairInterval] = []
    worst: tuple[float, Pairs, int, Shares | Estimates] | None = None
    for name in aggregate.metrics:
        pairs = paired(field.by_name[name], first, second, level)
        values, ends = _oriented(pairs, aggregate.kind)
        intervals += ends
        place = _worst_place(values, aggregate.kind)
        if place is None:
            reason = f"undefined: {name} is 0 in every group, and 0/0 is no ratio"
            return _absent(aggregate, reason, limit)
        one = (values[place], pairs, place, field.by_name[name])
        if worst is None or (one[0] > worst[0]) == (aggregate.kind == "difference"):
            worst = one
    assert worst is not None, "an aggregate has metrics"
    low, high = (worst_ratio if aggregate.kind == "ratio" else worst_difference)(intervals)
    p_values = [
        _p(adjusted, name, int(a), int(b))
        for name in aggregate.metrics
        for a, b in zip(first, second, strict=True)
    ]
    known = [p for p in p_values if p is not None]
    value, pairs, place, found = worst
    method = f"{pairs.method}, Bonferroni over {family}{_WORST}"
    made = _judged((value, low, high), limit, kind=aggregate.kind)
    needed = n_for_pair(found, pairs, place, limit, kind=aggregate.kind, level=level)
    return Comparison(
        metric=aggregate.name,
        kind=aggregate.kind,
        between=(),
        p_adjusted=min(known) if known else None,
        n_needed=needed,
        level=level,
        family=family,
        limit=limit,
        method=method,
        **made,
    )


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
        return f"there is one group only, so there is nothing to compare{field.left_out}"
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


def shown(group: Group) -> str:
    """Return a group as it stands in a sentence."""
    return " / ".join("(not given)" if value is None else value for value in group.values())


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


def _judged(
    figure: tuple[float, float, float], limit: Limit | None, *, kind: Kind, fold: bool = False
) -> dict[str, object]:
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
    return {
        "value": _plain(value),
        "low": None if math.isnan(value) else _plain(low),
        "high": None if math.isnan(value) else _plain(high),
        "verdict": verdict,
        "reason": reason,
    }


def _plain(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _pairs(
    field: Field,
    name: str,
    aggregates: tuple[Aggregate, ...],
    adjusted: dict[tuple[str, int, int], float],
) -> Iterator[Comparison]:
    """Yield difference and ratio of each pair that is shown, the lower figure first."""
    found = field.by_name[name]
    first, second, family = _shown_pairs(field, found)
    level = field.level(family * field.limits)
    pairs = paired(found, first, second, level)
    for kind in ("difference", "ratio"):
        limit = field.limit(name, kind, aggregates)
        value, ends = (
            (pairs.difference, pairs.difference_ends)
            if kind == "difference"
            else (pairs.ratio, pairs.ratio_ends)
        )
        for place in range(len(first)):
            a, b = int(first[place]), int(second[place])
            figure = (float(value[place]), float(ends[0][place]), float(ends[1][place]))
            yield Comparison(
                metric=name,
                kind=kind,
                between=(field.groups[a], field.groups[b]),
                p_adjusted=_p(adjusted, name, a, b),
                n_needed=n_for_pair(found, pairs, place, limit, kind=kind, level=level),
                level=level,
                family=family * field.limits,
                limit=limit,
                method=f"{pairs.method}, Bonferroni over {family * field.limits}",
                **_judged(figure, limit, kind=kind, fold=True),
            )


def _shown_pairs(field: Field, found: Shares | Estimates) -> tuple[Places, Places, int]:
    """Return the pairs of a metric that are shown, and how many intervals hold at once.

    With a named reference each group against it. Else all pairs, the lower figure first; of more
    than 10 groups those with the group of the highest figure, in intervals that hold for all pairs,
    since that group was found by looking.
    """
    import numpy as np

    places = np.array(field.compared, dtype=np.int64)
    if field.reference is not None:
        others = places[places != field.reference]
        return others, np.full(len(others), field.reference), len(others)
    first, second = field.all_pairs
    family = len(first)
    value = np.nan_to_num(found.value, nan=-math.inf)
    turned = value[first] > value[second]
    first, second = np.where(turned, second, first), np.where(turned, first, second)
    if field.plan.against == "best" or len(places) > MOST_SHOWN:
        best = places[int(np.argmax(value[places]))]
        held = (first == best) | (second == best)
        first, second = first[held], second[held]
        turned = first == best
        first, second = np.where(turned, second, first), np.where(turned, first, second)
    return first, second, family
