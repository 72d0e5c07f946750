"""Estimates as figures: value, interval, denominator, and why there is none."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

from ftgov.analyzers.figures import tidy
from ftgov.analyzers.group_fairness import atoms_oracle
from ftgov.analyzers.group_fairness.amounts import label_means, means
from ftgov.analyzers.group_fairness.estimates import (
    Estimates,
    Shares,
    composites,
    draws,
    resampled,
    shares,
)
from ftgov.analyzers.group_fairness.grouped import Grouped, GroupKey, grouped, groups_of
from ftgov.analyzers.group_fairness.metrics import METRICS, Ratio
from ftgov.analyzers.group_fairness.plan import Plan
from ftgov.records.fairness import Figure
from ftgov.statistics.proportions import wilson_many
from ftgov.statistics.replicates import jackknife, replicate_interval
from ftgov.tables.decision_cells import DecisionCells

_WILSON = "Wilson score interval (1927)"
_WILSON_EFFECTIVE = f"{_WILSON} on effective rows (Korn and Graubard 1998)"
_COUNTED = "counted"


class Source(NamedTuple):
    """What figures are computed from.

    Attributes:
        cells: The cell table.
        atoms: Cells sorted into atoms; None for amounts.
        groups: The groups in order.
        plan: How.
        favourable: The positive value; None for amounts.
    """

    cells: DecisionCells
    atoms: Grouped | None
    groups: tuple[GroupKey, ...]
    plan: Plan
    favourable: str | None


def source_of(cells: DecisionCells, favourable: str | None, plan: Plan) -> Source:
    """Return the source of all figures of a cell table; amounts have no favourable value."""
    atoms = None if favourable is None else grouped(cells, favourable, cells.cells)
    groups = atoms.groups if atoms else groups_of(cells.cells)
    return Source(cells, atoms, groups, plan, favourable)


def pooled(source: Source) -> Source:
    """Return the same with everyone in one group."""
    together = tuple(cell._replace(group=()) for cell in source.cells.cells)
    return source_of(source.cells._replace(cells=together), source.favourable, source.plan)


class Measured(NamedTuple):
    """One metric by group: how sure it is, its value by fairlearn, and its own figures."""

    name: str
    by_group: Shares | Estimates
    figures: tuple[Figure, ...]


def measured(source: Source, name: str) -> Measured | None:
    """Return a metric by group; None for `count`, and for a mean of labels that are no numbers."""
    if source.atoms is None:
        found = means(source.cells, source.groups, name)
        return Measured(name, found, _student(found, source.plan.confidence, _wants(name)))
    if name == "mean_prediction":
        return _label_mean(source)
    metric = METRICS[name]
    if metric.is_share:
        rates = shares(source.atoms, metric)
        rates = rates._replace(value=atoms_oracle.by_group(name, source.atoms.w, rates.value))
        return Measured(name, rates, share_figures(rates, source.plan.confidence, _wants(name)))
    return _composite(source, name)


def _label_mean(source: Source) -> Measured | None:
    assert source.atoms is not None, "labels are sorted into atoms"
    values = {cell.prediction for cell in source.cells.cells}
    if source.favourable == "1" and values <= {"0", "1"}:
        rate = measured(source, "selection_rate")
        return rate and rate._replace(name="mean_prediction")
    found = label_means(source.cells, source.groups)
    if found is None:
        return None
    return Measured("mean_prediction", found, _student(found, source.plan.confidence, "row"))


def _composite(source: Source, name: str) -> Measured:
    assert source.atoms is not None, "composites are made of atoms"
    metric, plan = METRICS[name], source.plan
    drawn = draws(source.atoms, plan.resamples, plan.seed)
    found = composites(source.atoms, metric, drawn)
    value = atoms_oracle.by_group(name, source.atoms.w, found.value)
    leave = None
    if source.atoms.independent:
        leave = jackknife(source.atoms.rows.ravel(), lambda drawn: resampled(drawn, metric))
    ends = replicate_interval(value, resampled(drawn, metric), plan.confidence, leave)
    method = f"cell bootstrap, {ends.method}, {plan.resamples} resamples, seed {plan.seed}"
    figures = [
        _figure(value[g], (ends.low[g], ends.high[g]), found.rows[g], method, metric.wants)
        for g in range(len(value))
    ]
    for place, figure in enumerate(_by_overlap(source, metric)):
        if figures[place].value is not None and figures[place].low is None:
            figures[place] = figure
    return Measured(name, found._replace(value=value), tuple(figures))


def _by_overlap(source: Source, metric: Ratio) -> Iterator[Figure]:
    """Yield f1 with the interval of the overlap it is made from, for where no resample varies.

    f1 = 2 J / (1 + J) rises with J, the share of rightly favourable rows among all that are
    favourable in label or prediction, and that share has a Wilson interval.
    """
    assert source.atoms is not None, "composites are made of atoms"
    overlap = Ratio((1, 0, 0, 0, 0), (1, 1, 1, 0, 0), needs_label=True, wants=metric.wants)
    found = shares(source.atoms, overlap)
    for figure in share_figures(found, source.plan.confidence, metric.wants):
        ends = {
            key: None if end is None else 2 * end / (1 + end)
            for key, end in (("value", figure.value), ("low", figure.low), ("high", figure.high))
        }
        method = f"{figure.method} of the overlap, mapped to f1"
        yield figure.model_copy(update=ends | {"method": method})


def share_figures(found: Shares, level: float, wants: str) -> tuple[Figure, ...]:
    """Return shares with their Wilson intervals, not adjusted for one another."""
    import numpy as np

    worth = found.worth(level)
    hits = np.nan_to_num(found.value * worth).clip(0.0, worth)
    low, high = wilson_many(hits, worth, level)
    plain = found.variance is None
    method = _WILSON if plain else _WILSON_EFFECTIVE
    return tuple(
        _figure(
            found.value[g],
            (low[g], high[g]),
            found.rows[g],
            method,
            wants,
            worth=None if plain else float(worth[g]),
        )
        for g in range(len(worth))
    )


def _student(found: Estimates, level: float, wants: str) -> tuple[Figure, ...]:
    import numpy as np

    from ftgov.statistics.distributions import student_quantiles

    error = np.sqrt(np.diag(found.covariance))
    reach = student_quantiles(0.5 + level / 2, found.df) * error
    ends = found.value - reach, found.value + reach
    return tuple(
        _figure(
            found.value[g], (ends[0][g], ends[1][g]), found.rows[g], "Student's t interval", wants
        )
        for g in range(len(reach))
    )


def _figure(
    value: float,
    ends: tuple[float, float],
    rows: float,
    method: str,
    wants: str,
    *,
    worth: float | None = None,
) -> Figure:
    n = int(rows)
    if math.isnan(value):
        return absent(f"undefined: no {wants} in this group" if n == 0 else "undefined", n)
    low, high = (None if math.isnan(end) else float(end) for end in ends)
    return Figure(
        value=float(value),
        low=None if low is None else min(low, float(value)),
        high=None if high is None else max(high, float(value)),
        n=n,
        n_effective=None if worth is None else tidy(worth),
        method=method,
        reason=None if low is not None else "too few independent rows for an interval",
    )


def absent(reason: str, n: int = 0) -> Figure:
    """Return a figure that has no value, with the reason."""
    return Figure(value=None, low=None, high=None, n=n, method="none", reason=reason)


def counted(n: int) -> Figure:
    """Return a count, which is no estimate."""
    return Figure(value=float(n), low=float(n), high=float(n), n=n, method=_COUNTED)


def _wants(name: str) -> str:
    return METRICS[name].wants if name in METRICS else "row"
