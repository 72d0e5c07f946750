"""Findings in the ledger: which assessment found what, and where its figures are."""

from __future__ import annotations

from typing import Literal

from ftgov.records.base import Name, Record, Time
from ftgov.records.digest import Digest
from ftgov.records.finding import Finding


class FindingKept(Record):
    """A finding of an assessment that is kept on its own, to be followed up."""

    type: Literal["finding"] = "finding"
    name: Name
    model: Name
    system: Name | None = None
    assessment: Digest
    finding: Finding
    found_at: Time
