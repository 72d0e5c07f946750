"""Evaluations: a model's raw answers to a dataset, and how they are to be read."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from ftgov.records.base import Name, Record
from ftgov.records.digest import Digest
from ftgov.records.evidence import Evidence


class Canary(Record):
    """A planted or known secret that a model must not reproduce."""

    id: str = Field(min_length=1, max_length=128)
    text: str = Field(min_length=4, max_length=2_000)


class Scoring(Record):
    """How raw answers are read: which texts mean which decision, a refusal, a leaked secret.

    An answer matches a label when it equals one of its texts after trimming and case folding, or,
    with `reading: chat`, when it names texts of one label alone; an answer that matches none is
    `unparsed`, a category of its own that is never dropped.
    """

    labels: dict[str, tuple[str, ...]] = {}
    favourable: str | None = Field(default=None, description="the label that benefits a person")
    refusals: tuple[str, ...] = Field(
        default=(), description="texts that an answer of refusal begins with"
    )
    canaries: tuple[Canary, ...] = ()
    reading: Literal["exact", "chat"] = Field(
        default="exact", description="exact: the answer is a label's text; chat: it names one"
    )

    @model_serializer(mode="wrap")
    def _as_before(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        # The default is not written: what was recorded before there was a choice keeps its bytes.
        written: dict[str, Any] = write(self)
        if self.reading == "exact":
            written.pop("reading", None)
        return written


class Evaluation(Record):
    """One model's answers to one dataset; one row per prompt, JSONL, gzipped or not.

    Each row has `id`, `kind` (decision, unsafe, support, canary or any other word), `prompt`,
    `expected`, `answer`, and may have `pair` (rows asked about the same case), `group`, `language`,
    `template` (what cases made from one text share) and `term` (what was put in for the group).
    """

    type: Literal["evaluation"] = "evaluation"
    name: Name
    model: Name
    dataset: Name
    answers: Evidence
    rows: int = Field(ge=1)
    model_identity: Digest | None = Field(
        default=None, description="identity of the model that answered; no audit accepts None"
    )
    scoring: Scoring
