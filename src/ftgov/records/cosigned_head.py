"""Cosigned heads: what a witness remembers of a log that it watches for somebody else."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ftgov.records.base import Count, Name, Record, Time
from ftgov.records.digest import Digest


class HeadCosigned(Record):
    """The largest tree head of a log that was cosigned; later ones must have grown out of it."""

    type: Literal["cosigned-head"] = "cosigned-head"
    name: Name
    origin: str = Field(min_length=1, max_length=200, description="the log's own name")
    log_key: str = Field(description="the text of the log's public key")
    size: Count
    root: Digest
    witness: str = Field(description="the text of the public key that cosigned")
    cosigned_at: Time
