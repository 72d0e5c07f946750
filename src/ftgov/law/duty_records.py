"""What a law pack says beside the rules: what shows that a duty is met, and what people are asked.

Read from `evidence.yaml` and `questions.yaml` of a pack.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from ftgov.records.base import Name, Record

Decides = Literal["full", "partial", "human", "information"]
Rests = Literal["purpose", "job"]
AnswerType = Literal["yes_no", "text", "date"]
KINDS = frozenset({"finding", "record", "answer", "sign-off"})
RECORDS = frozenset(
    {
        *("purpose", "classification", "data-origin", "data-files", "evaluations", "job"),
        *("provider-identity", "ledger", "compute", "special-category-basis"),
    }
)
"""What `record:` may name: kinds of stored records that show something."""


class EvidenceSpec(Record):
    """What shows that a duty is met, and who judges what.

    Attributes:
        decides: How far stored evidence decides; `information` for a fine.
        tool: What the tool decides itself, in words.
        judge: What a person must judge, in words.
        shown_by: `finding:<analyzer>`, `record:<kind>`, `answer:<question>` or
            `sign-off:<question>` (two people signed the answer); all are needed.
        fresh_days: After how many days an answer is stale; None for never.
        controls: Ids of the public OSCAL catalogue of the Act.
        checklists: The checklists that the duty stands in.
    """

    decides: Decides
    tool: str
    judge: str
    shown_by: tuple[str, ...] = ()
    fresh_days: int | None = Field(default=None, ge=1)
    controls: tuple[str, ...] = ()
    checklists: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _known_kinds(self) -> EvidenceSpec:
        for shown in self.shown_by:
            kind, _, name = shown.partition(":")
            if kind not in KINDS or not name or (kind == "record" and name not in RECORDS):
                raise ValueError(f"shown_by names '{shown}', which nothing can show")
        if bool(self.shown_by) == (self.decides == "information"):
            raise ValueError("shown_by is empty for information, and only there")
        return self


class Checklist(Record):
    """A selection of duties for one role or topic."""

    title: str
    reference: str


class FactQuestion(Record):
    """Why a fact of the classification is asked, who may answer, and what re-opens the answer."""

    why: str
    who: tuple[str, ...] = Field(min_length=1)
    rests_on: tuple[Rests, ...] = ()


class QuestionSpec(Record):
    """A question about a duty that only a person can answer."""

    id: Name
    settles: str = Field(description="id of the duty")
    reference: str
    question: str
    why: str
    type: AnswerType
    evidence: Literal["required", "optional"]
    who: tuple[str, ...] = Field(min_length=1)
    rests_on: tuple[Rests, ...] = ()
    four_eyes: bool = Field(default=False, description="author and approver sign, two people")
