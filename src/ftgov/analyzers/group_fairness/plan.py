"""What an audit is asked to report and to decide."""

from __future__ import annotations

import math
from typing import Literal, NamedTuple, cast, get_args

from ftgov.analyzers.group_fairness.metrics import (
    AGGREGATES,
    AMOUNTS,
    METRICS,
    OTHERS,
    Aggregate,
    aggregate_of,
)
from ftgov.errors import UsageError
from ftgov.records.fairness import Limit, Side

Against = Literal["pairs", "reference", "best", "overall"]
Kind = Literal["decisions", "labels", "amounts"]
"""One favourable value against the rest; more than two labels alike; numbers."""

FOUR_FIFTHS = Limit(metric="demographic_parity_ratio", fails="lt", value=0.8)


class Plan(NamedTuple):
    """How an audit is made.

    Attributes:
        metrics: Names of metrics and aggregates; empty for all that the columns allow.
        positive: The favourable value; None: 1 or true.
        limits: What fails.
        reference: The group that others are compared with, by column; empty for none.
        against: What each group is compared with.
        confidence: Nominal coverage of intervals.
        resamples: Resamples of the bootstrap.
        seed: Its seed.
        min_n: Smaller groups are shown and not compared.
        impact: Whether the impact ratio table is made.
    """

    metrics: tuple[str, ...] = ()
    positive: str | None = None
    limits: tuple[Limit, ...] = ()
    reference: tuple[tuple[str, str], ...] = ()
    against: Against = "pairs"
    confidence: float = 0.95
    resamples: int = 1000
    seed: int = 0
    min_n: int = 1
    impact: bool = False


class Chosen(NamedTuple):
    """The metrics and aggregates of one audit."""

    metrics: tuple[str, ...]
    aggregates: tuple[Aggregate, ...]


def limit_of(text: str) -> Limit:
    """Return a limit from METRIC:lt|le|gt|ge:VALUE.

    Raises:
        UsageError: If it is written otherwise.
    """
    parts = text.split(":")
    if len(parts) == 3 and parts[1] in get_args(Side):
        try:
            value = float(parts[2])
        except ValueError:
            value = math.nan
        if math.isfinite(value):
            return Limit(metric=parts[0], fails=cast("Side", parts[1]), value=value)
    raise UsageError(
        f"The limit {text!r} is not written as METRIC:lt|le|gt|ge:VALUE.",
        next_step="For example: --fail-on demographic_parity_ratio:lt:0.8",
    )


def chosen(plan: Plan, *, labelled: bool, kind: Kind, held: str = "") -> Chosen:
    """Return what an audit reports: what was asked for, or all that the columns allow.

    Args:
        plan: The plan.
        labelled: Whether there is a label to compare with.
        kind: What label and prediction are.
        held: Their values, where those are why a metric cannot be had.

    Raises:
        UsageError: If a name is unknown or cannot be had from these columns.
    """
    known = _known(labelled=labelled, kind=kind)
    asked = (*plan.metrics, *(limit.metric for limit in plan.limits))
    for name in asked:
        found = aggregate_of(name)
        needed = found.metrics if found else (name,)
        if not set(needed) <= set(known):
            raise UsageError(
                f"The metric {name} cannot be computed from these columns.",
                why=f"There are more than two labels: {held}." if held else "",
                next_step=(
                    "Correct values that are not meant, or name the favourable one with "
                    "--positive: all others count as unfavourable. "
                    if kind == "labels"
                    else ""
                )
                + f"Choose from: {', '.join((*known, *_aggregates(known)))}",
            )
    named = plan.metrics or (*known, *_aggregates(known))
    aggregates = {name: one for name in (*named, *asked) if (one := aggregate_of(name))}
    metrics = dict.fromkeys(name for name in (*named, *asked) if name not in aggregates)
    if not metrics:
        metrics = dict.fromkeys(name for one in aggregates.values() for name in one.metrics)
    return Chosen(tuple(metrics), tuple(aggregates.values()))


def _known(*, labelled: bool, kind: Kind) -> tuple[str, ...]:
    if kind == "labels":
        return ("accuracy_score", "count")
    if kind == "amounts":
        return AMOUNTS if labelled else ("mean_prediction", "count")
    rates = tuple(name for name, one in METRICS.items() if labelled or not one.needs_label)
    return (*rates, *OTHERS)


def _aggregates(known: tuple[str, ...]) -> tuple[str, ...]:
    named = tuple(name for name, one in AGGREGATES.items() if set(one.metrics) <= set(known))
    if named:
        return named
    return tuple(f"{name}_difference" for name in known if name != "count")
