"""Events: what a host said while a job ran."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ftgov.records.base import Count, Name, Record, Time
from ftgov.records.observation import Observation


class JobEvent(Record):
    """One thing that a host said about a job, in its words."""

    type: Literal["event"] = "event"
    name: Name
    job: Name
    at: Time
    message: str
    level: Literal["info", "warn", "error", "unknown"] = "unknown"
    native_type: str | None = None
    kind: Literal["message", "metrics", "moderation_checks", "status", "other"] = "other"
    position: Count | None = Field(default=None, description="its place among the job's events")
    content: str | None = Field(default=None, description="its payload as JSON text, unread")
    observation: Observation | None = None
