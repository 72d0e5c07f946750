"""Recording one noun at a time: what it refers to must be recorded before it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from ftgov.api.recording import ACTOR, build_system, record
from ftgov.errors import UsageError
from ftgov.intake.files import describe_file
from ftgov.intake.predictions import count_answers, evaluation_name
from ftgov.intake.recording import SystemDraft, read_weights
from ftgov.intake.text_files import load_yaml
from ftgov.records.base import Record
from ftgov.records.dataset import Dataset
from ftgov.records.evaluation import Evaluation, Scoring
from ftgov.records.evidence import Evidence
from ftgov.records.job import Job
from ftgov.records.model import ModelVersion
from ftgov.records.party import Party
from ftgov.store.workspace import Workspace

R = TypeVar("R", bound=Record)


def _build(kind: type[R], fields: object, source: Path | None = None) -> R:
    try:
        return kind.model_validate(fields)
    except ValidationError as fault:
        first = fault.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or kind.__name__
        raise UsageError(
            f"{f'{source}: ' if source else ''}The field '{where}' cannot be recorded.",
            why=first["msg"],
            next_step="Correct it; nothing was recorded.",
        ) from fault


def _require(workspace: Workspace, kind: type[Record], names: Iterable[str | None]) -> None:
    word = str(kind.model_fields["type"].default)
    for name in names:
        if name is not None and workspace.ledger.get(kind, name) is None:
            raise UsageError(
                f"There is no {word} '{name}' in this workspace.",
                next_step=f"Record it first: ftgov record {word} {name} ...",
            )


def record_party(
    workspace: Workspace, name: str, *, actor: str = ACTOR, **fields: str | None
) -> list[str]:
    """Record a party: `role`, `legal_name`, `contact`."""
    return record(workspace, [_build(Party, {"name": name, **fields})], {}, actor=actor)


def record_dataset(
    workspace: Workspace, name: str, files: Sequence[Path], *, actor: str = ACTOR, **fields: object
) -> list[str]:
    """Record a dataset and keep its files.

    Args:
        workspace: Where to.
        name: The dataset's name.
        files: Its files.
        actor: Who records it.
        fields: `role`, `description`, `origin`, `licence`, `languages`, `personal_data`.
    """
    described = {path: describe_file(path) for path in files}
    made = _build(Dataset, {"name": name, "files": tuple(described.values()), **fields})
    return record(workspace, [made], described, actor=actor)


def record_model(
    workspace: Workspace,
    name: str,
    *,
    weights: Path | None = None,
    actor: str = ACTOR,
    **fields: object,
) -> list[str]:
    """Record a model version.

    Args:
        workspace: Where to.
        name: The model's name.
        weights: JSON that lists the weight files with their digests.
        actor: Who records it.
        fields: `kind`, `parent`, `adapter`, `architecture`, `parameters`, `licence`.
    """
    listed = read_weights(weights) if weights else ()
    made = _build(ModelVersion, {"name": name, "weights": listed, **fields})
    _require(workspace, ModelVersion, (made.parent, made.adapter))
    return record(workspace, [made], {}, actor=actor)


def record_job(
    workspace: Workspace,
    name: str,
    *,
    files: Mapping[str, Path | None],
    actor: str = ACTOR,
    **fields: object,
) -> list[str]:
    """Record a training job and keep its files.

    Args:
        workspace: Where to.
        name: The job's name.
        files: `trainer_state`, `config`, `energy`, `bill` and `electricity`, each a path or
            None.
        actor: Who records it.
        fields: `method`, `base`, `datasets`, `outputs`, `seed`, `started_at`, `finished_at`,
            `trained_tokens`, `provider`, `region`.
    """
    kept: dict[Path, Evidence] = {path: describe_file(path) for path in files.values() if path}
    named = {key: kept[path] if path else None for key, path in files.items()}
    made = _build(Job, {"name": name, **named, **fields})
    _require(workspace, ModelVersion, (made.base, *made.outputs))
    _require(workspace, Dataset, made.datasets.values())
    return record(workspace, [made], kept, actor=actor)


def _stated_purpose(facts: Path) -> object:
    """Return the intended purpose that a facts file states, or None where it states none.

    Raises:
        UsageError: If the file is absent, or its `system` is no mapping.
    """
    content = load_yaml(facts)
    if not isinstance(content, dict) or "system" not in content:
        return None
    stated = content["system"]
    if not isinstance(stated, dict):
        raise UsageError(
            f"{facts}: its 'system' holds no mapping.",
            why="It says what the system is for.",
            next_step="Write system: {intended_purpose: ...}, or leave 'system' out.",
        )
    return stated.get("intended_purpose")


def record_system(
    workspace: Workspace,
    name: str,
    *,
    model: str,
    facts: Path,
    purpose: str | None,
    actor: str = ACTOR,
) -> list[str]:
    """Record a system: the facts the law asks come from a YAML file.

    Args:
        workspace: Where to.
        name: The system's name.
        model: The model it uses.
        facts: The facts file; it may hold `system: {intended_purpose: ...}` as well.
        purpose: The intended purpose, where the file does not hold it.
        actor: Who records it.
    """
    _require(workspace, ModelVersion, (model,))
    stated = _stated_purpose(facts)
    if purpose is None and stated is None:
        raise UsageError(
            f"The system '{name}' has no intended purpose; {facts} states none.",
            why="The law classifies a system by its intended purpose.",
            next_step="Give --purpose, or write system: {intended_purpose: ...} in the facts file.",
        )
    meant = stated if purpose is None else purpose
    draft = _build(
        SystemDraft,
        {"name": name, "model": model, "facts": facts.name, "intended_purpose": meant},
        facts if purpose is None else None,
    )
    made = build_system(draft, facts)
    return record(workspace, [made], {facts: made.facts_file}, actor=actor)


def record_predictions(
    workspace: Workspace,
    model: str,
    *,
    dataset: str,
    answers: Path,
    scoring: Path,
    actor: str = ACTOR,
) -> list[str]:
    """Record a model's answers to a dataset.

    Args:
        workspace: Where to.
        model: The model that answered.
        dataset: The dataset whose prompts it answered.
        answers: JSON Lines, one row per prompt, gzipped or not.
        scoring: YAML that says how answers are read; see docs/reference/recording.md.
        actor: Who records it.

    Raises:
        FtgovError: If a row can't be read; names the line. Nothing is recorded then.
    """
    _require(workspace, ModelVersion, (model,))
    _require(workspace, Dataset, (dataset,))
    rows = count_answers(answers)
    reading = load_yaml(scoring)
    if not isinstance(reading, dict):
        raise UsageError(
            f"{scoring} holds no mapping.", next_step="See docs/reference/recording.md."
        )
    described = describe_file(answers)
    made = _build(
        Evaluation,
        {
            "name": evaluation_name(model, dataset),
            "model": model,
            "dataset": dataset,
            "answers": described,
            "rows": rows,
            "scoring": _build(Scoring, reading.get("scoring", reading), scoring),
        },
    )
    return record(workspace, [made], {answers: described}, actor=actor)
