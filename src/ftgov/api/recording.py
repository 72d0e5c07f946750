"""Recording: what happened goes into the ledger, files go into the evidence store first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from ftgov.api.clock import Moment, moment_of, now_text
from ftgov.api.law import shipped_pack
from ftgov.errors import FtgovError, UsageError
from ftgov.intake.files import describe_file
from ftgov.intake.recording import SystemDraft, read_recording
from ftgov.intake.text_files import read_text
from ftgov.law.facts import parse_facts
from ftgov.records.base import Record
from ftgov.records.evaluation import Evaluation
from ftgov.records.evidence import Evidence
from ftgov.records.job import Job
from ftgov.records.model import ModelVersion
from ftgov.records.system import System
from ftgov.store.workspace import Workspace

ACTOR = "unnamed"


def keep_files(workspace: Workspace, files: Mapping[Path, Evidence]) -> None:
    """Put files into the evidence store, each under the digest it had when it was described.

    Raises:
        FtgovError: If a file changed since it was described, or can't be read or stored.
    """
    for path, evidence in files.items():
        kept = workspace.evidence.put_file(path, name=evidence.name, media_type=evidence.media_type)
        if kept.digest != evidence.digest:
            raise FtgovError(
                f"The file {path} changed while it was being recorded.",
                next_step="Record it again once nothing writes to it.",
            )


def build_system(draft: SystemDraft, facts: Path) -> System:
    """Return the record of a system whose facts file is checked against the law's fact ids.

    Raises:
        UsageError: If the file is absent, or a fact is unknown or malformed; names file and line.
    """
    pack = shipped_pack(as_of=now_text()[:10]).pack
    parsed = parse_facts(read_text(facts), pack, unstated="unknown", name=str(facts))
    return System(
        name=draft.name,
        model=draft.model,
        intended_purpose=draft.intended_purpose,
        facts={fact: parsed.values[fact] for fact in sorted(parsed.stated)},
        facts_file=describe_file(facts),
    )


def _bound(workspace: Workspace, records: Sequence[Record]) -> list[Record]:
    """Bind answers and jobs to the very models that they speak of, not to names alone."""
    recorded = {model.name: model for model in workspace.ledger.every(ModelVersion)}
    recorded |= {model.name: model for model in records if isinstance(model, ModelVersion)}
    found: list[Record] = []
    for each in records:
        if isinstance(each, Evaluation) and each.model in recorded:
            identity = recorded[each.model].identity
            found.append(each.model_copy(update={"model_identity": identity}))
        elif isinstance(each, Job):
            made = {name: recorded[name].identity for name in each.outputs if name in recorded}
            found.append(each.model_copy(update={"output_identities": made}))
        else:
            found.append(each)
    return found


def record(
    workspace: Workspace,
    records: Iterable[Record],
    files: Mapping[Path, Evidence],
    *,
    actor: str = ACTOR,
    now: str | Moment | None = None,
) -> list[str]:
    """Put records into the ledger in one transaction, their files into the evidence store before.

    Recording what is there already changes nothing; other content under the same name supersedes.

    Returns:
        `type/name` of each record, in order.
    """
    keep_files(workspace, files)
    bound = _bound(workspace, list(records))
    entries = workspace.ledger.append_all(bound, actor=actor, recorded_at=moment_of(now).text)
    return [f"{entry.type}/{entry.name}" for entry in entries]


def import_recording(
    workspace: Workspace,
    folder: Path | str,
    *,
    actor: str = ACTOR,
    now: str | Moment | None = None,
) -> list[str]:
    """Record all that a recording folder holds; see docs/reference/recording.md.

    Everything is read and checked before anything is stored.

    Raises:
        UsageError: If the folder or its manifest is absent or malformed.
        FtgovError: If a file can't be read; names the file and line.
    """
    place = Path(folder)
    if not place.is_dir():
        raise UsageError(
            f"There is no folder {place}.", next_step="Name the folder that holds recording.yaml."
        )
    recording = read_recording(place)
    systems = [build_system(draft, place / draft.facts) for draft in recording.systems]
    return record(workspace, [*recording.records, *systems], recording.files, actor=actor, now=now)
