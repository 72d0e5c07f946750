"""Absence: why a field has no value, where that matters.

Three things are kept apart. `null`: nothing was said. *Unknown*: it was asked, and nobody knows.
*Not applicable*: the question does not arise. Source: CycloneDX 1.7 and SPDX 3.0 tell NOASSERTION
from NONE in the same way.
"""

from __future__ import annotations

from typing import Literal, TypeAlias, TypeVar

from pydantic import Field

from ftgov.records.base import Record

T = TypeVar("T")


class Absent(Record):
    """Says that there is no value, and why."""

    absent: Literal["unknown", "not_applicable"]
    reason: str | None = Field(default=None, min_length=1, max_length=500)


UNKNOWN = Absent(absent="unknown")
"""It was asked, and nobody knows."""

NOT_APPLICABLE = Absent(absent="not_applicable")
"""The question does not arise."""

Stated: TypeAlias = T | Absent | None
"""A value, or why there is none; None where nothing was said."""


def known(value: T | Absent | None) -> T | None:
    """Return a stated value, or None where there is none, for whatever reason."""
    return None if isinstance(value, Absent) else value
