"""Checkpoints of a job, the models that they are, and the projects that may use them."""

from __future__ import annotations

from ftgov.providers.lax import Lax, sound
from ftgov.providers.names import name_of
from ftgov.providers.shapes.models import model_named
from ftgov.providers.shapes.unit import Unit, Where, observed
from ftgov.records.archived import Flag
from ftgov.records.base import Record
from ftgov.records.checkpoint import Checkpoint, SharedWith
from ftgov.records.job import Job


def read_checkpoints(
    unit: Unit, where: Where, job: Job, tuned: str | None, flags: list[Flag]
) -> list[Record]:
    """Return a job's checkpoints, each after the model that it is unless that is the tuned one."""
    found: list[Record] = []
    native = job.observation.native_id if job.observation else None
    for below in unit.below:
        if below.resource != "fine_tuning.jobs.checkpoints":
            continue
        for index, item in enumerate(below.items):
            read = Lax(item, flags, f"checkpoints[{index}]")
            identity = read.text("id", required=True)
            step = read.count("step_number", required=True)
            of = read.text("fine_tuning_job_id", required=True)
            model = read.text("fine_tuned_model_checkpoint", required=True)
            created = read.moment("created_at", required=True)
            metrics = _metrics(read)
            if of is not None and of != native:
                read.flag("fine_tuning_job_id", "names another job", of)
            if identity is None or step is None:
                continue
            if model and model != tuned:
                found.append(
                    model_named(model, where, unit, kind="checkpoint", parent=job.base, below=below)
                )
            found.append(
                Checkpoint(
                    name=name_of(identity),
                    job=job.name,
                    step=step,
                    model=name_of(model) if model else None,
                    native_name=model,
                    created_at=created,
                    metrics=metrics,
                    shared_with=_shared(unit, model, flags),
                    observation=observed(where, unit, identity, below),
                )
            )
    return found


def _metrics(checkpoint: Lax) -> dict[str, float]:
    metrics = checkpoint.inner("metrics")
    if metrics is None:
        checkpoint.flag("metrics", "is missing")
        return {}
    for key in metrics.value:
        if not sound(key):
            metrics.flag(key, "is broken Unicode; the raw is kept")
    found = {key: metrics.figure(key) for key in metrics.value if key != "step" and sound(key)}
    return {key: value for key, value in sorted(found.items()) if value is not None}


def _shared(unit: Unit, model: str | None, flags: list[Flag]) -> tuple[SharedWith, ...]:
    found = []
    for below in unit.below:
        if below.resource != "fine_tuning.checkpoints.permissions" or below.of != model:
            continue
        for index, item in enumerate(below.items):
            right = Lax(item, flags, f"permissions[{index}]")
            project = right.text("project_id", required=True)
            permission, at = right.text("id", required=True), right.moment("created_at")
            if project:
                found.append(SharedWith(project=project, permission=permission, at=at))
    return tuple(found)
