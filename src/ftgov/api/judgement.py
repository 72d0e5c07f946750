"""What the law says today of a recorded system, with all that people and analyzers have shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ftgov.api.audits import key_of
from ftgov.api.law import day, shipped_pack
from ftgov.api.lineage import subject_of
from ftgov.api.reached import require
from ftgov.api.standing import standing_of
from ftgov.dossier.assess import classify_subject
from ftgov.errors import UsageError
from ftgov.law.facts import Unstated
from ftgov.law.pack_records import Pack
from ftgov.records.canonical import canonical_json
from ftgov.records.digest import digest_record
from ftgov.records.dossier import Assessment
from ftgov.records.duty_state import DutyState
from ftgov.records.entry import AssessmentMade
from ftgov.records.finding import Finding
from ftgov.records.law import Classification
from ftgov.records.model import ModelVersion
from ftgov.records.subject import Subject
from ftgov.records.system import FactValue, System
from ftgov.store.workspace import Workspace


class Judgement(NamedTuple):
    """The law on one system: what it rests on, the class, the duties, and what was re-opened."""

    system: System
    subject: Subject
    pack: Pack
    classification: Classification
    duties: tuple[DutyState, ...]
    values: Mapping[str, FactValue]
    reopened: Mapping[str, str]


def judged(
    workspace: Workspace,
    system: str,
    *,
    as_of: str,
    pack_id: str | None = None,
    unstated: Unstated = "unknown",
) -> Judgement:
    """Return what the law says of a recorded system on a day.

    Findings are those of the latest audit; where records changed since, they are stale.

    Raises:
        UsageError: If there is no such system or pack.
        NotAssessable: If the lineage of its model is broken.
    """
    found = _system(workspace, system)
    subject = subject_of(workspace, found.model, found.name)
    findings, stale = _findings(workspace, subject)
    return _judgement(
        found,
        subject,
        shipped_pack(as_of=as_of, pack_id=pack_id).pack,
        _Asked(as_of, unstated, findings, stale),
    )


def judged_without_lineage(
    workspace: Workspace,
    system: str,
    *,
    as_of: str,
    pack_id: str | None = None,
    unstated: Unstated = "unknown",
) -> Judgement:
    """Return what the law says of a recorded system whose model's lineage is broken.

    Raises:
        UsageError: If there is no such system or pack.
    """
    found = _system(workspace, system)
    subject = Subject(
        model=require(workspace, ModelVersion, found.model),
        system=found,
        standing=standing_of(workspace, found),
    )
    pack = shipped_pack(as_of=as_of, pack_id=pack_id).pack
    return _judgement(found, subject, pack, _Asked(as_of, unstated, (), stale=False))


class _Asked(NamedTuple):
    """The day, what an unstated fact means, and the findings to judge duties by."""

    as_of: str
    unstated: Unstated
    findings: tuple[Finding, ...]
    stale: bool


def _system(workspace: Workspace, name: str) -> System:
    if found := workspace.ledger.get(System, name):
        return found
    raise UsageError(
        f"There is no system '{name}' in this workspace.",
        next_step="Record it: ftgov record system NAME --model MODEL --facts FILE",
    )


def _judgement(system: System, subject: Subject, pack: Pack, asked: _Asked) -> Judgement:
    as_of, unstated, findings, stale = asked
    law = classify_subject(subject, pack, day(as_of), findings, stale=stale, unstated=unstated)
    assert law.classification is not None, "a system is classified"
    return Judgement(
        system, subject, pack, law.classification, law.duties, law.values, law.reopened
    )


def _findings(workspace: Workspace, subject: Subject) -> tuple[tuple[Finding, ...], bool]:
    """Return the findings of the latest audit, and whether they are stale."""
    made = workspace.ledger.get(AssessmentMade, key_of(subject))
    if made is None:
        return (), False
    with workspace.evidence.open(made.assessment.digest) as stream:
        assessment = Assessment.model_validate(canonical_json(stream.read()))
    return assessment.findings, made.subject != digest_record(subject)
