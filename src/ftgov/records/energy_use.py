"""Energy uses: what a job or an evaluation drew, as a figure with its range and its label."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from ftgov.records.absence import Stated
from ftgov.records.base import Name, Record, Time
from ftgov.records.digest import Digest
from ftgov.records.measurement import Assurance
from ftgov.records.observation import Observation


class Amount(Record):
    """A figure with the range it may lie in."""

    value: float = Field(ge=0)
    low: float = Field(ge=0)
    high: float = Field(ge=0)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.low <= self.value <= self.high:
            raise ValueError("a figure lies within its range")
        return self


class EnergyUse(Record):
    """The energy of one activity; CO2e is in kilograms."""

    type: Literal["energy-use"] = "energy-use"
    name: Name
    activity: Literal["training", "evaluation", "inference", "other"]
    job: Name | None = None
    run: Name | None = Field(default=None, description="an evaluation run")
    energy_kwh: Stated[Amount]
    co2e_kg: Stated[Amount] = None
    assurance: Assurance
    method: str = Field(min_length=1)
    tool: str | None = None
    region: Stated[str] = None
    factors: tuple[str, ...] = Field(default=(), description="ids of the factors it rests on")
    evidence: tuple[Digest, ...] = ()
    started_at: Time | None = None
    finished_at: Time | None = None
    observation: Observation | None = None
