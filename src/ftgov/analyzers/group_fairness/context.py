"""What stands around the comparisons: strata, small groups, rows without a group."""

from __future__ import annotations

import math
from collections.abc import Iterator

from ftgov.analyzers.figures import tidy
from ftgov.analyzers.group_fairness.estimates import Shares
from ftgov.analyzers.group_fairness.field import Field
from ftgov.analyzers.group_fairness.figures_of import Source
from ftgov.records.fairness import Bounds, Shrunken, Stratified
from ftgov.statistics.missing_attribute import difference_bounds, ratio_bounds
from ftgov.statistics.shrinkage import shrunken
from ftgov.statistics.simultaneous import Share
from ftgov.statistics.strata import common_difference, stratified

_FEW_ROWS = 200
_FEW_GROUPS = 3


def rows_by_group(source: Source) -> tuple[int, ...]:
    """Return the rows of each group."""
    rows = dict.fromkeys(source.groups, 0)
    for cell in source.cells.cells:
        rows[cell.group] += cell.rows
    return tuple(rows.values())


def strata(source: Source, field: Field) -> Iterator[Stratified]:
    """Yield each compared group against the reference, or the most selected, within strata."""
    rates = _plain_rates(source, field)
    if rates is None or len(field.compared) < 2:
        return
    against = field.reference
    if against is None:
        against = max(field.compared, key=lambda place: float(rates.value[place]))
    names = sorted({cell.stratum or "" for cell in source.cells.cells})
    tables = {group: [[0.0, 0.0] for _ in names] for group in source.groups}
    for cell in source.cells.cells:
        hit = cell.prediction == source.favourable
        tables[cell.group][names.index(cell.stratum or "")][0 if hit else 1] += cell.rows
    for place in field.compared:
        if place == against:
            continue
        pair = [source.groups[place], source.groups[against]]
        table = [[tables[group][index] for group in pair] for index in range(len(names))]
        found = stratified(table, source.plan.confidence)
        value, low, high = common_difference(table, source.plan.confidence)
        crude = float(rates.value[place] - rates.value[against])
        yield Stratified(
            between=(field.groups[place], field.groups[against]),
            strata=found.strata,
            informative=found.informing,
            crude_difference=crude,
            difference=_held(value),
            low=_held(low),
            high=_held(high),
            p_association=_held(found.p_association),
            p_homogeneity=_held(found.p_homogeneity),
            reversed=math.isfinite(value) and crude * value < 0,
        )


def triage(source: Source, field: Field) -> Iterator[Shrunken]:
    """Yield shrunken selection rates where some of three or more groups are small."""
    rates = _plain_rates(source, field)
    if rates is None or len(source.groups) < _FEW_GROUPS or rates.rows.min() >= _FEW_ROWS:
        return
    hits = (rates.value * rates.rows).round()
    found = shrunken(hits, rates.rows, source.plan.confidence)
    for place, group in enumerate(field.groups):
        low, high = tidy(float(found.low[place])), tidy(float(found.high[place]))
        yield Shrunken(group=group, rate=tidy(float(found.rates[place])), low=low, high=high)


def bounds(source: Source, field: Field) -> Iterator[Bounds]:
    """Yield what demographic parity could be if the rows without a group had one."""
    rates = _plain_rates(source, field)
    if rates is None:
        return
    shares = [
        Share(float(round(float(rates.value[place] * rates.rows[place]))), float(rates.rows[place]))
        for place in range(len(source.groups))
    ]
    unnamed = [place for place, group in enumerate(source.groups) if None in group]
    known = [share for place, share in enumerate(shares) if place not in unnamed]
    if not unnamed or len(known) < 2:
        return
    unknown = Share(
        sum(shares[place].successes for place in unnamed), sum(shares[place].n for place in unnamed)
    )
    for metric, between in (
        ("demographic_parity_difference", difference_bounds),
        ("demographic_parity_ratio", ratio_bounds),
    ):
        low, high = between(known, unknown)
        yield Bounds(metric=metric, low=tidy(low), high=tidy(high), unknown=int(unknown.n))


def _plain_rates(source: Source, field: Field) -> Shares | None:
    """Return the selection rates where rows are independent and unweighted."""
    rates = field.by_name.get("selection_rate")
    independent = source.atoms is not None and source.atoms.independent
    return rates if independent and isinstance(rates, Shares) else None


def _held(value: float) -> float | None:
    return tidy(value) if math.isfinite(value) else None
