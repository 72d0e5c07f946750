"""Special categories of personal data: declared columns are audited on a stated ground."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from pydantic import ValidationError

from ftgov.api.clock import Moment, moment_of, now_text
from ftgov.api.law import day
from ftgov.api.people import acting
from ftgov.api.recording import ACTOR, append, record
from ftgov.api.standing import special_of
from ftgov.dossier.assess import classify_subject
from ftgov.errors import NotAssessable, UsageError
from ftgov.intake.files import describe_file
from ftgov.intake.text_files import load_yaml
from ftgov.law.pack_records import Pack
from ftgov.records.dataset import Dataset
from ftgov.records.special_category import (
    BiasBasis,
    SpecialCategories,
    SpecialColumns,
    UploadOverride,
    basis_faults,
    upload_fault,
)
from ftgov.records.subject import Subject
from ftgov.store.workspace import Workspace


def declare_columns(
    workspace: Workspace, dataset: str, columns: Sequence[str], *, actor: str
) -> list[str]:
    """Record which columns of a dataset hold special categories of personal data.

    Raises:
        UsageError: If there is no such dataset.
    """
    _require_dataset(workspace, dataset)
    made = SpecialColumns(name=dataset, columns=tuple(dict.fromkeys(columns)))
    return record(workspace, [made], {}, actor=actor)


def record_basis(workspace: Workspace, dataset: str, path: Path, *, actor: str) -> list[str]:
    """Record the ground on which special columns of a dataset are used, from a YAML file.

    The file holds `columns`, `basis`, `reason`, `author`, and for the basis bias_detection the six
    `points` a to f and `delete_by`; it is kept as evidence that can be erased, since it names a
    person, who in the ledger is a party's id.

    Raises:
        UsageError: If the file is absent or malformed, or there is no such dataset.
    """
    _require_dataset(workspace, dataset)
    kept = describe_file(path)
    content = load_yaml(path)
    fields = {**content, "name": dataset, "file": kept} if isinstance(content, dict) else content
    try:
        made = BiasBasis.model_validate(fields)
        if made.delete_by:
            date.fromisoformat(made.delete_by)
    except ValueError as fault:
        first = fault.errors()[0] if isinstance(fault, ValidationError) else None
        where = ".".join(str(part) for part in first["loc"]) if first else "delete_by"
        raise UsageError(
            f"{path}: the field '{where}' cannot be recorded.",
            why=first["msg"] if first else str(fault),
            next_step="Correct it; nothing was recorded.",
        ) from fault
    author = acting(workspace, made.author, recorded_at=now_text())
    named = made.model_copy(update={"author": author})
    return record(workspace, [named], {path: kept}, actor=actor, erasable=True)


def _require_dataset(workspace: Workspace, name: str) -> None:
    if workspace.ledger.get(Dataset, name) is None:
        raise UsageError(
            f"There is no dataset '{name}' in this workspace.",
            next_step=f"Record it first: ftgov record dataset {name} ...",
        )


def require_ground(subject: Subject, pack: Pack, as_of: str) -> None:
    """Refuse to audit declared special columns under the AI Act without a ground.

    Article 4a(1) and (2) as amended permit bias work on any system or model; Article 10(5) as
    published only on high-risk systems. Another ground of Article 9(2) GDPR does as well.

    Raises:
        NotAssessable: Naming each column and what its ground lacks.
    """
    if pack.regime != "eu-ai-act" or not subject.special.held:
        return
    found = classify_subject(subject, pack, day(as_of)).classification
    permitted = "4a" in pack.rules or (found is not None and found.overall == "high_risk")
    if faults := basis_faults(subject.special, bias_detection=permitted):
        raise NotAssessable(
            f"Special categories of personal data may not be used yet: {'; '.join(faults)}.",
            why="Bias work on them rests on Art. 4a of the AI Act (Art. 10(5) as published), or on "
            "another ground of Art. 9(2) GDPR.",
            next_step=_next_step(subject.special),
        )


def _next_step(found: SpecialCategories) -> str:
    """Return what to record first: columns where only categories are stated, else the ground."""
    declared = {each.name for each in found.columns}
    lacking = [each.name for each in found.stated if each.categories and each.name not in declared]
    if lacking:
        return f"ftgov record special-columns {lacking[0]} --column NAME"
    return f"ftgov record special-basis {found.columns[0].name} --from FILE"


def refuse_upload(
    workspace: Workspace,
    dataset: str,
    override_reason: str | None,
    *,
    actor: str = ACTOR,
    now: str | Moment | None = None,
) -> UploadOverride | None:
    """Refuse to send a dataset with special categories of personal data to a hosted API.

    Call it before any byte leaves. Datasets that hold a file of the same digest count as well: the
    same bytes under another name are the same people's data. Point (d) of Article 4a(1).

    Args:
        workspace: Where the dataset is recorded.
        dataset: Its name.
        override_reason: Why a person decides otherwise; None or blank for no such decision.
        actor: Who decides.
        now: When, RFC 3339 UTC; by default the present.

    Returns:
        The decision as it now stands in the ledger, or None where nothing is declared.

    Raises:
        UsageError: If there is no such dataset.
        NotAssessable: If special categories are declared and no reason is given.
    """
    _require_dataset(workspace, dataset)
    every = {each.name: each for each in workspace.ledger.every(Dataset)}
    sent = {file.digest for file in every[dataset].files}
    same = {
        name: each
        for name, each in every.items()
        if name == dataset or sent & {file.digest for file in each.files}
    }
    found = special_of(workspace, same.values())
    if fault := upload_fault(found, override=override_reason):
        raise NotAssessable(
            f"'{dataset}' is not sent: {fault}.",
            why="Whoever hosts the API is another party.",
            next_step="Leave the columns out, or give the reason why they may be sent; it is "
            "recorded.",
        )
    if not found.held:
        return None
    moment = moment_of(now)
    made = UploadOverride(
        name=dataset,
        columns=tuple(dict.fromkeys(c for each in found.columns for c in each.columns)),
        categories=tuple(dict.fromkeys(c for each in found.stated for c in each.categories)),
        reason=(override_reason or "").strip(),
        author=acting(workspace, actor, recorded_at=moment.text),
        decided_at=moment.text,
    )
    append(workspace, [made], actor=made.author, recorded_at=moment.text)
    return made
