"""Metric points: a figure at a step of a training run."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ftgov.records.absence import Stated
from ftgov.records.base import Count, Name, Record
from ftgov.records.observation import Observation


class MetricPoint(Record):
    """One figure of a training run at one step."""

    type: Literal["metric"] = "metric"
    name: Name
    job: Name
    step: Count
    total_steps: Count | None = None
    split: Literal["train", "valid", "full_valid"] = "train"
    metric: str = Field(min_length=1, max_length=128, description="loss, mean_token_accuracy ...")
    value: Stated[float] = Field(description="absent with its reason where a host gave NaN")
    source: Literal["event", "checkpoint", "csv", "trainer_state"]
    observation: Observation | None = None
