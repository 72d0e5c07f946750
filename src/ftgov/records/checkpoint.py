"""Checkpoints: a model as it stood at a step of a job."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ftgov.records.base import Count, Name, Record, Time
from ftgov.records.model import WeightFile
from ftgov.records.observation import Observation


class SharedWith(Record):
    """A project that was given the right to use a checkpoint."""

    project: str = Field(min_length=1)
    permission: str | None = Field(default=None, description="the host's id of the right")
    by: Name | None = Field(default=None, description="the party that gave it")
    at: Time | None = None


class Checkpoint(Record):
    """A model as it stood at a step of a job."""

    type: Literal["checkpoint"] = "checkpoint"
    name: Name
    job: Name
    step: Count
    model: Name | None = Field(default=None, description="the model version that was made of it")
    native_name: str | None = None
    created_at: Time | None = None
    metrics: dict[str, float] = {}
    shared_with: tuple[SharedWith, ...] = ()
    weights: tuple[WeightFile, ...] = ()
    observation: Observation | None = None
