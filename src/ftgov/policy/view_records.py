"""Records of an assessment as policies see them: subject, job, duties, special categories."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ftgov.records.digest import Digest
from ftgov.records.duty_state import DutyState
from ftgov.records.holder import folded
from ftgov.records.job import Job
from ftgov.records.special_category import basis_faults, stated_of
from ftgov.records.subject import Subject
from ftgov.records.verified import VerifiedSignature

SUBJECT_FIELDS = ("model", "kind", "job", "base", "weights", "system")
JOB_FIELDS = (
    "name",
    "method",
    "provider",
    "base",
    "train",
    "validation",
    "region",
    "seed",
    "state",
)
DUTY_FIELDS = ("state", "evidence", "note", "shown_by")
SPECIAL_FIELDS = ("declared", "said", "columns", "grounds", "faults")
SIGNATURE_FIELDS = (
    *("name", "holder", "person", "role", "spki", "decision", "signed_at", "time", "verified"),
)


def subject_seen(subject: Subject) -> dict[str, Any]:
    """Return the lineage; a tuned model that applies an adapter counts the adapter's files too."""
    adapter = next((m for m in subject.related if m.name == subject.model.adapter), None)
    every = {
        "model": subject.model.name,
        "kind": subject.model.kind,
        "job": subject.job.name if subject.job else None,
        "base": subject.base.name if subject.base else None,
        "weights": len(subject.model.weights) + (len(adapter.weights) if adapter else 0),
        "system": subject.system.name if subject.system else None,
    }
    return _stated(every)


def job_seen(job: Job | None) -> dict[str, Any]:
    """Return what is recorded of the job that made the model; what nobody stated is absent."""
    if job is None:
        return {}
    every = {
        "name": job.name,
        "method": None if job.method == "unknown" else job.method,
        "provider": job.provider,
        "base": job.base,
        "train": job.datasets.get("train"),
        "validation": job.datasets.get("validation"),
        "region": job.region if isinstance(job.region, str) else None,
        "seed": job.seed,
        "state": job.status.normal if job.status else "succeeded",
    }
    return _stated(every)


def duties_seen(duties: Iterable[DutyState]) -> dict[str, Any]:
    """Return how each duty stands, by its id; one that stands twice is left out."""
    found: dict[str, Any] = {}
    twice: set[str] = set()
    for duty in duties:
        if duty.id in found:
            twice.add(duty.id)
        shown = [{"by": item.by, "state": item.state, "note": item.note} for item in duty.shown_by]
        every = {
            "state": duty.state,
            "evidence": duty.evidence,
            "note": duty.note,
            "shown_by": shown,
        }
        found[duty.id] = _stated(every)
    return {identity: duty for identity, duty in found.items() if identity not in twice}


def special_seen(subject: Subject) -> dict[str, Any]:
    """Return what is said of special categories of personal data, and what is wrong with it.

    What was gathered is held against the datasets' own records: said there and not here, or the
    other way round, it is a fault, and what either of them says is held.
    """
    special = subject.special
    own = [said for dataset in subject.datasets if (said := stated_of(dataset))]
    differ = {each.name: each.categories for each in own} != {
        each.name: each.categories for each in special.stated
    }
    faults = basis_faults(special)
    if differ:
        faults = (*faults, "the datasets' records say something else than was gathered from them")
    return {
        "declared": special.held or any(each.categories for each in own),
        "said": [each.name for each in special.stated],
        "columns": [f"{one.name}.{column}" for one in special.columns for column in one.columns],
        "grounds": [
            _stated({"dataset": base.name, "basis": base.basis, "delete_by": base.delete_by})
            for base in special.bases
        ],
        "faults": list(faults),
    }


def signatures_seen(
    signatures: Sequence[VerifiedSignature], assessment: Digest
) -> list[dict[str, Any]]:
    """Return the verified signatures under this very assessment; others count for nothing."""
    return [
        {
            "name": one.holder,
            "holder": one.holder,
            "person": folded(one.holder),
            "role": one.role,
            "spki": one.spki,
            "decision": one.decision,
            "signed_at": one.signed_at,
            "time": one.time,
            "verified": True,
        }
        for one in signatures
        if one.assessment == assessment
    ]


def _stated(every: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in every.items() if value is not None}
