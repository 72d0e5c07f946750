"""Which way decisions go when the group is swapped, over the cases asked for both."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple

from ftgov.analyzers import figures
from ftgov.analyzers.counterfactual_fairness.comparing import (
    Swapped,
    about_of,
    all_rows,
    between,
)
from ftgov.analyzers.counterfactual_fairness.swaps import Case, Group
from ftgov.records.measurement import Measurement, exact
from ftgov.statistics.clustered import ClusteredFigure, Spread, clustered_change, spread_of
from ftgov.statistics.multiplicity import holm
from ftgov.statistics.normal import two_sided_p
from ftgov.statistics.paired import PairedCounts
from ftgov.statistics.paired_score import paired_score
from ftgov.statistics.simultaneous import PairInterval, bonferroni, pair_count, worst_difference

_CHANGE = (
    "Tango (1998) score interval at the effective n of templates and terms, Bonferroni over {} "
    "pairs of groups, all hold at once"
)
_DIRECTION = (
    "favourable share of the first group minus that of the second, averaged over the cases asked "
    "for both"
)
_LEAST_P = 1e-12


class Direction(NamedTuple):
    """A difference of two groups over the cases asked for both.

    Attributes:
        pair: Places of the groups.
        figure: Value and interval, simultaneous over all pairs.
        counts: Cases by both answers, scaled to the effective n.
        spread: Of the difference.
    """

    pair: tuple[int, int]
    figure: ClusteredFigure
    counts: PairedCounts
    spread: Spread


def direction_figures(found: Swapped) -> Iterator[Measurement]:
    """Yield the largest directional difference, then difference and p-value of each pair."""
    about = about_of(found, "largest_directional_difference", f"largest absolute {_DIRECTION}")
    single = about_of(found, "directional_difference", _DIRECTION)
    p_about = about_of(
        found,
        "directional_p_adjusted",
        "McNemar's test at the effective n that neither group is favoured, Holm over all pairs, "
        f"given as {_LEAST_P:g} where it is less; it decides nothing, the intervals do",
    )
    pairs = _directions(found)
    if not pairs:
        reason = "no favourable label is named for cases that two groups were asked"
        for one in (about, single, p_about):
            yield figures.absent(one, reason)
        return
    method = _CHANGE.format(pair_count(len(found.groups)))
    yield _largest(about, pairs, method, found.grounds.level)
    adjusted = holm([_p(pair) for pair in pairs]).tolist()
    for pair, p in zip(pairs, adjusted, strict=True):
        groups = tuple(found.groups[place] for place in pair.pair)
        value, low, high, n = pair.figure
        ends = figures.interval(low, high, found.grounds.level, method)
        yield between(figures.figure(single, value, ends, n, _few_terms(found, groups)), groups)
        shown = figures.tidy(max(p, _LEAST_P))
        ends = exact(shown, "a p-value is computed, not estimated")
        yield between(figures.figure(p_about, shown, ends, n), groups)


def _directions(found: Swapped) -> list[Direction]:
    """Return the differences of all pairs that were asked about the same cases."""
    each = bonferroni(found.grounds.level, pair_count(len(found.groups)))
    directions = []
    for one, other in combinations(range(len(found.groups)), 2):
        pair = (found.groups[one], found.groups[other])
        cases = [
            case
            for case in found.cases
            if all(group in case.rows for group in pair)
            and all_rows(case)[0].dataset in found.favourable
        ]
        if cases:
            counts, spread = _counted(found, cases, pair)
            answers = sum(min(len(case.rows[group]) for group in pair) for case in cases)
            figure = clustered_change(counts, spread, each, answers=answers)
            directions.append(
                Direction((one, other), figure, counts.scaled(max(figure.n, 1)), spread)
            )
    return directions


def _counted(
    found: Swapped, cases: list[Case], pair: tuple[Group, Group]
) -> tuple[PairedCounts, Spread]:
    """Return the cases by both answers, and how uncertain the difference is.

    Several answers of a group about one case count by their share.
    """
    shares = [
        tuple(
            sum(row.label == found.favourable[row.dataset] for row in case.rows[group])
            / len(case.rows[group])
            for group in pair
        )
        for case in cases
    ]
    cells = [(a * b, a * (1 - b), (1 - a) * b, (1 - a) * (1 - b)) for a, b in shares]
    counts = PairedCounts(*(sum(cell[place] for cell in cells) for place in range(4)))
    means = [sum(share[place] for share in shares) / len(shares) for place in (0, 1)]
    influence, templates, terms = [], [], []
    for case in cases:
        for place, sign in ((0, 1.0), (1, -1.0)):
            rows = case.rows[pair[place]]
            for row in rows:
                hit = row.label == found.favourable[row.dataset]
                influence.append(sign * (hit - means[place]) / (len(rows) * len(cases)))
                templates.append(case.template)
                terms.append((place, row.term or f"{row.dataset} line {row.line}"))
    return counts, spread_of(influence, templates, terms)


def _p(pair: Direction) -> float:
    return float(two_sided_p(paired_score(pair.counts, 0.0)))


def _largest(
    about: figures.About, pairs: list[Direction], method: str, level: float
) -> Measurement:
    ends = worst_difference([PairInterval(*p.pair, p.figure.low, p.figure.high) for p in pairs])
    top = max(pairs, key=lambda pair: abs(pair.figure.value))
    interval = figures.interval(*ends, level, f"{method}; the worst lies between their extremes")
    smallest = min(pair.figure.n for pair in pairs)
    return figures.figure(about, abs(top.figure.value), interval, smallest)


def _few_terms(found: Swapped, groups: tuple[Group, ...]) -> str:
    """Return the remark on groups for which one term stands, empty where there are several."""
    lone = []
    for group in groups:
        terms = {row.term for case in found.cases for row in case.rows.get(group, [])}
        if len(terms) == 1 and None not in terms:
            lone.append(figures.shown(group))
    if not lone:
        return ""
    return f"; one term alone stands for {' and '.join(lone)}, so the difference is about that term"
