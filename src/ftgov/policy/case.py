"""The form of a test that travels with its policy: a small assessment, and what must come of it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from ftgov.records.base import Record, Time
from ftgov.records.decision import Cause, Outcome
from ftgov.records.duty_state import Shown, State
from ftgov.records.finding import Outcome as FindingOutcome
from ftgov.records.finding import Severity
from ftgov.records.job import JobState
from ftgov.records.measurement import Assurance
from ftgov.records.special_category import BiasBasis, SpecialColumns, StatedCategories

Text = Annotated[str, Field(min_length=1, max_length=2_000)]
"""A sentence or a few, for people."""


class CaseFigure(Record):
    """A measure as a policy's own test states it; without ends it is exact."""

    value: float | None
    low: float | None = None
    high: float | None = None
    level: float = Field(default=0.95, gt=0, lt=1, description="nominal coverage of the interval")
    n: int | None = Field(default=None, ge=0)
    unit: str = "1"
    assurance: Assurance = "measured-software"
    n_needed: int | None = Field(default=None, ge=0)
    reason: str | None = None


class CaseSlice(CaseFigure):
    """A measure of a part of the data, or of the difference between two parts."""

    slice: dict[str, str | None] = {}
    between: tuple[dict[str, str | None], ...] = ()


class CaseFinding(Record):
    """A finding without figures, as a policy's own test states it."""

    id: str
    outcome: FindingOutcome
    severity: Severity = "note"


class CaseSubject(Record):
    """What a policy's own test audits."""

    model: str = "tuned"
    kind: Literal["base", "tuned", "adapter", "merged", "checkpoint", "alias"] = "tuned"
    job: str | None = None
    base: str | None = None
    weights: int = Field(default=0, ge=0, le=100)
    system: str | None = None


class CaseJob(Record):
    """The job that made the model, as a policy's own test states it."""

    provider: str = "local"
    method: Literal["lora", "full", "supervised", "dpo", "reinforcement", "unknown"] = "lora"
    region: str | None = None
    seed: int | None = None
    train: str | None = None
    validation: str | None = None
    state: JobState | None = Field(default=None, description="None: it succeeded")


class CaseDuty(Record):
    """How a duty stands, as a policy's own test states it."""

    state: State
    evidence: Shown | None = None
    note: str = ""


class CaseSpecial(Record):
    """What datasets' records say of special categories, columns that hold them, and grounds."""

    stated: tuple[StatedCategories, ...] = ()
    columns: tuple[SpecialColumns, ...] = ()
    bases: tuple[BiasBasis, ...] = ()


class CaseSignature(Record):
    """A signature under the assessment; one that is not verified never reaches a policy."""

    holder: str = Field(min_length=1)
    role: str = Field(min_length=1)
    key: str = Field(default="", description="by default one of the holder's own")
    decision: Literal["approve", "reject"] = "approve"
    verified: bool = True
    signed_at: Time | None = Field(default=None, description="None: the moment of `now`")


class CaseWaiver(Record):
    """A waiver of this rule for this model, as a policy's own test states it; see `waivers.py`."""

    name: str = "waiver"
    granted_at: Time
    expires_at: Time
    author: str = "author"
    approver: str = "approver"
    fault: str | None = Field(default=None, description="why verification refuses it")


class Case(Record):
    """A test that travels with its policy."""

    name: Text
    now: Time
    expect: Outcome
    cause: Cause | None = Field(default=None, description="why it is no pass; None: not checked")
    reason: str | None = Field(default=None, description="text that the message must contain")
    lacks: str | None = Field(default=None, description="text that it must not contain")
    assessed_at: Time | None = Field(default=None, description="None: the moment of `now`")
    measures: dict[str, CaseFigure] = {}
    slices: dict[str, tuple[CaseSlice, ...]] = {}
    findings: tuple[CaseFinding, ...] = ()
    classification: dict[str, Any] | None = None
    subject: CaseSubject = CaseSubject()
    job: CaseJob | None = None
    duties: dict[str, CaseDuty] = {}
    special: CaseSpecial = CaseSpecial()
    signatures: tuple[CaseSignature, ...] = ()
    waivers: tuple[CaseWaiver, ...] = ()
    signed_at: Time | None = Field(default=None, description="the bundle's RFC 3161 time")
