"""Evaluation items: one question of an evaluation, with its answer and score."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ftgov.records.absence import Stated
from ftgov.records.base import Name, Record
from ftgov.records.digest import Digest
from ftgov.records.observation import Observation


class EvaluationItem(Record):
    """One item of an evaluation run; texts are known by digest, their bytes are evidence."""

    type: Literal["evaluation-item"] = "evaluation-item"
    name: Name
    run: Name
    item: str = Field(min_length=1, max_length=255, description="the item's id in the run")
    model: Name
    input: Digest
    output: Stated[Digest] = None
    expected: Stated[Digest] = None
    score: Stated[float] = None
    passed: Stated[bool] = None
    logprobs: Digest | None = None
    request_id: str | None = None
    group: str | None = None
    language: str | None = None
    observation: Observation | None = None
