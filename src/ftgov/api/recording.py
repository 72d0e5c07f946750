"""Recording: what happened goes into the ledger, files go into the evidence store first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ftgov.api.clock import Moment, moment_of, now_text
from ftgov.api.declared import require_agreement
from ftgov.api.law import shipped_pack
from ftgov.api.people import ACTOR, acting
from ftgov.errors import FtgovError, UsageError
from ftgov.intake.files import describe_file
from ftgov.intake.recording import SystemDraft, read_recording
from ftgov.intake.text_files import read_text
from ftgov.law.facts import parse_facts
from ftgov.records.base import Record
from ftgov.records.digest import Digest
from ftgov.records.evaluation import Evaluation
from ftgov.records.evidence import Evidence
from ftgov.records.job import Job
from ftgov.records.model import ModelVersion
from ftgov.records.system import System
from ftgov.store.ledger import Entry
from ftgov.store.workspace import Workspace

__all__ = [
    "ACTOR",
    "append",
    "build_system",
    "import_recording",
    "keep_files",
    "record",
]


def append(
    workspace: Workspace, records: Iterable[Record], *, actor: str, recorded_at: str
) -> list[Entry]:
    """Put records into the ledger in one transaction: the one way in which this room does it.

    Args:
        workspace: Whose ledger.
        records: The records, in order.
        actor: Who records them, as people know them; the ledger gets a party's id.
        recorded_at: When, as RFC 3339 UTC text.

    Raises:
        FtgovError: If one can't be recorded; none is recorded then.
    """
    known = acting(workspace, actor, recorded_at=recorded_at)
    return workspace.ledger.append_all(records, actor=known, recorded_at=recorded_at)


def append_after(
    workspace: Workspace, standing: Entry | None, record: Record, *, actor: str, recorded_at: str
) -> Entry | None:
    """Put one record into the ledger as `append` does, unless another stands than was judged by.

    Args:
        workspace: Whose ledger.
        standing: The entry of the record's type and name that was judged by; None for none.
        record: The record.
        actor: Who records it, as people know them.
        recorded_at: When, as RFC 3339 UTC text.

    Returns:
        Its entry; None, with nothing recorded, where another stands by now.
    """
    known = acting(workspace, actor, recorded_at=recorded_at)
    ledger = workspace.ledger
    return ledger.append_after(standing, record, actor=known, recorded_at=recorded_at)


def keep_files(
    workspace: Workspace, files: Mapping[Path, Evidence], *, erasable: bool = False
) -> dict[Digest, Evidence]:
    """Put files into the evidence store, each under the digest it had when it was described.

    Args:
        workspace: Where to.
        files: What was described.
        erasable: Keep each encrypted, under a key that can be destroyed.

    Returns:
        What is kept under each digest: as described, or sealed.

    Raises:
        FtgovError: If a file changed since it was described, or can't be read or stored.
    """
    found = {}
    for path, evidence in files.items():
        kept = workspace.evidence.put_file(
            path, name=evidence.name, media_type=evidence.media_type, erasable=erasable
        )
        if kept.digest != evidence.digest:
            raise FtgovError(
                f"The file {path} changed while it was being recorded.",
                next_step="Record it again once nothing writes to it.",
            )
        found[kept.digest] = kept
    return found


def _as_kept(value: Any, kept: Mapping[Digest, Evidence]) -> Any:
    """Return a record, or a part of one, whose files are those that were kept."""
    if isinstance(value, Evidence):
        at_rest = kept.get(value.digest)
        return value.model_copy(update={"sealed": at_rest.sealed}) if at_rest else value
    if isinstance(value, Record):
        parts = {name: getattr(value, name) for name in type(value).model_fields}
        changed = {name: _as_kept(part, kept) for name, part in parts.items()}
        return value.model_copy(
            update={name: part for name, part in changed.items() if part is not parts[name]}
        )
    if isinstance(value, tuple):
        return tuple(_as_kept(part, kept) for part in value)
    if isinstance(value, dict):
        return {key: _as_kept(part, kept) for key, part in value.items()}
    return value


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


def _models(workspace: Workspace, records: Sequence[Record]) -> dict[str, ModelVersion]:
    """Return the models that answers and jobs speak of: those that are recorded, or just now."""
    named = [each.model for each in records if isinstance(each, Evaluation)]
    named += [name for each in records if isinstance(each, Job) for name in each.outputs]
    entries = workspace.ledger.pick([("model", name) for name in dict.fromkeys(named)])
    known = {name: workspace.ledger.read(ModelVersion, one) for (_, name), one in entries.items()}
    return known | {model.name: model for model in records if isinstance(model, ModelVersion)}


def _bound(workspace: Workspace, records: Sequence[Record]) -> list[Record]:
    """Bind answers and jobs to the very models that they speak of, not to names alone."""
    recorded = _models(workspace, records)
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
    erasable: bool = False,
) -> list[str]:
    """Put records into the ledger in one transaction, their files into the evidence store before.

    Recording what is there already changes nothing; other content under the same name supersedes.

    Args:
        workspace: Where to.
        records: The records.
        files: Their files on disk, as they were described.
        actor: Who records them.
        now: When, RFC 3339 UTC; by default the present.
        erasable: Keep the files encrypted, each under a key that can be destroyed.

    Returns:
        `type/name` of each record, in order.

    Raises:
        UsageError: If a dataset is said to hold no special category while its columns say so.
    """
    records = list(records)
    require_agreement(workspace, records)
    kept = keep_files(workspace, files, erasable=erasable)
    if any(file.sealed for file in kept.values()):
        records = [_as_kept(each, kept) for each in records]
    bound = _bound(workspace, records)
    entries = append(workspace, bound, actor=actor, recorded_at=moment_of(now).text)
    for file in kept.values():
        if file.sealed and not workspace.evidence.has(file.digest):
            raise FtgovError(
                f"The file {file.name} was erased by somebody while it was being recorded.",
                why="It held the same content as evidence that was erased just now.",
                next_step="Record it again if it is to be kept.",
            )
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
