"""Erasures: that evidence was made unreadable for good, why, and on what legal basis.

The entry that recorded the evidence stays, and so does its digest: nothing in the ledger changes.
What is gone is the key, and with it all that the ciphertext said.

Source: Regulation (EU) 2016/679 (GDPR) Article 17.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ftgov.records.base import Name, Record, Time
from ftgov.records.digest import Digest

ERASURE_REQUEST = "GDPR Article 17(1)"
"""The legal basis where none other is named."""


class Erasure(Record):
    """Which keys are destroyed, and with them which evidence; written before they are."""

    type: Literal["erasure"] = "erasure"
    name: Name
    party: Name | None = Field(default=None, description="the person whose identity it was")
    digests: tuple[Digest, ...] = Field(min_length=1, description="of the content, not the key")
    keys: tuple[Name, ...] = Field(min_length=1, description="ids of the keys")
    reason: str = Field(min_length=1, max_length=2_000, description="without personal data")
    legal_basis: str = Field(default=ERASURE_REQUEST, min_length=1, max_length=200)
    erased_at: Time
