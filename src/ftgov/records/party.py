"""Parties: the people, organisations and accounts that answer for something."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from ftgov.records.base import Name, Record
from ftgov.records.evidence import Evidence

PartyKind = Literal["person", "organisation", "account", "unknown"]
"""What a party is; `unknown` is what records say that were made before it was asked."""


class Party(Record):
    """A person, organisation or account.

    What a public register says of an organisation stands here in clear. Of a person nothing does:
    the name is a random id, and who that is stands in an identity document that can be erased.
    """

    type: Literal["party"] = "party"
    name: Name
    kind: PartyKind = "unknown"
    role: Literal["provider", "deployer", "approver", "reviewer", "signer"] | None = Field(
        default=None, description="its main role; None: it only acts"
    )
    legal_name: str | None = None
    contact: str | None = None
    identity: Evidence | None = Field(default=None, description="a person's identity document")

    @model_validator(mode="after")
    def _no_name_in_clear(self) -> Self:
        if self.kind != "person":
            return self
        if self.legal_name is not None or self.contact is not None:
            raise ValueError("a person's name and contact stand in the identity document only")
        if self.identity is None or self.identity.sealed is None:
            raise ValueError("a person has an identity document, and it is erasable")
        return self
