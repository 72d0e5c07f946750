"""Findings beside the figures: what they amount to, what was assumed, what contradicts what."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal

from ftgov.energy.equivalences import equivalences
from ftgov.energy.factors import Factor, stale
from ftgov.energy.ranges import Range
from ftgov.records.digest import Digest
from ftgov.records.finding import Finding, Severity
from ftgov.records.measurement import Measurement

_ANALYZER = "energy"
_NAMED = 3


def remark(
    name: str,
    title: str,
    text: str,
    evidence: tuple[Digest, ...],
    *,
    outcome: Literal["measured", "inconclusive"] = "measured",
    severity: Severity = "note",
) -> Finding:
    """Return a finding that holds a sentence and no figure of its own."""
    return Finding(
        id=f"{_ANALYZER}.{name}",
        analyzer=_ANALYZER,
        title=title,
        outcome=outcome,
        severity=severity,
        summary=text,
        evidence=evidence,
    )


def contradiction(text: str, evidence: tuple[Digest, ...]) -> Finding:
    """Return the finding that evidence contradicts other evidence, naming both."""
    return remark(
        "contradiction",
        "Evidence of the job contradicts itself",
        text,
        evidence,
        outcome="inconclusive",
        severity="warning",
    )


def age(
    factors: Sequence[Factor], ended: str | None, evidence: tuple[Digest, ...]
) -> tuple[Finding, ...]:
    """Return the finding that factors were older than 18 months when the job ended, if any were.

    Args:
        factors: The rows that the figures rest on.
        ended: When the job ended, or None: age is told of a day, and there is no other here.
        evidence: The files that tell of the job.
    """
    old = stale(factors, date.fromisoformat(ended[:10])) if ended else ()
    if not old:
        return ()
    oldest = sorted(old, key=lambda row: (row.published, row.id))[:_NAMED]
    named = ", ".join(f"{row.id} ({row.published})" for row in oldest)
    text = (
        f"{len(old)} of {len(factors)} factors were published more than 18 months before the job "
        f"ended; the oldest: {named}."
    )
    return (remark("factors", "Factors that were older than 18 months", text, evidence),)


def scale(
    measurements: Sequence[Measurement], more: Sequence[str], evidence: tuple[Digest, ...]
) -> tuple[Finding, ...]:
    """Return the finding of what the building's energy amounts to; none where it is a point.

    Args:
        measurements: The figures, `energy.facility_energy` among them.
        more: Further sentences on the same.
        evidence: The files that tell of the job.
    """
    ends = next((m for m in measurements if m.id == "energy.facility_energy"), None)
    if ends is None or ends.interval is None or ends.value is None:
        return ()
    kwh = Range(ends.interval.low, ends.value, ends.interval.high)
    if not kwh.low < kwh.high:
        return ()
    sentences = [f"The building's energy is {each}." for each in equivalences(kwh)]
    text = " ".join([*sentences, *more])
    return (
        remark("scale", "What the energy amounts to, and what makes its range", text, evidence),
    )


def assumed(texts: Sequence[str], evidence: tuple[Digest, ...]) -> tuple[Finding, ...]:
    """Return the finding of what was assumed for want of evidence, if anything was."""
    if not texts:
        return ()
    text = f"{len(texts)} assumptions: {' '.join(texts)}"
    return (remark("assumptions", "What the estimate had to assume", text, evidence),)
