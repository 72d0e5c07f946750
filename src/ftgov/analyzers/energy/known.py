"""What a recorded job tells an estimator: tokens, parameters, method, hardware, place."""

from __future__ import annotations

from datetime import datetime

from ftgov.analyzers.energy.tool_record import ToolRecord
from ftgov.energy.factors import canonical
from ftgov.energy.job import Job, Site
from ftgov.energy.modification import told_of
from ftgov.records.digest import Digest
from ftgov.records.job import Job as RecordedJob
from ftgov.records.subject import Subject

_GROUNDS = ("trainer_state", "config")


def known(subject: Subject, record: ToolRecord | None) -> Job | str:
    """Return what is known of the subject's job, or why nothing can be estimated.

    Args:
        subject: The model, its job and its base.
        record: What an energy tool wrote of the job, if anything.
    """
    job = subject.job
    if job is None:
        return "no job is recorded"
    models = (*subject.related, *((subject.base,) if subject.base else ()), subject.model)
    found = told_of(job, {model.name: model for model in models})
    if isinstance(found, str):
        return found
    gpu = accelerator_of(record)
    return found._replace(
        site=site_of(job),
        gpu=gpu,
        gpus=record.accelerators if record and gpu else None,
        hours=_hours(job, record),
        zone=zone_of(job, record),
        model=job.base,
    )


def site_of(job: RecordedJob) -> Site:
    """Return who ran a job."""
    return "local" if job.provider == "local" else "hosted"


def zone_of(job: RecordedJob, record: ToolRecord | None) -> str | None:
    """Return the grid zone of a job: as recorded, else as its tool has it, None where unknown."""
    told = (job.region, record.country if record else None)
    found = (canonical("grid", text) for text in told if text)
    return next((zone for zone in found if zone is not None), None)


def grounds_of(subject: Subject) -> tuple[Digest, ...]:
    """Return the files that tell of the job: its logs, else the data that it trained on."""
    job = subject.job
    own = [getattr(job, name) for name in _GROUNDS]
    digests = [file.digest for file in own if file is not None]
    if job is not None and not digests:
        wanted = job.datasets.get("train")
        digests = [f.digest for each in subject.datasets if each.name == wanted for f in each.files]
    return tuple(dict.fromkeys(digests))


def accelerator_of(record: ToolRecord | None) -> str | None:
    """Return the accelerator that a tool saw, as the table names it; None where there is none."""
    if record is None or record.accelerator is None:
        return None
    return canonical("gpu", record.accelerator)


def _hours(job: RecordedJob, record: ToolRecord | None) -> float | None:
    if record is not None:
        return record.seconds / 3600 or None
    if job.started_at is None or job.finished_at is None:
        return None
    started, finished = (datetime.fromisoformat(str(t)) for t in (job.started_at, job.finished_at))
    return (finished - started).total_seconds() / 3600 or None
