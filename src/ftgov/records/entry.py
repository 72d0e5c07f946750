"""What the ledger remembers of assessments, decisions and reports: which model, which digests."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from ftgov.records.base import Name, Record, Time
from ftgov.records.decision import Verdict
from ftgov.records.digest import Digest
from ftgov.records.evidence import Evidence


class AssessmentMade(Record):
    """An audit's result, bound to the state of the subject it saw."""

    type: Literal["assessment"] = "assessment"
    name: Name
    model: Name
    system: Name | None
    assessed_at: Time
    assessment: Evidence
    subject: Digest


class DecisionsMade(Record):
    """A gate's verdict on an assessment."""

    type: Literal["decision"] = "decision"
    name: Name
    model: Name
    assessment: Digest
    decisions: Evidence
    verdict: Verdict
    decided_at: Time
    statement: Evidence | None = Field(default=None, description="signed; None: nobody signed it")

    @model_serializer(mode="wrap")
    def _written(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out a statement that there is not, so that older entries keep their bytes."""
        written: dict[str, Any] = write(self)
        return {k: v for k, v in written.items() if k != "statement" or v is not None}


class ReportMade(Record):
    """A signed report; `statement` is the digest of the payload that was signed."""

    type: Literal["report"] = "report"
    name: Name
    model: Name
    dossier: Digest
    statement: Digest
    verdict: Verdict
    signed_at: Time
