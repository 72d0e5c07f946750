"""Audits: run the analyzers on a model and keep the assessment, bound to the state it saw."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ftgov.api.clock import Moment, moment_of
from ftgov.api.law import shipped_pack
from ftgov.api.lineage import subject_of
from ftgov.api.recording import ACTOR, append
from ftgov.api.special_categories import require_ground
from ftgov.dossier.assess import Circumstances, assess
from ftgov.dossier.kept import read_assessment
from ftgov.errors import LedgerTampered, NotAssessable
from ftgov.records.canonical import canonical_bytes
from ftgov.records.digest import bare, digest_record
from ftgov.records.dossier import AnalysisSettings, Assessment
from ftgov.records.entry import AssessmentMade
from ftgov.records.evidence import Evidence
from ftgov.records.subject import Subject
from ftgov.store.workspace import Workspace

PACK_FILE = "law-pack.json"


class Current(NamedTuple):
    """The latest assessment of a model, and the evidence record of its bytes."""

    assessment: Assessment
    evidence: Evidence


def key_of(subject: Subject) -> str:
    """Return the name under which the ledger keeps what was found about a model in a system."""
    if subject.system is None:
        return subject.model.name
    pair = digest_record([subject.model.name, subject.system.name])
    return f"{subject.model.name}.{bare(pair)[:12]}"


def _keep(workspace: Workspace, assessment: Assessment, actor: str) -> Evidence:
    subject = assessment.subject
    kept = workspace.evidence.put_bytes(
        canonical_bytes(assessment), name="assessment.json", media_type="application/json"
    )
    made = AssessmentMade(
        name=key_of(subject),
        model=subject.model.name,
        system=subject.system.name if subject.system else None,
        assessed_at=assessment.assessed_at,
        assessment=kept,
        subject=digest_record(subject),
    )
    append(workspace, [made], actor=actor, recorded_at=assessment.assessed_at)
    return kept


def audit(
    workspace: Workspace,
    model: str,
    *,
    system: str | None = None,
    analyzers: Sequence[str] = (),
    settings: AnalysisSettings | None = None,
    law_pack: str | None = None,
    now: str | Moment | None = None,
    actor: str = ACTOR,
) -> Assessment:
    """Audit a model: all analyzers, and the law on the system it serves.

    Args:
        workspace: Where model and evidence are.
        model: The model's name.
        system: The system it is audited for; needed only where the model serves several.
        analyzers: Which analyzers to run; empty for all.
        settings: The confidence level of the intervals.
        law_pack: The law pack's id; by default the one in force at `now`.
        now: The time of the audit, RFC 3339 UTC; by default the present.
        actor: Who asks for it.

    Returns:
        The assessment, which is now in the ledger as well.

    Raises:
        UsageError: If a name is unknown.
        NotAssessable: If the model's lineage is broken, or declared special categories of personal
            data lack their ground.
        LedgerTampered: If the ledger is not what was written.
    """
    moment = moment_of(now).text
    _require_ledger(workspace)
    subject = subject_of(workspace, model, system)
    pack = shipped_pack(as_of=moment[:10], pack_id=law_pack)
    require_ground(subject, pack.pack, moment[:10])
    circumstances = Circumstances(moment, workspace.ledger.head(), settings or AnalysisSettings())
    assessment = assess(subject, workspace.evidence, pack.pack, circumstances, analyzers)
    workspace.evidence.put_bytes(
        canonical_bytes(pack.files), name=PACK_FILE, media_type="application/json"
    )
    _keep(workspace, assessment, actor)
    return assessment


def _require_ledger(workspace: Workspace) -> None:
    """Recompute the ledger before anything is concluded from it.

    Raises:
        LedgerTampered: If an entry is not what was written; names the first.
    """
    if faults := workspace.ledger.verify().faults:
        raise LedgerTampered(
            f"The ledger was changed: {faults[0]}",
            next_step="ftgov log --verify lists all faults; restore the workspace from a copy.",
        )


def current_assessment(workspace: Workspace, model: str, system: str | None = None) -> Current:
    """Return the latest assessment of a model, if it still speaks of what is recorded today.

    Raises:
        NotAssessable: If the model was never audited, anything about it was recorded since, or a
            file behind it is gone or changed.
        LedgerTampered: If the ledger is not what was written.
    """
    _require_ledger(workspace)
    subject = subject_of(workspace, model, system)
    made = workspace.ledger.get(AssessmentMade, key_of(subject))
    again = f"ftgov audit {model}"
    if made is None:
        raise NotAssessable(
            f"The model '{model}' was never audited as it is recorded now.",
            why="A gate runs no analyzer; it judges an assessment that exists.",
            next_step=again,
        )
    if digest_record(subject) != made.subject:
        raise NotAssessable(
            f"The audit of '{model}' is stale: its records changed after {made.assessed_at}.",
            why="An assessment is bound to the exact model, data and answers that it saw.",
            next_step=again,
        )
    for file in subject.evidence():
        workspace.evidence.open(file.digest).close()
    with workspace.evidence.open(made.assessment.digest) as stream:
        content = stream.read()
    assessment = read_assessment(content, made.assessment.digest)
    if digest_record(assessment.subject) != made.subject:
        raise NotAssessable(
            f"The assessment that the ledger names for '{model}' speaks of something else.",
            why=f"It is about {assessment.subject.model.name} as it was recorded at another time.",
            next_step=again,
        )
    return Current(assessment, made.assessment)
