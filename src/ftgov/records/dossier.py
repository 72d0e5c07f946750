"""Assessment and dossier: the one truth that gates, reports and exports all render.

The order of judgement has no circle: the assessment is made first; sign-offs sign its digest;
policies decide on it; the dossier holds all of them; the report renders the dossier; the signature
covers the lot.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from ftgov.records.base import Record, Time
from ftgov.records.decision import Decision, Verdict
from ftgov.records.digest import Digest
from ftgov.records.duty_state import DutyState
from ftgov.records.evidence import Evidence
from ftgov.records.finding import Finding
from ftgov.records.law import Classification
from ftgov.records.subject import Subject


class LedgerHead(Record):
    """Where the ledger stood: how many entries, and the digest of the last."""

    entries: int = Field(ge=0)
    head: Digest | None


class AnalysisSettings(Record):
    """What makes an analysis repeatable besides its evidence: the confidence level."""

    confidence: float = Field(default=0.95, gt=0.5, lt=1)


class Assessment(Record):
    """What was found about one model, before anyone judged it."""

    type: Literal["assessment"] = "assessment"
    schema_id: Literal["https://ftgov.dev/schema/assessment/v1"] = (
        "https://ftgov.dev/schema/assessment/v1"
    )
    tool: str = Field(description="name and version of the program that made it")
    libraries: dict[str, str] = Field(
        default={}, description="versions of what computed: a resampled interval depends on them"
    )
    assessed_at: Time
    settings: AnalysisSettings
    subject: Subject
    findings: tuple[Finding, ...]
    classification: Classification | None = None
    duties: tuple[DutyState, ...] = Field(default=(), description="how each duty stands")
    ledger: LedgerHead

    @model_serializer(mode="wrap")
    def _written(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave `libraries` out where none is named: an older assessment keeps its bytes."""
        written: dict[str, Any] = write(self)
        if not self.libraries:
            written.pop("libraries", None)
        return written

    def finding(self, identity: str) -> Finding | None:
        """Return the finding with an id, if the assessment has it."""
        return next((found for found in self.findings if found.id == identity), None)


class Dossier(Record):
    """The assessment and the decisions taken on it."""

    type: Literal["dossier"] = "dossier"
    schema_id: Literal["https://ftgov.dev/schema/dossier/v1"] = (
        "https://ftgov.dev/schema/dossier/v1"
    )
    assessment: Assessment
    assessment_digest: Digest
    decisions: tuple[Decision, ...]
    verdict: Verdict
    evidence: tuple[Evidence, ...] = Field(description="every file behind it, each in the bundle")
