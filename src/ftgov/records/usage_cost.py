"""Usage costs: what a host charged for a span of time."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from ftgov.records.absence import Stated
from ftgov.records.base import Decimal, Name, Record, Time
from ftgov.records.observation import Observation


class UsageCost(Record):
    """One line of a bill. Hosts give no cost per job, so that a share of it is an allocation."""

    type: Literal["usage-cost"] = "usage-cost"
    name: Name
    start: Time
    end: Time
    project: str | None = None
    api_key: str | None = Field(default=None, description="the key's tracking id, never the key")
    line_item: str | None = None
    quantity: Stated[Decimal] = None
    unit: str | None = None
    amount: Decimal
    currency: str = Field(pattern=r"^[A-Z]{3}$", description="ISO 4217")
    job: Name | None = Field(default=None, description="the job that it is allocated to")
    allocation_rule: str | None = None
    observation: Observation | None = None

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.start > self.end:
            raise ValueError("a span of time ends after it starts")
        if self.job and not self.allocation_rule:
            raise ValueError("a cost that is allocated to a job says by which rule")
        return self
