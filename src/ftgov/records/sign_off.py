"""Sign-offs: a person's decision on an assessment, in a role."""

from __future__ import annotations

from typing import Final, Literal

from pydantic import Field

from ftgov.records.base import Name, Record, Time
from ftgov.records.digest import Digest
from ftgov.records.evidence import Evidence

SIGN_OFF_PREDICATE: Final = "https://ftgov.dev/attestation/sign-off/v1"
"""The type of what a person signs under an assessment: `decision`, `role`, `reason`, `signedAt`."""


class SignOff(Record):
    """What somebody decided about a model, on the assessment they saw."""

    type: Literal["sign-off"] = "sign-off"
    name: Name
    model: Name
    system: Name | None = None
    assessment: Digest
    role: str = Field(min_length=1, max_length=128)
    party: Name
    decision: Literal["approve", "reject"]
    reason: str = Field(default="", max_length=20_000)
    decided_at: Time
    statement: Evidence | None = Field(default=None, description="the signed statement's bytes")
