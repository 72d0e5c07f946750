"""Recording a training job."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ftgov.api.nouns.parts import build, require_names, stated
from ftgov.api.recording import ACTOR, record
from ftgov.intake.files import describe_file
from ftgov.records.dataset import Dataset
from ftgov.records.evidence import Evidence
from ftgov.records.job import Hyperparameter, Job, JobHost, JobRequest, JobStatus
from ftgov.records.model import ModelVersion
from ftgov.store.workspace import Workspace


def record_job(
    workspace: Workspace,
    name: str,
    *,
    files: Mapping[str, Path | None],
    status: str | None = None,
    hyperparameters: Mapping[str, object] | None = None,
    request: Mapping[str, str | None] | None = None,
    host: Mapping[str, str | None] | None = None,
    actor: str = ACTOR,
    **fields: object,
) -> list[str]:
    """Record a training job and keep its files.

    Args:
        workspace: Where to.
        name: The job's name.
        files: `trainer_state`, `config` and `energy`, each a path or None.
        status: How far it is, in the words of `records.job.JobState`.
        hyperparameters: Names and effective values.
        request: Fields of `records.job.JobRequest`.
        host: Fields of `records.job.JobHost`.
        actor: Who records it.
        fields: Those of `records.job.Job`.

    Raises:
        UsageError: If a field is malformed, or a model or dataset it names is not recorded.
    """
    kept: dict[Path, Evidence] = {path: describe_file(path) for path in files.values() if path}
    named = {key: kept[path] if path else None for key, path in files.items()}
    settings = [{"name": key, "effective": value} for key, value in (hyperparameters or {}).items()]
    asked = {key: stated(value) for key, value in (request or {}).items() if value}
    place = {key: stated(value) for key, value in (host or {}).items() if value}
    made = build(
        Job,
        {
            "name": name,
            **named,
            "status": build(JobStatus, {"normal": status}) if status else None,
            "hyperparameters": tuple(build(Hyperparameter, each) for each in settings),
            "request": build(JobRequest, asked) if asked else None,
            "host": build(JobHost, place) if place else None,
            **{key: stated(v) if key == "billed_tokens" else v for key, v in fields.items()},
        },
    )
    require_names(workspace, ModelVersion, (made.base, *made.outputs))
    require_names(workspace, Dataset, made.datasets.values())
    return record(workspace, [made], kept, actor=actor)
