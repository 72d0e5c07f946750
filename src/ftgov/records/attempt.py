"""Attempts: that a call which costs money is about to be sent, recorded before it is."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ftgov.records.base import Count, Name, Record, Time


class Attempt(Record):
    """One sending of a paid call. Whoever's entry is the first of its name may send, once."""

    type: Literal["attempt"] = "attempt"
    name: Name
    job: Name
    number: Count
    provider: str = Field(min_length=1, max_length=128)
    tenant: str = Field(description="the organisation that the host named before")
    project: str | None = Field(default=None, description="the key's project, where it is known")
    at: Time
    mark: str = Field(pattern=r"^[0-9a-f]{16}$", description="random: tells two senders apart")
    outcome: Literal["open", "made", "refused"] = Field(
        default="open", description="open: sent or about to be, and nobody knows what came of it"
    )
