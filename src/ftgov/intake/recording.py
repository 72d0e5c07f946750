"""A recording: a folder in which a training script left all that happened, with a manifest.

The manifest `recording.yaml` (schema `ftgov.dev/recording/v1`) names datasets, models, jobs,
answers and systems with paths relative to itself. docs/reference/recording.md describes it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple

from pydantic import Field, ValidationError

from ftgov.errors import FtgovError, UsageError
from ftgov.intake.files import describe_file
from ftgov.intake.predictions import count_answers
from ftgov.intake.text_files import load_yaml
from ftgov.records.base import Name, Record, Time
from ftgov.records.dataset import Dataset
from ftgov.records.evaluation import Evaluation, Scoring
from ftgov.records.evidence import Evidence
from ftgov.records.job import Job
from ftgov.records.model import ModelKind, ModelVersion, WeightFile

MANIFEST = "recording.yaml"


class _Dataset(Record):
    name: Name
    role: Literal["train", "validation", "test", "evaluation"]
    files: tuple[str, ...] = Field(min_length=1)
    description: str = ""
    origin: str | None = None
    licence: str | None = None
    languages: tuple[str, ...] = ()
    personal_data: Literal["yes", "no", "unknown"] = "unknown"


class _Model(Record):
    name: Name
    kind: ModelKind
    parent: Name | None = None
    adapter: Name | None = None
    architecture: str | None = None
    parameters: int | None = None
    licence: str | None = None
    weights: str | None = None


class _Job(Record):
    name: Name
    method: Literal["pretraining", "lora", "full", "supervised", "dpo", "reinforcement", "unknown"]
    base: Name | None = None
    datasets: dict[Literal["train", "validation"], Name] = {}
    outputs: tuple[Name, ...]
    seed: int | None = None
    started_at: Time | None = None
    finished_at: Time | None = None
    trained_tokens: int | None = None
    trainer_state: str | None = None
    config: str | None = None
    energy: str | None = None


class _Evaluation(Record):
    model: Name
    dataset: Name
    file: str


class SystemDraft(Record):
    """A system as the manifest names it; its facts file is read by the law room later."""

    name: Name
    model: Name
    facts: str
    intended_purpose: str


class _Manifest(Record):
    schema_id: Literal["ftgov.dev/recording/v1"] = Field(alias="schema")
    name: Name
    recorded_at: Time
    datasets: tuple[_Dataset, ...] = ()
    models: tuple[_Model, ...] = ()
    jobs: tuple[_Job, ...] = ()
    evaluations: tuple[_Evaluation, ...] = ()
    scoring: Scoring = Scoring()
    systems: tuple[SystemDraft, ...] = ()


class Recording(NamedTuple):
    """What a recording holds: records in an order in which they can be stored, and their files."""

    name: str
    recorded_at: str
    records: tuple[Record, ...]
    systems: tuple[SystemDraft, ...]
    files: Mapping[Path, Evidence]


class _Folder:
    """The folder of a recording; remembers which of its files were named."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self.files: dict[Path, Evidence] = {}

    def path(self, name: str) -> Path:
        path = (self.root / name).resolve()
        if not path.is_relative_to(self.root):
            raise UsageError(
                f"The recording names a file outside its folder: {name}.",
                next_step="Copy the file into the folder and name it there.",
            )
        return path

    def evidence(self, name: str) -> Evidence:
        path = self.path(name)
        if path not in self.files:
            self.files[path] = describe_file(path)
        return self.files[path]


def read_weights(path: Path) -> tuple[WeightFile, ...]:
    """Read a list of weight files: JSON `{"files": [{"name", "bytes", "sha256"}]}`.

    Raises:
        UsageError: If the file is absent or not of this form.
    """
    try:
        content: Any = json.loads(path.read_bytes())
        return tuple(
            WeightFile(name=row["name"], bytes=row["bytes"], digest="sha256:" + row["sha256"])
            for row in content["files"]
        )
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise UsageError(
            f"{path} is not a list of weight files.",
            why=str(fault),
            next_step='Write {"files": [{"name": ..., "bytes": ..., "sha256": ...}]}.',
        ) from fault


def _manifest(path: Path) -> _Manifest:
    try:
        return _Manifest.model_validate(load_yaml(path))
    except ValidationError as fault:
        first = fault.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise UsageError(
            f"{path}: the entry '{where}' cannot be used.",
            why=first["msg"],
            next_step="See docs/reference/recording.md for the form of a recording.",
        ) from fault


def _dataset(draft: _Dataset, folder: _Folder) -> Dataset:
    files = tuple(folder.evidence(name) for name in draft.files)
    return Dataset(**{**draft.model_dump(), "files": files})


def _model(draft: _Model, folder: _Folder) -> ModelVersion:
    weights = read_weights(folder.path(draft.weights)) if draft.weights else ()
    return ModelVersion(**{**draft.model_dump(), "weights": weights})


def _job(draft: _Job, folder: _Folder) -> Job:
    named = {key: getattr(draft, key) for key in ("trainer_state", "config", "energy")}
    found = {key: folder.evidence(name) if name else None for key, name in named.items()}
    return Job(**{**draft.model_dump(), **found})


def _evaluation(draft: _Evaluation, folder: _Folder, scoring: Scoring) -> Evaluation:
    return Evaluation(
        name=f"{draft.model}.{draft.dataset}",
        model=draft.model,
        dataset=draft.dataset,
        answers=folder.evidence(draft.file),
        rows=count_answers(folder.path(draft.file)),
        scoring=scoring,
    )


def _check_names(manifest: _Manifest) -> None:
    models = {model.name for model in manifest.models}
    datasets = {dataset.name for dataset in manifest.datasets}
    named = [(f"job {job.name}", job.base, models) for job in manifest.jobs]
    named += [(f"job {job.name}", out, models) for job in manifest.jobs for out in job.outputs]
    named += [
        (f"job {job.name}", data, datasets)
        for job in manifest.jobs
        for data in job.datasets.values()
    ]
    named += [(f"model {model.name}", model.parent, models) for model in manifest.models]
    named += [(f"model {model.name}", model.adapter, models) for model in manifest.models]
    named += [(f"answers of {run.model}", run.model, models) for run in manifest.evaluations]
    named += [(f"answers of {run.model}", run.dataset, datasets) for run in manifest.evaluations]
    named += [(f"system {system.name}", system.model, models) for system in manifest.systems]
    for who, name, known in named:
        if name is not None and name not in known:
            raise UsageError(
                f"The recording's {who} names '{name}', which the recording does not define.",
                next_step="Add it to the manifest or correct the name.",
            )


def read_recording(folder: Path) -> Recording:
    """Read a recording, checking every file it names, and change nothing.

    Raises:
        UsageError: If the folder or manifest is absent or malformed; names the entry.
        FtgovError: If a file can't be read; names the file and line.
    """
    path = folder / MANIFEST
    manifest = _manifest(path)
    _check_names(manifest)
    place = _Folder(folder)
    records = (
        *(_dataset(draft, place) for draft in manifest.datasets),
        *(_model(draft, place) for draft in manifest.models),
        *(_job(draft, place) for draft in manifest.jobs),
        *(_evaluation(draft, place, manifest.scoring) for draft in manifest.evaluations),
    )
    for system in manifest.systems:
        place.evidence(system.facts)
    place.evidence(MANIFEST)
    if not records:
        raise FtgovError(f"{path} records nothing.", next_step="Add datasets, models and jobs.")
    return Recording(
        name=manifest.name,
        recorded_at=manifest.recorded_at,
        records=records,
        systems=manifest.systems,
        files=place.files,
    )
