"""Evaluation runs: what another tool measured of a model, with its results file kept as it is."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from ftgov.records.absence import Absent, Stated
from ftgov.records.base import Count, Name, Record, Scalar, Time
from ftgov.records.digest import Digest
from ftgov.records.evidence import Evidence
from ftgov.records.observation import Observation


class EvaluationMetric(Record):
    """One figure of a foreign evaluation, as its results state it."""

    name: str = Field(min_length=1, max_length=255)
    model: Name | None = Field(default=None, description="which of several models it is about")
    value: Stated[float]
    unit: str = "1"
    better: Literal["higher", "lower"] | None = None
    n: Count | None = None
    low: float | None = None
    high: float | None = None
    level: float | None = Field(default=None, gt=0, lt=1, description="nominal coverage")
    method: str | None = Field(default=None, description="how the interval was made")
    threshold: float | None = None
    slice: dict[str, str | None] = {}

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if (self.low is None) != (self.high is None):
            raise ValueError(f"{self.name}: an interval has both ends or none")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"{self.name}: the interval's lower end lies above its upper end")
        if self.low is not None and isinstance(self.value, Absent):
            raise ValueError(f"{self.name}: a figure without a value has no interval")
        return self


class Grader(Record):
    """What judged the answers: a program, a model with its prompt, or people."""

    name: str = Field(min_length=1, max_length=255)
    version: str | None = None
    prompt: Digest | None = Field(default=None, description="digest of the grading prompt")


class EvaluationRun(Record):
    """One run of a foreign evaluation on one or more models, such as a base and its tune."""

    type: Literal["evaluation-run"] = "evaluation-run"
    name: Name
    models: tuple[Name, ...] = Field(min_length=1)
    model_identities: dict[Name, Digest] = Field(
        default={}, description="identity of each model when the run was recorded"
    )
    dataset: Name | None = None
    benchmark: str | None = Field(default=None, description="a public data set, in its own words")
    revision: str | None = Field(default=None, description="of the data set or benchmark")
    tool: str = Field(min_length=1, max_length=128)
    tool_version: str | None = None
    grader: Stated[Grader] = None
    parameters: dict[str, Scalar] = Field(default={}, description="sampling parameters")
    seed: Stated[int] = None
    items: Count | None = None
    metrics: tuple[EvaluationMetric, ...] = ()
    groups: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    results: Evidence = Field(description="the tool's own results file")
    evaluator: Literal["provider", "deployer", "third_party"] | None = None
    started_at: Time | None = None
    finished_at: Time | None = None
    observation: Observation | None = None
