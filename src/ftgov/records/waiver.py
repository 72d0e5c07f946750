"""Waivers: a rule that somebody suspends for one model, for a time, with a reason.

A waiver counts only as signed by two people: the terms below are the predicate of a statement that
an author and an approver sign, each with a key of their own.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, Literal, Self

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from ftgov.records.base import Name, Record, Time
from ftgov.records.digest import Digest, digest_record
from ftgov.records.subject import Subject

WAIVER_PREDICATE: Final = "https://ftgov.dev/attestation/waiver/v1"
"""The type of what author and approver sign: `waiver`, `hand` and `signedAt`."""

LONGEST_DAYS: Final = 90
"""The longest that a waiver may last from the moment it was granted."""

_SINCE = (
    *("version_from", "version_to", "model_identity", "max_uses"),
    *("rule_digest", "rule_title", "gate"),
)


def weights_of(subject: Subject) -> Digest:
    """Return what a waiver knows a model by: its weights, those of an applied adapter included."""
    adapters = [m.identity for m in subject.related if m.name == subject.model.adapter]
    return digest_record([subject.model.identity, *adapters])


def is_blank(reason: str) -> bool:
    """Return whether a text shows nothing: no character of it is printed, or only spaces are."""
    return not any(sign.isprintable() and not sign.isspace() for sign in reason)


class Waiver(Record):
    """A rule's failure that is accepted until a day: the terms that people sign."""

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
    version_from: int | None = Field(default=None, ge=1, description="first version of the rule")
    version_to: int | None = Field(default=None, ge=1, description="last version of the rule")
    model_identity: Digest | None = Field(default=None, description="of the weights, not the name")
    max_uses: int | None = Field(default=None, ge=1, description="how many assessments may use it")
    rule_digest: Digest | None = Field(default=None, description="of what the rule asks for")
    rule_title: str | None = Field(default=None, description="what the rule is called")
    gate: str | None = Field(default=None, description="the gate that the rule was read from")

    @model_validator(mode="after")
    def _ends(self) -> Self:
        if datetime.fromisoformat(self.expires_at) <= datetime.fromisoformat(self.granted_at):
            raise ValueError("a waiver expires after it was granted")
        if (self.version_to or self.version_from or 1) < (self.version_from or 1):
            raise ValueError("the last version of the rule lies before the first")
        return self

    @model_serializer(mode="wrap")
    def _written(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out what older waivers do not have, so that they keep their old bytes."""
        written: dict[str, Any] = write(self)
        return {k: v for k, v in written.items() if k not in _SINCE or v is not None}


class VerifiedWaiver(Record):
    """A waiver as its signatures were verified: whose they are, and why it can't count if so."""

    terms: Waiver
    statement: Digest | None = Field(description="digest of the author's signed statement")
    author: str = Field(description="the holder of the author's key; empty where nobody signed")
    approver: str = Field(description="the holder of the approver's key; empty where nobody did")
    approval: Digest | None = Field(
        default=None, description="digest of the approver's signed statement"
    )
    uses: int = Field(default=0, ge=0, description="other assessments that it was applied to")
    fault: str | None = Field(default=None, description="why it can't count, as a clause")
