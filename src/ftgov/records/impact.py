"""Impacts: what a withdrawn dataset or a retired base model takes with it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ftgov.records.base import Day, Name, Record


class Affected(Record):
    """Something that rests on what is withdrawn, and by what link nearest to it."""

    name: Name
    via: str = Field(description="`type/name` of the next thing on the shortest way")
    note: str = ""


class DatasetImpact(Record):
    """What is affected if a dataset is withdrawn."""

    dataset: Name
    datasets: tuple[Affected, ...] = Field(default=(), description="made of it")
    jobs: tuple[Affected, ...] = Field(default=(), description="trained or validated on it")
    models: tuple[Affected, ...] = Field(default=(), description="made by these jobs, and heirs")
    systems: tuple[Affected, ...] = ()
    evaluations: tuple[Affected, ...] = ()
    reports: tuple[Affected, ...] = ()
    sign_offs: tuple[Affected, ...] = ()
    waivers: tuple[Affected, ...] = ()
    missing: tuple[str, ...] = Field(default=(), description="named, never recorded")


class Stop(Record):
    """A model that needs the retired one at run time."""

    name: Name
    kind: str
    why: str
    stops_on: Day | None = Field(description="the earliest shutdown it meets; None: unknown")
    stopped: bool | None = Field(description="by the day that was asked for; None: unknown")


class Stay(Record):
    """A model that derives from the retired one and works without it."""

    name: Name
    kind: str
    why: str


class Hit(Record):
    """A system that uses a model that stops."""

    name: Name
    model: Name = Field(description="the model of its own that stops")
    effect: Literal["stops", "falls back", "loses its fallback", "out of service by then"]
    stops_on: Day | None
    note: str = ""


class ModelImpact(Record):
    """Which models stop working when a model retires, and which systems that hits."""

    model: Name
    as_of: Day
    shutdown: Day | None = Field(description="as recorded; None: no date is known")
    shutdown_note: str = ""
    training_retirement: Day | None = None
    deployment_retirement: Day | None = None
    stop: tuple[Stop, ...]
    keep: tuple[Stay, ...]
    systems: tuple[Hit, ...]
    missing: tuple[str, ...] = ()
