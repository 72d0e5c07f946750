"""Parties: the people and organisations that answer for something."""

from __future__ import annotations

from typing import Literal

from ftgov.records.base import Name, Record


class Party(Record):
    """A person, organisation or account, with the role it holds."""

    type: Literal["party"] = "party"
    name: Name
    role: Literal["provider", "deployer", "approver", "reviewer", "signer"]
    legal_name: str | None = None
    contact: str | None = None
