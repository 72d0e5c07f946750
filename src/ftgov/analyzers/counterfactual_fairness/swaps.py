"""Cases asked for several groups: how often the answer changes, and how often it does anyway.

What is compared is a category: the label that an answer has, `refused`, or `unparsed`. Where a
group was asked more than once about a case (several names, or the same prompt again), each pair of
answers counts alike.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from ftgov.tables.answers import ScoredRow

REFUSED, UNPARSED = "(refused)", "(unparsed)"

Group = str | None


class Case(NamedTuple):
    """All answers about one case.

    Attributes:
        template: What it shares with other cases made from the same text.
        rows: The answers by group, at least two groups.
    """

    template: tuple[str, str]
    rows: dict[Group, list[ScoredRow]]


def swapped(rows: Iterable[ScoredRow]) -> list[Case]:
    """Return the cases that were asked for two groups or more, in the order of the rows.

    A case is what rows with one `pair` ask about. Its template is that of its rows, or itself. A
    case that several templates are named for is its own: none of them holds it alone.
    """
    found: dict[str, list[ScoredRow]] = {}
    for row in rows:
        if row.pair is not None:
            found.setdefault(row.case, []).append(row)
    cases = []
    for name, own in found.items():
        by_group: dict[Group, list[ScoredRow]] = {}
        for row in own:
            by_group.setdefault(row.group, []).append(row)
        if len(by_group) > 1:
            cases.append(Case(_template(name, own), by_group))
    return cases


def category(row: ScoredRow) -> str:
    """Return what an answer is compared by: its label, else whether it refuses, else unparsed."""
    return row.label or (REFUSED if row.refused else UNPARSED)


def disagreement(one: list[ScoredRow], other: list[ScoredRow]) -> float:
    """Return how often an answer of one list and one of the other differ in category."""
    first, second = (Counter(map(category, rows)) for rows in (one, other))
    same = sum(count * second[name] for name, count in first.items())
    return 1 - same / (len(one) * len(other))


def flips(case: Case, groups: tuple[Group, Group] | None = None) -> float | None:
    """Return how often answers about a case differ between groups.

    Args:
        case: The case.
        groups: The two groups; None: the mean over all pairs of the case's groups.

    Returns:
        Within 0 and 1; None where the case was not asked for both groups.
    """
    if groups is not None:
        if not all(group in case.rows for group in groups):
            return None
        return disagreement(*(case.rows[group] for group in groups))
    lists = list(case.rows.values())
    pairs = [(a, b) for place, a in enumerate(lists) for b in lists[place + 1 :]]
    return sum(disagreement(*pair) for pair in pairs) / len(pairs)


def noise(case: Case) -> float | None:
    """Return how often answers to the same prompt of a case differ; None: none was asked twice."""
    by_prompt: dict[bytes, list[ScoredRow]] = {}
    for row in (row for rows in case.rows.values() for row in rows):
        if row.prompt is not None:
            by_prompt.setdefault(row.prompt, []).append(row)
    repeated = [rows for rows in by_prompt.values() if len(rows) > 1]
    if not repeated:
        return None
    return sum(_among(rows) for rows in repeated) / len(repeated)


def _among(rows: list[ScoredRow]) -> float:
    """Return how often two different answers of a list differ."""
    n = len(rows)
    same = sum(count * (count - 1) for count in Counter(map(category, rows)).values())
    return 1 - same / (n * (n - 1))


def _template(case: str, rows: list[ScoredRow]) -> tuple[str, str]:
    named = {row.template for row in rows}
    template = named.pop() if len(named) == 1 else None
    return ("case", case) if template is None else ("template", f"{rows[0].dataset} {template}")
