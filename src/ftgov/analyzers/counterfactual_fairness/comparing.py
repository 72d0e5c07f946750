"""The figures of swapped cases: flips, and their noise floor."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import NamedTuple

from ftgov.analyzers import figures
from ftgov.analyzers.counterfactual_fairness.swaps import (
    UNPARSED,
    Case,
    Group,
    category,
    flips,
    noise,
)
from ftgov.records.measurement import Measurement
from ftgov.statistics.clustered import (
    Spread,
    clustered_mean,
    clustered_share,
    spread_of,
)
from ftgov.statistics.sample_size import n_from_error
from ftgov.statistics.simultaneous import bonferroni, pair_count
from ftgov.tables.answers import ScoredRow

ID = "counterfactual_fairness"
LIMIT = 0.05
_SHARE = "Wilson score interval at the effective n of templates (Korn and Graubard 1998)"
_MEAN = "Student's interval over templates (Cameron, Gelbach, Miller 2011)"
_FLIP = (
    "share of pairs of answers about one case that differ in label, refusal or being unparsed "
    "between groups, averaged over cases"
)
_NOISE = "the same share between answers to one and the same prompt, over cases with repeats"


class Swapped(NamedTuple):
    """What is compared.

    Attributes:
        cases: Cases asked for two groups or more.
        groups: All their groups, ordered, the missing one last.
        favourable: The favourable label by dataset; a dataset without one is in no direction.
        grounds: What the figures rest on.
    """

    cases: list[Case]
    groups: tuple[Group, ...]
    favourable: dict[str, str]
    grounds: figures.Grounds


def flip_figures(found: Swapped) -> Iterator[Measurement]:
    """Yield flip rate, noise floor and excess over all groups, then the flip rate of each pair."""
    rows = [row for case in found.cases for each in case.rows.values() for row in each]
    if all(category(row) == UNPARSED for row in rows):
        reason = "no answer matches a label or a refusal text, so no change can be seen"
        for name in ("flip_rate", "noise_floor", "excess_flip_rate"):
            yield figures.absent(about_of(found, name, _FLIP), reason)
        return
    every = [(case, flips(case), noise(case)) for case in found.cases]
    yield _share(about_of(found, "flip_rate", _FLIP), [(case, flip) for case, flip, _ in every])
    yield _share(
        about_of(found, "noise_floor", _NOISE), [(case, floor) for case, _, floor in every]
    )
    yield _excess(found, every)
    each = bonferroni(found.grounds.level, pair_count(len(found.groups)))
    for pair in combinations(found.groups, 2):
        own = [(case, flips(case, pair)) for case in found.cases]
        about = about_of(found, "flip_rate", _FLIP)
        yield between(_share(about, own, each), pair)


def unparsed(found: Swapped) -> Measurement:
    """Return how many answers to swapped prompts are unparsed."""
    method = "share of the answers to swapped prompts that match no label and no refusal text"
    values = [
        (case, sum(category(row) == UNPARSED for row in rows) / len(rows))
        for case in found.cases
        for rows in (all_rows(case),)
    ]
    return _share(about_of(found, "unparsed_share", f"{method}, averaged over cases"), values)


def about_of(found: Swapped, name: str, method: str) -> figures.About:
    """Return what one figure of swapped cases is about."""
    return figures.About(f"{ID}.{name}", found.grounds, method)


def all_rows(case: Case) -> list[ScoredRow]:
    """Return all answers about a case."""
    return [row for rows in case.rows.values() for row in rows]


def between(result: Measurement, groups: tuple[Group, ...]) -> Measurement:
    """Return a figure as one that compares groups."""
    return result.model_copy(update={"between": tuple({"group": group} for group in groups)})


def _share(
    about: figures.About, values: Sequence[tuple[Case, float | None]], level: float | None = None
) -> Measurement:
    known = [(case.template, value) for case, value in values if value is not None]
    if not known:
        repeats = about.id.endswith("noise_floor")
        return figures.absent(about, _NO_REPEATS if repeats else "no case was asked for both")
    found = clustered_share(
        [value for _, value in known],
        [template for template, _ in known],
        level or about.grounds.level,
    )
    together = "" if level is None else "; Bonferroni over all pairs of groups"
    ends = figures.interval(found.low, found.high, about.grounds.level, _SHARE + together)
    return figures.figure(about, found.value, ends, found.n)


_NO_REPEATS = (
    "no prompt of a swapped case was asked twice: ask some of them again under other ids, or the "
    "model's own randomness cannot be told from the swap"
)


def _excess(found: Swapped, every: list[tuple[Case, float | None, float | None]]) -> Measurement:
    """Return flips minus noise over the cases that have both, with the n that would decide."""
    method = f"flip rate minus noise floor, each case's own; n_needed is about {LIMIT}"
    about = about_of(found, "excess_flip_rate", method)
    known = [
        (case.template, flip - floor)
        for case, flip, floor in every
        if flip is not None and floor is not None
    ]
    if not known:
        return figures.absent(about, _NO_REPEATS)
    value = sum(excess for _, excess in known) / len(known)
    influence = [(excess - value) / len(known) for _, excess in known]
    spread = spread_of(influence, [template for template, _ in known])
    moved = len({template for template, excess in known if excess})
    low, high = clustered_mean(value, spread, found.grounds.level, moved=moved)
    ends = figures.interval(max(low, -1.0), min(high, 1.0), found.grounds.level, _MEAN)
    result = figures.figure(about, value, ends, len(known))
    return result.model_copy(update={"n_needed": _needed(value, spread, len(known), found)})


def _needed(value: float, spread: Spread, n: int, found: Swapped) -> int | None:
    if not spread.variance > 0:
        return None
    alpha = (1 - found.grounds.level) / 2
    return n_from_error(n, spread.variance**0.5, value - LIMIT, alpha=alpha)
