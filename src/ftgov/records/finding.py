"""Findings: what an analyzer found, with every figure and the evidence behind it."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from ftgov.records.base import Record
from ftgov.records.digest import Digest
from ftgov.records.measurement import Measurement

Outcome = Literal["pass", "fail", "inconclusive", "measured", "not_assessed", "not_applicable"]
"""What came of a check. `measured`: figures without a limit of their own; policies judge them."""

Severity = Literal["note", "warning", "error"]


class Point(Record):
    """A point of a curve that a report draws: a training step and a value."""

    step: float
    value: float


class Series(Record):
    """A named curve, for example `loss` or `eval_loss`, over training steps."""

    name: str
    points: tuple[Point, ...]


class Finding(Record):
    """One result of one analyzer about one model."""

    id: str = Field(pattern=r"^[a-z0-9_]+(\.[a-z0-9_]+)*$")
    analyzer: str
    title: str
    outcome: Outcome
    severity: Severity = "note"
    summary: str = Field(min_length=1, description="one sentence a manager understands")
    measurements: tuple[Measurement, ...] = ()
    series: tuple[Series, ...] = ()
    evidence: tuple[Digest, ...] = ()
    method: str = ""

    @model_validator(mode="after")
    def _grounded(self) -> Self:
        unfounded = (
            self.outcome in {"pass", "fail", "inconclusive", "measured"} and not self.evidence
        )
        if unfounded:
            raise ValueError(f"{self.id}: a finding that judges or measures names its evidence")
        if not {d for m in self.measurements for d in m.evidence} <= set(self.evidence):
            raise ValueError(
                f"{self.id}: a figure rests on evidence that the finding does not list"
            )
        return self
