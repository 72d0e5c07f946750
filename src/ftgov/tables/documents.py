"""A job's own JSON documents: the trainer's log, the energy tool's record."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from ftgov.errors import NotAssessable
from ftgov.records.canonical import strict_json
from ftgov.records.evidence import Evidence, EvidenceReader

_LARGEST = 256 << 20


class Document(NamedTuple):
    """A JSON object that a tool wrote, and how its faults are told.

    Such a file is a tool's by-product: one that is odd leaves its own figures without a value and
    is named in the audit, but is no reason to look at nothing else.

    Attributes:
        file: The file as recorded.
        kind: What it is, as in "The trainer log".
        advice: What to do where it is malformed.
    """

    file: Evidence
    kind: str
    advice: str

    def content(self, evidence: EvidenceReader) -> dict[str, Any]:
        """Return the object that the file holds.

        Raises:
            NotAssessable: If it is absent, larger than 256 MiB, no strict JSON or no object.
        """
        try:
            content = strict_json(self.read(evidence))
        except ValueError as fault:
            raise self.malformed(str(fault)) from fault
        if not isinstance(content, dict):
            raise self.malformed("it is no object")
        return content

    def read(self, evidence: EvidenceReader) -> bytes:
        """Return the file's bytes.

        Raises:
            NotAssessable: If it is absent or larger than 256 MiB.
        """
        with evidence.open(self.file.digest) as stream:
            text = stream.read(_LARGEST + 1)
        if len(text) > _LARGEST:
            raise self.malformed("it is larger than 256 MiB")
        return text

    def number(self, entry: dict[str, Any], name: str, where: str) -> float:
        """Return a finite number of an object.

        Raises:
            NotAssessable: If it is missing, no number or not finite; `where` names the object.
        """
        value = entry.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.malformed(f"{where}.{name} is no number")
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            raise self.malformed(f"{where}.{name} is not finite")
        return number

    def malformed(self, why: str) -> NotAssessable:
        """Return the error that the file is malformed, naming it."""
        return NotAssessable(
            f"The {self.kind} {self.file.name} is malformed.",
            why=f"{why[:1].upper()}{why[1:]}.",
            next_step=self.advice,
        )
