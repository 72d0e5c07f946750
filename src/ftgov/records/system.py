"""Systems: a model version put to a purpose. The law classifies systems, not models."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ftgov.records.base import Name, Record
from ftgov.records.evidence import Evidence
from ftgov.records.observation import Observation
from ftgov.records.operation import Operation

FactValue = bool | str | list[str] | dict[str, str] | None
"""A fact's value; numbers are kept as the decimal text they were written in, None is unknown."""


class System(Record):
    """A deployed or planned system: its model, its intended purpose, and the facts the law asks."""

    type: Literal["system"] = "system"
    name: Name
    model: Name
    intended_purpose: str = Field(min_length=1, max_length=20_000)
    facts: dict[str, FactValue]
    facts_file: Evidence = Field(description="the file the facts were read from")
    operation: Operation | None = None
    observation: Observation | None = None
