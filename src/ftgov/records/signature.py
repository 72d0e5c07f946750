"""Signatures: which key signed which bytes, and what vouches for the time."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ftgov.records.base import Name, Record, Time
from ftgov.records.digest import Digest
from ftgov.records.evidence import Evidence


class SignatureMade(Record):
    """A signature that was made over something in this workspace."""

    type: Literal["signature"] = "signature"
    name: Name
    signed: Digest = Field(description="digest of the bytes that were signed")
    kind: Literal["report", "sign-off", "waiver", "tree-head", "trust-pack", "other"]
    report: Name | None = None
    key: Digest = Field(description="sha256 of the key's SubjectPublicKeyInfo")
    algorithm: str = Field(min_length=1, description="for example ecdsa-p256-sha256")
    signer: Name | None = Field(default=None, description="a party")
    signed_at: Time
    time: Literal["rfc3161", "claimed"] = "claimed"
    envelope: Evidence | None = None
