"""Comparisons of groups: every pair and the worst pair, in intervals that hold together."""

from __future__ import annotations

from collections.abc import Iterator

from ftgov.analyzers import figures
from ftgov.analyzers.group_fairness import oracle
from ftgov.analyzers.group_fairness.cells import Decisions
from ftgov.analyzers.group_fairness.sizes import n_for_shares
from ftgov.records.measurement import Interval, Measurement
from ftgov.statistics.deciding import Asked, rows_to_decide
from ftgov.statistics.simultaneous import (
    PairInterval,
    Share,
    bonferroni,
    pair_count,
    pairwise_differences,
    pairwise_ratios,
    worst_difference,
    worst_ratio,
)

INDEPENDENT = (
    "groups are treated as independent, which is conservative where the same cases were asked for "
    "each group"
)
_SCORE = (
    "Miettinen-Nurminen score intervals (1985), Bonferroni over {} comparisons, all hold at once"
)
_WORST = f"{_SCORE}; the worst pair lies between the extremes of the pairs' ends, whichever it is"
_FOUR_FIFTHS = 0.8
_MOST_PAIRED = 20


def comparisons(found: Decisions, grounds: figures.Grounds) -> Iterator[Measurement]:
    """Yield the aggregates over all groups, then each pair.

    An aggregate's n is the smallest effective number of cases among the groups.
    """
    yield parity_ratio(found, grounds)
    yield _parity_difference(found, grounds)
    yield _equalized_odds(found, grounds)
    if len(found.groups) > 1:
        yield from _pairs(found, grounds)


def shares(found: Decisions, rate: str) -> list[Share]:
    """Return a rate's counts by group, scaled to the effective number of cases."""
    every = (found.counted(rate, group) for group in found.groups)
    return [Share(one.successes / one.rows * one.n, one.n) for one in every]


def _about(name: str, grounds: figures.Grounds) -> figures.About:
    method = f"fairlearn's {name} on the cell table with counts as weights; {INDEPENDENT}"
    return figures.About(f"group_fairness.{name}", grounds, method)


def _undefined(found: Decisions, *rates: str) -> str:
    """Return why groups cannot be compared by rates, or nothing."""
    if len(found.groups) < 2:
        return "there is one group only, so there is nothing to compare"
    for rate in rates:
        lacking = [group for group in found.groups if not found.counted(rate, group).rows]
        if lacking:
            names = ", ".join(figures.shown(group) for group in lacking)
            return f"{rate} is undefined, for want of a denominator, for: {names}"
    return ""


def parity_ratio(found: Decisions, grounds: figures.Grounds, prefix: str = "") -> Measurement:
    """Return the lowest over the highest selection rate, with the n per group to judge 4/5.

    Args:
        found: The cell table.
        grounds: What the figure rests on.
        prefix: Put before the measure's name: `base_` for the base model.
    """
    about = _about("demographic_parity_ratio", grounds)
    about = about._replace(id=f"group_fairness.{prefix}demographic_parity_ratio")
    if reason := _undefined(found, "selection_rate"):
        return figures.absent(about, reason)
    counts = shares(found, "selection_rate")
    if not any(count.successes for count in counts):
        return figures.absent(about, "no group was given the favourable label: 0/0 is undefined")
    pairs = pairwise_ratios(counts, grounds.level)
    ends = _worst(worst_ratio(pairs), len(pairs), grounds)
    value = oracle.aggregate(found, "demographic_parity_ratio")
    result = figures.figure(about, value, ends, _smallest(counts))
    return result.model_copy(update={"n_needed": _needed(counts, grounds.level)})


def _parity_difference(found: Decisions, grounds: figures.Grounds) -> Measurement:
    about = _about("demographic_parity_difference", grounds)
    if reason := _undefined(found, "selection_rate"):
        return figures.absent(about, reason)
    counts = shares(found, "selection_rate")
    pairs = pairwise_differences(counts, grounds.level)
    ends = _worst(worst_difference(pairs), len(pairs), grounds)
    value = oracle.aggregate(found, "demographic_parity_difference")
    return figures.figure(about, value, ends, _smallest(counts))


def _equalized_odds(found: Decisions, grounds: figures.Grounds) -> Measurement:
    """Return the larger of the worst differences in true and false positive rate."""
    rates = ("true_positive_rate", "false_positive_rate")
    about = _about("equalized_odds_difference", grounds)
    if reason := _undefined(found, *rates):
        return figures.absent(about, reason)
    together = 2 * pair_count(len(found.groups))
    pairs: list[PairInterval] = []
    smallest = []
    for rate in rates:
        counts = shares(found, rate)
        smallest.append(_smallest(counts))
        pairs += pairwise_differences(counts, grounds.level, together)
    ends = _worst(worst_difference(pairs), together, grounds)
    value = oracle.aggregate(found, "equalized_odds_difference")
    return figures.figure(about, value, ends, min(smallest))


def _pairs(found: Decisions, grounds: figures.Grounds) -> Iterator[Measurement]:
    """Yield ratio and difference of each pair, the group with the lower rate first.

    Of more than 20 groups only the pairs with the group of the highest rate: nobody reads the rest,
    and the aggregates are over all of them anyway.
    """
    counts = shares(found, "selection_rate")
    rates = [one.successes / one.n for one in counts]
    ratios = pairwise_ratios(counts, grounds.level)
    differences = pairwise_differences(counts, grounds.level)
    top = rates.index(max(rates))
    for ratio, given in zip(ratios, differences, strict=True):
        if len(rates) > _MOST_PAIRED and top not in ratio[:2]:
            continue
        difference = given
        turned = rates[ratio.first] > rates[ratio.second]
        lower, higher = ratio[1::-1] if turned else ratio[:2]
        if turned:
            difference = PairInterval(lower, higher, -difference.high, -difference.low)
        n = int(min(counts[lower].n, counts[higher].n))
        between = tuple({"group": found.groups[place]} for place in (lower, higher))
        for result in (
            _ratio(ratio, (rates[lower], rates[higher]), n, len(ratios), grounds),
            _difference(difference, rates[lower] - rates[higher], n, len(ratios), grounds),
        ):
            yield result.model_copy(update={"between": between})


def _ratio(
    pair: PairInterval,
    rates: tuple[float, float],
    n: int,
    together: int,
    grounds: figures.Grounds,
) -> Measurement:
    method = f"selection rate of the first group over that of the second; {INDEPENDENT}"
    about = figures.About("group_fairness.selection_rate_ratio", grounds, method)
    if rates[1] == 0:
        return figures.absent(about, "neither group was given the favourable label")
    ends = figures.interval(pair.low, pair.high, grounds.level, _SCORE.format(together))
    return figures.figure(about, rates[0] / rates[1], ends, n)


def _difference(
    pair: PairInterval, value: float, n: int, together: int, grounds: figures.Grounds
) -> Measurement:
    method = f"selection rate of the first group minus that of the second; {INDEPENDENT}"
    about = figures.About("group_fairness.selection_rate_difference", grounds, method)
    ends = figures.interval(pair.low, pair.high, grounds.level, _SCORE.format(together))
    return figures.figure(about, value, ends, n)


def _worst(ends: tuple[float, float], together: int, grounds: figures.Grounds) -> Interval:
    return figures.interval(*ends, grounds.level, _WORST.format(together))


def _smallest(counts: list[Share]) -> int:
    return int(min(count.n for count in counts))


def _needed(counts: list[Share], level: float) -> int | None:
    """Return the n per group for a verdict on four fifths, at the rates of the worst pair."""
    rates = sorted((count.successes / count.n, float(count.n)) for count in counts)
    asked = Asked(_FOUR_FIFTHS, ratio=True, level=bonferroni(level, pair_count(len(counts))))
    least = float(rows_to_decide(rates[0][0], rates[-1][0], asked))
    return n_for_shares((rates[0], rates[-1]), asked, least)
