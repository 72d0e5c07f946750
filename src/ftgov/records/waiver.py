"""Waivers: a rule that somebody suspends for one model, for a time, with a reason."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from ftgov.records.base import Name, Record, Time
from ftgov.records.digest import Digest


class Waiver(Record):
    """A rule's failure that is accepted until a day."""

    type: Literal["waiver"] = "waiver"
    name: Name
    rule: str = Field(min_length=1, max_length=128, description="for example FTG-FAIR-001")
    model: Name
    system: Name | None = None
    assessment: Digest | None = Field(default=None, description="the one it was granted on")
    reason: str = Field(min_length=1, max_length=20_000)
    conditions: str | None = None
    granted_by: Name = Field(description="a party")
    granted_at: Time
    expires_at: Time

    @model_validator(mode="after")
    def _ends(self) -> Self:
        if self.expires_at <= self.granted_at:
            raise ValueError("a waiver expires after it was granted")
        return self
