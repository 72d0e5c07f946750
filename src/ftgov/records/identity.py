"""Identity documents: who a party is, kept where it can be erased.

The document holds its own salt, 16 random bytes, so that its digest, which stays in the ledger for
good, can't be found by trying names.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ftgov.records.base import Name, Record


class Identity(Record):
    """Who a person is; the content of an erasable file, never part of a ledger entry."""

    type: Literal["identity"] = "identity"
    party: Name
    salt: str = Field(pattern=r"^[0-9a-f]{32}$")
    known_as: tuple[str, ...] = Field(min_length=1, description="what `--actor` may call them")
    legal_name: str | None = None
    contact: str | None = None

    @property
    def shown(self) -> str:
        """What to call the person in front of people."""
        return self.legal_name or self.known_as[0]
