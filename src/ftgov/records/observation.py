"""Observations: where a record's content was seen, by what means, and how sure that is."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ftgov.records.base import Record, Time
from ftgov.records.digest import Digest


class Observation(Record):
    """Where and when an imported record was seen; what a person typed has none.

    A later look at the same thing is a new ledger entry under the same name, so that each
    observation stays.
    """

    provider: str = Field(min_length=1, max_length=128, description="openai, azure, local ...")
    tenant: str | None = Field(default=None, description="the organisation or account there")
    native_id: str | None = Field(default=None, description="the thing's own id there")
    observed_at: Time
    source: Literal["api", "file", "human", "inferred"]
    raw: Digest | None = Field(default=None, description="digest of the bytes that were seen")
    assurance: Literal["verified", "asserted", "inferred", "unknown"] = "unknown"
