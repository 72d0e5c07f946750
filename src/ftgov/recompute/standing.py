"""What people's answers rest on, derived again: the modification's compute from the jobs."""

from __future__ import annotations

from ftgov.dossier.modification import with_compute
from ftgov.records.canonical import canonical_bytes
from ftgov.records.subject import Subject


def standing_faults(subject: Subject) -> list[str]:
    """Return what a subject states of its standing that does not follow from the rest of it."""
    derived = with_compute(subject).standing.compute
    if canonical_bytes(derived) == canonical_bytes(subject.standing.compute):
        return []
    return ["the modification's compute: the jobs give another"]
