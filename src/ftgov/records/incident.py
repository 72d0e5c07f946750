"""Incidents: what went wrong with a system in use, whom it hurt, and who was told.

Source: AI Act, Art. 3(49) (serious incident) and Art. 73 (reporting), Art. 55(1)(c) for models with
systemic risk; GDPR Art. 33 for personal data breaches.
"""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from ftgov.records.absence import Stated
from ftgov.records.base import Name, Record, Time
from ftgov.records.evidence import Evidence
from ftgov.records.observation import Observation

IncidentKind = Literal["serious_incident", "malfunction", "security", "data_breach", "near_miss"]
Harm = Literal[
    "death_or_health", "critical_infrastructure", "fundamental_rights", "property_or_environment"
]
"""The four of Art. 3(49)(a) to (d)."""


class Notification(Record):
    """That an authority or a person was told."""

    to: str = Field(min_length=1, max_length=255)
    at: Time
    reference: str | None = None


class Incident(Record):
    """Something that went wrong with a model or a system in use."""

    type: Literal["incident"] = "incident"
    name: Name
    model: Name | None = None
    system: Name | None = None
    kind: IncidentKind
    summary: str = Field(min_length=1, max_length=20_000)
    occurred_at: Stated[Time] = None
    known_at: Time = Field(description="when its provider or deployer became aware")
    harms: tuple[Harm, ...] = ()
    people_affected: Stated[int] = None
    cause: Stated[str] = None
    correction: str | None = None
    state: Literal["open", "closed"] = "open"
    notifications: tuple[Notification, ...] = ()
    files: tuple[Evidence, ...] = ()
    observation: Observation | None = None

    @model_validator(mode="after")
    def _about_something(self) -> Self:
        if self.model is None and self.system is None:
            raise ValueError("an incident is about a model or a system")
        if self.kind == "serious_incident" and not self.harms:
            raise ValueError("a serious incident names a harm of Art. 3(49)")
        if isinstance(self.occurred_at, str) and self.occurred_at > self.known_at:
            raise ValueError("an incident is known after it occurred")
        return self
