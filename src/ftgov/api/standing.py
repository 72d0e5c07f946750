"""What people said about a system, and what its jobs add up to, gathered from the ledger."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from ftgov.law.compute import cumulative, job_compute
from ftgov.records.answer import Answer, JobCompute, ModificationCompute, Standing
from ftgov.records.dataset import Dataset
from ftgov.records.entry import ReportMade
from ftgov.records.job import Job
from ftgov.records.model import ModelVersion
from ftgov.records.special_category import (
    BiasBasis,
    SpecialCategories,
    SpecialColumns,
    stated_of,
)
from ftgov.records.system import System
from ftgov.store.workspace import Workspace


def standing_of(workspace: Workspace, system: System | None, jobs: Sequence[Job]) -> Standing:
    """Return the answers about a system, whether it was released, and the compute of its jobs."""
    if system is None:
        return Standing()
    answers = [each for each in workspace.ledger.every(Answer) if each.system == system.name]
    return Standing(
        answers=tuple(answers),
        released=_released(workspace, system),
        compute=_compute(workspace, jobs),
    )


def special_of(workspace: Workspace, datasets: Iterable[Dataset]) -> SpecialCategories:
    """Return what is said of special categories in datasets, and the grounds recorded for them."""
    stated = {dataset.name: stated_of(dataset) for dataset in datasets}
    names = set(stated)
    columns = [each for each in workspace.ledger.every(SpecialColumns) if each.name in names]
    bases = [each for each in workspace.ledger.every(BiasBasis) if each.name in names]
    return SpecialCategories(
        columns=tuple(columns),
        bases=tuple(bases),
        stated=tuple(each for each in stated.values() if each),
    )


def _released(workspace: Workspace, system: System) -> bool:
    """Return whether a report was signed for a model that the system used before this one.

    The present model's own report does not count: it changes nothing that answers rest on.
    """
    entries = workspace.ledger.history("system", system.name)
    before = {str(json.loads(entry.body)["model"]) for entry in entries} - {system.model}
    return any(report.model in before for report in workspace.ledger.every(ReportMade))


def _compute(workspace: Workspace, jobs: Sequence[Job]) -> ModificationCompute | None:
    """Return the compute of every job that changed a model; training from nothing is none."""
    parts: list[JobCompute] = []
    unknown: list[str] = []
    for job in jobs:
        if job.base is None:
            continue
        part = job_compute(job, _parameters(workspace, job))
        if part is None:
            unknown.append(job.name)
        else:
            parts.append(part)
    return cumulative(parts, unknown)


def _parameters(workspace: Workspace, job: Job) -> int | None:
    """Return the parameters that a job passed through: those of its base, or of what it made."""
    found = [workspace.ledger.get(ModelVersion, name) for name in (job.base, *job.outputs) if name]
    return max((model.parameters for model in found if model and model.parameters), default=None)
