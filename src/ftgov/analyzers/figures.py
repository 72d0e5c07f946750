"""How analyzers make measurements and findings, so that none can forget an interval or a source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from ftgov.records.digest import Digest
from ftgov.records.finding import Finding, Severity
from ftgov.records.measurement import Assurance, Interval, Measurement, exact
from ftgov.statistics.effective import Clusters, clusters
from ftgov.statistics.paired import PairedCounts, newcombe_paired
from ftgov.statistics.proportions import wilson
from ftgov.statistics.sample_size import n_for_paired_change
from ftgov.tables.answers import ScoredRow

Slice = dict[str, str | None]

WILSON = "Wilson score interval (Wilson 1927)"
PAIRED = "Newcombe (1998) paired interval, method 10"
CELLS = ((True, True), (True, False), (False, True), (False, False))
"""The cells of a paired table in the order of `PairedCounts`: (first right, second right)."""

_DIGITS = 10
_LONGEST_SHOWN = 40


class Grounds(NamedTuple):
    """What all figures of one analysis share.

    Attributes:
        evidence: Digests of the files they were computed from, at least one.
        level: Nominal coverage of the intervals.
        assurance: What kind of claim the figures are.
    """

    evidence: tuple[Digest, ...]
    level: float = 0.95
    assurance: Assurance = "measured-software"


class About(NamedTuple):
    """What one figure is about.

    Attributes:
        id: The declared measure.
        grounds: What it rests on.
        method: How it is made, with its source.
        where: The slice of the data; empty for all of it.
        unit: Its unit.
    """

    id: str
    grounds: Grounds
    method: str
    where: Slice = {}
    unit: str = "1"


class Counted(NamedTuple):
    """How many of which rows.

    Attributes:
        successes: Rows that count.
        of: The denominator: its rows, the cases that they are of, and what they are worth. Rows of
            one case answer alike, so an interval takes its certainty from the effective n.
    """

    successes: int
    of: Clusters

    @property
    def rows(self) -> int:
        """The denominator."""
        return self.of.rows

    @property
    def n(self) -> int:
        """The effective n of an interval."""
        return self.of.effective


def clustered_rows(rows: Iterable[ScoredRow]) -> Clusters:
    """Return what rows are worth, by the cases that they are of."""
    return clusters(Counter(row.case for row in rows).values())


def tidy(value: float) -> float:
    """Return a figure to 10 significant digits, a whole number as it is.

    Logarithms differ in the last bit between processors; a recomputed figure must not.
    """
    if float(value).is_integer():
        return float(value) + 0.0
    return float(f"{value:.{_DIGITS}g}") + 0.0


def interval(low: float, high: float, level: float, method: str) -> Interval:
    """Return an interval with tidy ends."""
    return Interval(low=tidy(low), high=tidy(high), level=level, method=method)


def figure(
    about: About, value: float, ends: Interval, n: int | None = None, remark: str = ""
) -> Measurement:
    """Return a figure with its interval; a remark is added to its method."""
    return Measurement(
        id=about.id,
        value=tidy(value),
        unit=about.unit,
        interval=ends,
        n=n,
        method=about.method + remark,
        assurance=about.grounds.assurance,
        evidence=about.grounds.evidence,
        slice=about.where,
    )


def absent(about: About, reason: str) -> Measurement:
    """Return a figure that has no value, with the reason."""
    return Measurement(
        id=about.id,
        value=None,
        unit=about.unit,
        method=about.method,
        assurance="unknown",
        evidence=about.grounds.evidence,
        slice=about.where,
        reason=reason,
    )


def proportion(about: About, counted: Counted) -> Measurement:
    """Return a share with its Wilson interval, or, of no rows, the reason why there is none."""
    if counted.rows == 0:
        return absent(about, "no row has this denominator")
    share = counted.successes / counted.rows
    level = about.grounds.level
    low, high = wilson(share * counted.n, counted.n, level)
    ends = interval(min(low, share), max(high, share), level, WILSON)
    return figure(about, share, ends, counted.n, clustered(counted.of))


def paired_change(
    about: About, counts: PairedCounts, of: Clusters, limit: float | None = None
) -> Measurement:
    """Return tuned minus base on the same rows, with its paired interval.

    Args:
        about: What the figure is about.
        counts: Rows by who was right; the tuned model is the first.
        of: What the rows are worth.
        limit: The documented reference limit of the measure, for `n_needed`; None: it has none.
    """
    if not counts.n:
        return absent(about, "no row was answered by both models")
    change = (counts.first_only - counts.second_only) / counts.n
    level = about.grounds.level
    worth = counts.scaled(of.effective)
    low, high = newcombe_paired(worth, level)
    ends = interval(min(low, change), max(high, change), level, PAIRED)
    result = figure(about, change, ends, of.effective, clustered(of))
    if limit is None:
        return result
    needed = n_for_paired_change(worth, limit=limit, level=level)
    return result.model_copy(update={"n_needed": needed})


def counted_exactly(about: About, value: float, n: int | None = None) -> Measurement:
    """Return a figure that was counted or read, not estimated: its interval is itself."""
    return figure(about, value, exact(tidy(value)), n)


def measured(
    analyzer: str, title: str, summary: str, results: Iterable[Measurement], method: str = ""
) -> Finding:
    """Return the finding of figures that policies judge; its evidence is that of its figures."""
    results = tuple(results)
    return Finding(
        id=analyzer,
        analyzer=analyzer,
        title=title,
        outcome="measured",
        summary=summary,
        measurements=results,
        evidence=evidence_of(results),
        method=method,
    )


def evidence_of(results: Iterable[Measurement]) -> tuple[Digest, ...]:
    """Return the digests that figures rest on, each once."""
    return tuple(dict.fromkeys(digest for result in results for digest in result.evidence))


def not_assessed(
    analyzer: str, title: str, summary: str, severity: Severity = "warning"
) -> tuple[Finding, ...]:
    """Return the one finding of what could not be looked at, and what would change that."""
    return (
        Finding(
            id=analyzer,
            analyzer=analyzer,
            title=title,
            outcome="not_assessed",
            severity=severity,
            summary=summary,
        ),
    )


def clustered(of: Clusters) -> str:
    """Return the remark on rows that share cases, empty where each row is its own case."""
    if of.rows == of.cases:
        return ""
    return (
        f"; {of.rows} rows from {of.cases} cases, interval at the effective n = {of.effective}, "
        "(sum m)^2 / sum m^2 for cases of m rows (Kish 1965), as if rows of one case always agreed "
        "(conservative)"
    )


def percent(value: float) -> str:
    """Return a share as text: 41.2 %."""
    return f"{100 * value:.1f} %"


def percent_of(result: Measurement) -> str:
    """Return a share as text, or why it has no value."""
    return f"({result.reason})" if result.value is None else percent(result.value)


def change_of(result: Measurement) -> str:
    """Return a difference of shares with its interval and n as text."""
    if result.value is None or result.interval is None:
        return f"({result.reason})"
    ends = result.interval
    value, low, high = (
        f"{round(100 * part, 1) + 0.0:+.1f}" for part in (result.value, ends.low, ends.high)
    )
    return (
        f"{value} percentage points ({100 * ends.level:g} % interval {low} to {high}, "
        f"n = {result.n})"
    )


def shown(name: str | None, longest: int = _LONGEST_SHOWN) -> str:
    """Return a name from outside as it may stand in a sentence: short, printable, never empty."""
    if name is None:
        return "(not given)"
    clean = "".join(sign if sign.isprintable() else "?" for sign in name)
    return (clean[: longest - 1] + "…" if len(clean) > longest else clean) or "(empty)"
