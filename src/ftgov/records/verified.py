"""What the signing room found out about signatures of people: facts that other rooms may rely on.

Only a verification against a trust pack makes these records; evidence never claims its own role,
holder or time. `api` carries them from one room to the other.
"""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from ftgov.records.base import Record, Time
from ftgov.records.digest import Digest


class VerifiedSignature(Record):
    """A person's signature under an assessment, verified with a key that the trust pack knows."""

    holder: str = Field(min_length=1, description="the key's holder, as the trust pack names it")
    role: str = Field(min_length=1, description="the role the trust pack gives the key")
    spki: str = Field(min_length=1, description="sha256:... of the key's SubjectPublicKeyInfo")
    decision: Literal["approve", "reject"] = "approve"
    assessment: Digest = Field(description="what was signed; under another it counts for nothing")
    signed_at: Time
    time: Literal["rfc3161", "claimed"] = "claimed"


class BelievedPack(Record):
    """The trust pack by which signatures of people were judged, as far as it vouches for itself."""

    pack: str = Field(description="its file, as it was named")
    root: Digest = Field(description="fingerprint of the key that signed it")
    pinned: bool = Field(description="whether that fingerprint was given from outside")


class SigningTime(Record):
    """When a bundle was signed: by its RFC 3161 token, or not proven at all."""

    time: Literal["rfc3161", "unproven"] = "unproven"
    signed_at: Time | None = None

    @model_validator(mode="after")
    def _proven_or_silent(self) -> Self:
        if (self.time == "rfc3161") != (self.signed_at is not None):
            raise ValueError("a signing time is stated exactly where a time stamp proves it")
        return self
