"""Exchanges: what a model in use was asked and answered, kept as digests."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ftgov.records.absence import Stated
from ftgov.records.base import Count, Name, Record, Scalar, Time
from ftgov.records.digest import Digest
from ftgov.records.observation import Observation


class Side(Record):
    """One side of an exchange: the digest of its text, and where the encrypted text is."""

    digest: Digest = Field(description="salted where the text could be guessed")
    salted: bool = False
    kept: Digest | None = Field(default=None, description="digest of the encrypted evidence")
    tokens: Count | None = None


class Exchange(Record):
    """One input and output of a model in use. Source: AI Act, Art. 12 and 26(6) (logs)."""

    type: Literal["exchange"] = "exchange"
    name: Name
    model: Name
    system: Name | None = None
    at: Time
    input: Side
    output: Stated[Side]
    request_id: str | None = None
    conversation: str | None = None
    redaction: str | None = Field(default=None, description="what was taken out before hashing")
    parameters: dict[str, Scalar] = {}
    latency_ms: Count | None = None
    finish_reason: str | None = None
    flagged: Stated[bool] = Field(default=None, description="what the moderation said")
    tool_calls: tuple[str, ...] = Field(default=(), description="names of the tools it called")
    consent: Stated[str] = None
    retain_until: Stated[Time] = None
    observation: Observation | None = None
