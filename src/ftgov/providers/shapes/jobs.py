"""Fine-tuning jobs: the job, its base and tuned model, its events and checkpoints.

Source: OpenAI's `FineTuningJob`, `FineTuningJobEvent`, `FineTuningJobCheckpoint` (OpenAPI 2.3.0);
Azure OpenAI sends the same shapes with other nulls.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any, Final, get_args

from ftgov.providers.lax import Lax, sound
from ftgov.providers.names import name_of
from ftgov.providers.shapes.events import EVENTS, Told, read_events
from ftgov.providers.shapes.files import unknown_dataset
from ftgov.providers.shapes.models import is_tuned, model_named
from ftgov.providers.shapes.steps import read_checkpoints
from ftgov.providers.shapes.unit import Content, Derived, Unit, Where, content_of, observed
from ftgov.records.archived import Flag
from ftgov.records.base import Record
from ftgov.records.evidence import Evidence
from ftgov.records.job import (
    Hyperparameter,
    Job,
    JobError,
    JobHost,
    JobRequest,
    JobState,
    JobStatus,
)

CHECKPOINTS: Final = "fine_tuning.jobs.checkpoints"
PERMISSIONS: Final = "fine_tuning.checkpoints.permissions"
NONCE: Final = "ftgov_nonce"
"""The key of the metadata that a job of `ftgov train openai` carries."""

SETTLED: Final = frozenset({"succeeded", "failed", "cancelled"})
_STATES: Final = {state: state for state in get_args(JobState) if state != "unknown"} | {
    "validating_files": "validating",
    "canceled": "cancelled",
    "notRunning": "queued",
    "pausing": "running",
    "resuming": "paused",
}
_METHODS: Final = ("supervised", "dpo", "reinforcement")


def native_of(unit: Unit) -> str | None:
    """Return a job's id at the host, or None where it has none."""
    found = unit.item.get("id") if isinstance(unit.item, dict) else None
    return found if isinstance(found, str) and found else None


def nonce_of(item: object) -> str | None:
    """Return the nonce that a job was stamped with, or None where it carries none."""
    metadata = item.get("metadata") if isinstance(item, dict) else None
    found = metadata.get(NONCE) if isinstance(metadata, dict) else None
    return found if isinstance(found, str) and found else None


def is_settled(item: object) -> bool:
    """Return whether a host says that a job is over, in a word that is known."""
    status = item.get("status") if isinstance(item, dict) else None
    return isinstance(status, str) and _STATES.get(status) in SETTLED


def derive_job(unit: Unit, where: Where, names: Mapping[str, str]) -> Derived:
    """Return all records of a job.

    Args:
        unit: The job with its events, checkpoints and permissions; `files` holds its result files.
        where: The host.
        names: Names that files and jobs have in the workspace already, by id (of a job also by its
            nonce); others get the name that follows from their id.
    """
    flags: list[Flag] = []
    job = Lax(unit.item, flags)
    native = job.text("id", required=True)
    if native is None:
        return Derived(flags=tuple(flags))
    name = names.get(nonce_of(unit.item) or "") or names.get(native) or name_of(native)
    told = read_events(unit, where, name, native, flags)
    base, tuned = job.text("model", required=True), job.text("fine_tuned_model")
    records: list[Record] = []
    if base:
        kind = "tuned" if is_tuned(base) else "base"
        records.append(model_named(base, where, unit, kind=kind))  # type: ignore[arg-type]
    parent = name_of(base) if base else None
    if tuned:
        records.append(model_named(tuned, where, unit, kind="tuned", parent=parent))
    datasets: dict[str, str] = {}
    for role, key in (("train", "training_file"), ("validation", "validation_file")):
        if file := job.text(key, required=key == "training_file"):
            known = file in names or name_of(file) in datasets.values()
            datasets[role] = names.get(file) or name_of(file)
            if not known:
                records.append(unknown_dataset(file, role, where, unit))  # type: ignore[arg-type]
    contents = _contents(unit, native, told)
    fields = {
        "name": name,
        "base": parent,
        "datasets": datasets,
        "outputs": (name_of(tuned),) if tuned else (),
        "config": contents[0].evidence,
        "trainer_state": _log(unit, contents),
    }
    made = Job.model_validate({**_fields(job, told, unit, where), **fields})
    records.append(made)
    records += read_checkpoints(unit, where, made, tuned, flags)
    records += told.records
    _surface(job, made, told)
    for below in unit.below:
        if below.refused:
            job.flag(below.resource, f"could not be read: {below.refused}"[:500])
    return Derived(tuple(records), tuple(flags), is_settled(unit.item), tuple(contents))


def _fields(job: Lax, told: Told, unit: Unit, where: Where) -> dict[str, Any]:
    """Return what a job says of itself; its models, data and files come from the caller."""
    status = _status(job)
    metadata = job.inner("metadata")
    pairs = metadata.value if metadata else {}
    billed = told.billed_tokens
    return {
        "method": _method(job),
        "status": status,
        "provider": where.provider,
        "seed": job.count("seed", required=where.provider == "openai"),
        "created_at": job.moment("created_at", required=True),
        "started_at": told.started_at,
        "finished_at": job.moment("finished_at"),
        "estimated_finish": job.moment("estimated_finish"),
        "trained_tokens": job.count("trained_tokens"),
        "billed_tokens": str(billed) if billed is not None else None,
        "steps": told.steps,
        "hyperparameters": _hyperparameters(job),
        "error": _error(job),
        "request": _request(pairs, job) if pairs else None,
        "host": JobHost(region=where.region) if where.region else None,
        "observation": observed(where, unit, job.text("id") or ""),
    }


def _status(job: Lax) -> JobStatus:
    """Return a job's state in the common words; one that made no model has not succeeded here."""
    native = job.text("status", required=True)
    normal = _STATES.get(native or "", "unknown")
    if native is not None and native not in _STATES:
        job.flag("status", "is no word of the specification", native)
    tuned = job.value.get("fine_tuned_model")
    if normal == "succeeded" and not (isinstance(tuned, str) and tuned):
        job.flag("fine_tuned_model", "is missing, though the job succeeded")
        normal = "unknown"
    return JobStatus(normal=normal, native=native)


def _method(job: Lax) -> str:
    method = job.inner("method")
    kind = method.text("type", required=True) if method else None
    if kind is not None and kind not in _METHODS:
        job.flag("method.type", "is no word of the specification", kind)
    return kind if kind in _METHODS else "unknown"


def _hyperparameters(job: Lax) -> tuple[Hyperparameter, ...]:
    """Return the settings: `auto` is what was asked for, anything else is what the host shows."""
    found: dict[str, Hyperparameter] = {}
    method = job.inner("method")
    below = method.inner(str(method.value.get("type"))) if method else None
    for settings in (
        job.inner("hyperparameters"),
        below.inner("hyperparameters") if below else None,
    ):
        for key, value in settings.value.items() if settings else ():
            if value is None:
                continue
            if not isinstance(value, bool | int | float | str) or not _is_setting(key, value):
                job.flag(f"hyperparameters.{key}"[:255], "is no setting", value)
            elif isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 2**53:
                job.flag(f"hyperparameters.{key}", "is too large a number", value)
            elif value == "auto":
                found.setdefault(key, Hyperparameter(name=key, requested=value))
            else:
                found[key] = Hyperparameter(name=key, effective=value)
    return tuple(found[key] for key in sorted(found))


def _is_setting(key: str, value: object) -> bool:
    text = isinstance(value, str) and (not value or len(value) > 512 or not sound(value))
    endless = isinstance(value, float) and not math.isfinite(value)
    return 0 < len(key) <= 128 and sound(key) and not text and not endless


def _error(job: Lax) -> JobError | None:
    error = job.inner("error")
    message = error.text("message") if error else None
    if error is None or not message:
        return None
    return JobError(code=error.text("code"), message=message, param=error.text("param"))


def _request(pairs: Mapping[str, Any], job: Lax) -> JobRequest:
    for key, value in pairs.items():
        if not isinstance(value, str) or not sound(key + value):
            job.flag(f"metadata.{key}"[:255], "is no text", value)
    kept = {k: v for k, v in pairs.items() if isinstance(v, str) and sound(k + v)}
    return JobRequest(metadata=kept)


def _contents(unit: Unit, native: str, told: Told) -> list[Content]:
    """Return the files that are written of a job: itself, and its log where the host has one."""
    written = json.dumps(unit.item, ensure_ascii=True, separators=(",", ":")).encode()
    found = [content_of(written, f"{name_of(native)}.job.json")]
    if any(each.refused is None for each in unit.below) and not unit.files:
        for resource in (EVENTS, CHECKPOINTS):
            items = [
                item for each in unit.below if each.resource == resource for item in each.items
            ]
            if items and (resource == CHECKPOINTS or told.measured):
                page = {"object": "list", "data": items}
                text = json.dumps(page, ensure_ascii=True, separators=(",", ":")).encode()
                found.append(content_of(text, f"{name_of(native)}.{resource.split('.')[-1]}.json"))
                break
    return found


def _log(unit: Unit, contents: list[Content]) -> Evidence | None:
    """Return the log of a job's losses: its result file, else its events, else its checkpoints."""
    if unit.files:
        return next(iter(unit.files.values()))
    return contents[1].evidence if len(contents) > 1 else None


def _surface(job: Lax, made: Job, told: Told) -> None:
    """Flag two counts of a host that contradict each other."""
    trained, billed = made.trained_tokens, told.billed_tokens
    if trained is not None and billed is not None and trained != billed:
        job.flag(
            "trained_tokens", f"is {trained}, but an event says that {billed} tokens were billed"
        )
