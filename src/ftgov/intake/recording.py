"""A recording: a folder in which a training script left all that happened, with a manifest.

The manifest `recording.yaml` (schema `ftgov.dev/recording/v1`) names datasets, models, jobs,
answers and systems with paths relative to itself. docs/reference/recording.md describes it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Final, Literal, NamedTuple, TypeVar, get_args

from pydantic import AfterValidator, Field, TypeAdapter, ValidationError

from ftgov.errors import FtgovError, UsageError
from ftgov.intake.files import describe_file
from ftgov.intake.predictions import count_answers, evaluation_name
from ftgov.intake.text_files import load_yaml
from ftgov.records.base import Name, Record, Time
from ftgov.records.dataset import Dataset
from ftgov.records.evaluation import Evaluation, Scoring
from ftgov.records.evidence import Evidence
from ftgov.records.job import Job
from ftgov.records.model import ModelVersion, WeightFile
from ftgov.records.system import System

MANIFEST = "recording.yaml"

R = TypeVar("R", bound=Record)

_SET_BY_US: Final = {"type", "output_identities"}
_PURPOSE: TypeAdapter[str] = TypeAdapter(Annotated[str, System.model_fields["intended_purpose"]])


class _Evaluation(Record):
    model: Name
    dataset: Name
    file: str


def _purpose(text: str) -> str:
    return _PURPOSE.validate_python(text)


class SystemDraft(Record):
    """A system as the manifest names it; its facts file is read by the law room later."""

    name: Name
    model: Name
    facts: str
    intended_purpose: Annotated[str, AfterValidator(_purpose)]


class _Manifest(Record):
    """The manifest; what stands in an entry is checked by the record that is made of it."""

    schema_id: Literal["ftgov.dev/recording/v1"] = Field(alias="schema")
    name: Name
    recorded_at: Time
    datasets: tuple[dict[str, Any], ...] = ()
    models: tuple[dict[str, Any], ...] = ()
    jobs: tuple[dict[str, Any], ...] = ()
    evaluations: tuple[_Evaluation, ...] = ()
    scoring: Scoring = Scoring()
    systems: tuple[SystemDraft, ...] = ()


class Recording(NamedTuple):
    """What a recording holds: records in an order in which they can be stored, and their files."""

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
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as fault:
        raise UsageError(
            f"{path} is not a list of weight files.",
            why=str(fault),
            next_step='Write {"files": [{"name": ..., "bytes": ..., "sha256": ...}]}.',
        ) from fault


def _unusable(path: Path, entry: str, why: str) -> UsageError:
    return UsageError(
        f"{path}: the entry '{entry}' cannot be used.",
        why=why,
        next_step="See docs/reference/recording.md for the form of a recording.",
    )


def _validated(kind: type[R], content: Any, path: Path, *entry: object) -> R:
    try:
        return kind.model_validate(content)
    except ValidationError as fault:
        first = fault.errors()[0]
        where = ".".join(str(part) for part in (*entry, *first["loc"]))
        raise _unusable(path, where, first["msg"]) from fault


def _holds(annotation: Any, kind: type[Record]) -> bool:
    """Tell whether a field's type is a record's, or a tuple or an option of it."""
    return annotation is kind or any(_holds(part, kind) for part in get_args(annotation))


class _Reader:
    """Makes records of a manifest's entries; each field is the record's own, but files are paths.

    Where a record has evidence the entry names a file, where it has weights a list of them.
    """

    def __init__(self, manifest: Path) -> None:
        self._manifest = manifest
        self.folder = _Folder(manifest.parent)

    def records(self, kind: type[R], group: str, entries: Iterable[dict[str, Any]]) -> list[R]:
        """Return a record for each entry of a group."""
        return [self._record(kind, f"{group}.{index}", each) for index, each in enumerate(entries)]

    def _record(self, kind: type[R], entry: str, content: dict[str, Any]) -> R:
        for key in _SET_BY_US & content.keys():
            raise _unusable(self._manifest, f"{entry}.{key}", "This field is not for a manifest.")
        found = dict(content)
        for name, field in kind.model_fields.items():
            stated = content.get(name)
            if stated is not None and _holds(field.annotation, Evidence):
                found[name] = self._files(stated, f"{entry}.{name}")
            elif stated is not None and _holds(field.annotation, WeightFile):
                found[name] = read_weights(self.folder.path(self._text(stated, f"{entry}.{name}")))
        if found.get("weights", ()) is None:
            del found["weights"]
        return _validated(kind, found, self._manifest, entry)

    def _files(self, stated: Any, entry: str) -> Evidence | tuple[Evidence, ...]:
        if isinstance(stated, list):
            return tuple(self.folder.evidence(self._text(each, entry)) for each in stated)
        return self.folder.evidence(self._text(stated, entry))

    def _text(self, stated: Any, entry: str) -> str:
        if isinstance(stated, str):
            return stated
        raise _unusable(self._manifest, entry, "A file is named by its path.")


def _evaluation(draft: _Evaluation, folder: _Folder, scoring: Scoring) -> Evaluation:
    return Evaluation(
        name=evaluation_name(draft.model, draft.dataset),
        model=draft.model,
        dataset=draft.dataset,
        answers=folder.evidence(draft.file),
        rows=count_answers(folder.path(draft.file)),
        scoring=scoring,
    )


def _check_names(
    manifest: _Manifest,
    datasets: Iterable[Dataset],
    models: Sequence[ModelVersion],
    jobs: Iterable[Job],
) -> None:
    known_models = {model.name for model in models}
    known_data = {dataset.name for dataset in datasets}
    named: list[tuple[str, str | None, set[str]]] = []
    for job in jobs:
        named += [(f"job {job.name}", name, known_models) for name in (job.base, *job.outputs)]
        named += [(f"job {job.name}", name, known_data) for name in job.datasets.values()]
    for model in models:
        named += [
            (f"model {model.name}", name, known_models) for name in (model.parent, model.adapter)
        ]
    for run in manifest.evaluations:
        named.append((f"answers of {run.model}", run.model, known_models))
        named.append((f"answers of {run.model}", run.dataset, known_data))
    named += [(f"system {system.name}", system.model, known_models) for system in manifest.systems]
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
    manifest = _validated(_Manifest, load_yaml(path), path)
    reader = _Reader(path)
    datasets = reader.records(Dataset, "datasets", manifest.datasets)
    models = reader.records(ModelVersion, "models", manifest.models)
    jobs = reader.records(Job, "jobs", manifest.jobs)
    _check_names(manifest, datasets, models, jobs)
    place = reader.folder
    answers = [_evaluation(draft, place, manifest.scoring) for draft in manifest.evaluations]
    records = (*datasets, *models, *jobs, *answers)
    for system in manifest.systems:
        place.evidence(system.facts)
    place.evidence(MANIFEST)
    if not records:
        raise FtgovError(f"{path} records nothing.", next_step="Add datasets, models and jobs.")
    return Recording(records=records, systems=manifest.systems, files=place.files)
