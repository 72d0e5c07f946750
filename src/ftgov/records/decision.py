"""Decisions: what a release policy concluded from an assessment."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from ftgov.records.base import Name, Record, Time
from ftgov.records.digest import Digest
from ftgov.records.finding import Severity

Verdict = Literal["pass", "fail", "error"]
"""A release verdict. `error`: it could not be assessed, which is never a pass."""


Outcome = Literal["pass", "fail", "warn", "waived", "error"]
"""What a rule came to."""

TimeSource = Literal["system-clock", "given"]
"""Where the time of a decision comes from."""

Cause = Literal["failed", "inconclusive", "missing", "stale", "unsure", "unassessable"]
"""Why a rule is no pass: a limit is broken; an interval straddles it; evidence is absent, too old,
or at too low a level; or nothing could be evaluated."""


class Figure(Record):
    """A figure that a decision rests on, as the policy saw it."""

    measure: str
    value: float | None
    low: float | None = None
    high: float | None = None
    n: int | None = None
    unit: str = "1"
    slice: dict[str, str | None] = {}
    between: tuple[dict[str, str | None], ...] = ()
    evidence: tuple[Digest, ...] = ()
    reason: str | None = None


class Limit(Record):
    """A limit that a rule holds a figure to, as its expression states it.

    `group_fairness.demographic_parity_ratio.low`, `>=`, `0.80`: the rule passes where that holds.
    """

    path: str
    comparison: Literal["<", "<=", ">", ">=", "==", "!="]
    limit: str = Field(description="the number as the expression writes it")


class AppliedWaiver(Record):
    """The waiver that a failure was accepted under, as it was verified."""

    name: Name
    statement: Digest = Field(description="digest of the author's signed statement")
    reason: str
    conditions: str | None = None
    expires_at: Time
    author: str = Field(description="the holder of the author's key, by the trust pack")
    approver: str = Field(description="the holder of the approver's key, by the trust pack")


class Decision(Record):
    """One rule applied to one assessment."""

    rule: str = Field(description="the rule's id, for example FTG-FAIR-001")
    version: int
    gate: str = Field(description="the file of policies it comes from, for example baseline")
    title: str
    severity: Severity
    outcome: Outcome
    cause: Cause | None = Field(default=None, description="why it is no pass; None for a pass")
    message: str = Field(min_length=1, description="what was found against which limit")
    remedy: str = Field(default="", description="what would change the outcome")
    refs: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()
    limits: tuple[Limit, ...] = Field(default=(), description="under which it passes")
    policy: Digest = Field(description="digest of the policy file's bytes")
    decided_at: Time
    time_source: TimeSource
    waiver: AppliedWaiver | None = Field(default=None, description="what a waived rule rests on")

    @model_serializer(mode="wrap")
    def _written(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave `waiver` out where there is none: such a decision keeps its old bytes."""
        written: dict[str, Any] = write(self)
        if self.waiver is None:
            written.pop("waiver", None)
        return written


def verdict_of(decisions: tuple[Decision, ...]) -> Verdict:
    """Return the verdict of a gate: fail beats error beats pass; no decision at all is an error."""
    outcomes = {decision.outcome for decision in decisions if decision.severity == "error"}
    if "fail" in outcomes:
        return "fail"
    if "error" in {decision.outcome for decision in decisions} or not outcomes:
        return "error"
    return "pass"
