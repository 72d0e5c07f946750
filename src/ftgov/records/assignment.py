"""Role assignments: who answers for what, from when to when, and by whose word."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from ftgov.records.base import Name, Record, Time
from ftgov.records.observation import Observation


class Scope(Record):
    """What an assignment is about: everything, or one recorded thing."""

    type: Literal["workspace", "model", "system", "dataset"]
    name: Name | None = Field(default=None, description="None: the whole workspace")

    @model_validator(mode="after")
    def _named(self) -> Self:
        if (self.name is None) != (self.type == "workspace"):
            raise ValueError("a scope names a model, system or dataset, or is the workspace")
        return self


class Assignment(Record):
    """A role that a party holds, in a scope and for a time.

    Several at once are several assignments; ending one is a new entry under the same name.
    Roles of the law: Regulation (EU) 2024/1689 Article 3(3)-(8) and Article 14(2)-(4) (oversight).
    """

    type: Literal["assignment"] = "assignment"
    name: Name
    party: Name
    role: Literal[
        "provider",
        "deployer",
        "authorised-representative",
        "importer",
        "distributor",
        "human-oversight",
        "approver",
        "reviewer",
        "signer",
        "data-protection-officer",
    ]
    scope: Scope
    valid_from: Time
    valid_to: Time | None = Field(default=None, description="None: until further notice")
    observation: Observation | None = Field(default=None, description="None: a person typed it")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.valid_to is not None and self.valid_to <= self.valid_from:
            raise ValueError(f"valid_to {self.valid_to} is not after valid_from {self.valid_from}")
        return self
