"""Events: what a host said while a job ran."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ftgov.records.base import Count, Name, Record, Time
from ftgov.records.digest import Digest
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


class JobEvents(Record):
    """All that a host said while a job ran, as one record: how many events, and of which kind.

    Their exact bytes are in the capture of the archived job. Those that need no second look are
    there alone and are derived on demand; checks of safety, warnings, events of an unknown type and
    flagged ones have a `JobEvent` each beside this.
    """

    type: Literal["job-events"] = "job-events"
    name: Name = Field(description="that of the job")
    job: Name
    count: Count
    kinds: dict[str, Count] = Field(description="how many of each type, in the host's words")
    levels: dict[str, Count] = Field(description="how many of each level, in the host's words")
    first_at: Time | None = None
    last_at: Time | None = None
    single: Count = Field(description="how many have a record of their own")
    content: Digest = Field(description="of the events' own JSON, keys sorted, in order")
    observation: Observation | None = None
