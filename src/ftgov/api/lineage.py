"""Lineage: from a model up to all that made it, and down to the systems it serves."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any

from ftgov.api.standing import special_of, standing_of
from ftgov.errors import NotAssessable, UsageError
from ftgov.records.canonical import plain
from ftgov.records.dataset import Dataset
from ftgov.records.entry import ReportMade
from ftgov.records.evaluation import Evaluation
from ftgov.records.job import Job
from ftgov.records.model import ModelVersion
from ftgov.records.party import Party
from ftgov.records.subject import Subject
from ftgov.records.system import System
from ftgov.store.workspace import Workspace


def get_model(workspace: Workspace, name: str) -> ModelVersion:
    """Return a recorded model.

    Raises:
        UsageError: If there is none of that name; suggests the nearest.
    """
    if model := workspace.ledger.get(ModelVersion, name):
        return model
    known = [model.name for model in workspace.ledger.every(ModelVersion)]
    near = difflib.get_close_matches(name, known, n=1)
    raise UsageError(
        f"There is no model '{name}' in this workspace.",
        next_step=f"Did you mean '{near[0]}'?" if near else "Record it: ftgov record model NAME",
    )


def _job_of(jobs: Iterable[Job], model: ModelVersion) -> Job | None:
    """Return the job that made a model, itself or its adapter.

    Raises:
        NotAssessable: If several jobs claim it, or the job made other weights or started elsewhere.
    """
    made = {model.name, model.adapter}
    claims = [job for job in jobs if made & set(job.outputs)]
    if len(claims) > 1:
        raise NotAssessable(
            f"Several jobs claim to have made '{model.name}': {', '.join(j.name for j in claims)}.",
            why="Loss and energy would be those of whichever job is looked at.",
            next_step="Record each job's outputs under names of their own.",
        )
    job = claims[0] if claims else None
    if job and job.base and model.parent and job.base != model.parent:
        raise NotAssessable(
            f"The job '{job.name}' started from '{job.base}', but the parent of '{model.name}' is "
            f"recorded as '{model.parent}'.",
            next_step="Correct the one that is wrong and record it again.",
        )
    if job and job.output_identities.get(model.name, model.identity) != model.identity:
        raise _other_weights(f"The job '{job.name}' made", model.name, "ftgov record job")
    return job


def _other_weights(who: str, model: str, again: str) -> NotAssessable:
    return NotAssessable(
        f"{who} another '{model}' than the one that is recorded now: its weights differ.",
        why="Evidence about other weights says nothing about these.",
        next_step=f"Record it again for these weights: {again} ...",
    )


def _require_job(model: ModelVersion, job: Job | None) -> None:
    if job is None and model.kind != "base":
        raise NotAssessable(
            f"The model '{model.name}' is {model.kind}, but no recorded job made it.",
            why="Without its job a tuned model has no lineage, so nothing can be said of it.",
            next_step=f"ftgov record job NAME --base BASE --output {model.name}",
        )


def _answers_of(workspace: Workspace, models: Iterable[ModelVersion]) -> list[Evaluation]:
    """Return the recorded answers of models, each bound to the weights that are recorded now."""
    known = {model.name: model.identity for model in models}
    runs = [run for run in workspace.ledger.every(Evaluation) if run.model in known]
    for run in runs:
        if run.model_identity != known[run.model]:
            raise _other_weights("The answers are of", run.model, "ftgov record predictions")
    return runs


def _system_of(workspace: Workspace, model: ModelVersion, name: str | None) -> System | None:
    serving = [system for system in workspace.ledger.every(System) if system.model == model.name]
    if name is not None:
        found = next((system for system in serving if system.name == name), None)
        if found is None:
            raise UsageError(
                f"There is no system '{name}' that uses the model '{model.name}'.",
                next_step="Record it: ftgov record system NAME --model MODEL --facts FILE",
            )
        return found
    if len(serving) > 1:
        names = ", ".join(system.name for system in serving)
        raise UsageError(
            f"The model '{model.name}' serves several systems: {names}.",
            why="The law classifies systems, so a report is about one of them.",
            next_step="Name one with --system.",
        )
    return serving[0] if serving else None


def _ancestors(workspace: Workspace, model: ModelVersion) -> list[ModelVersion]:
    """Return the model's parents, nearest first, and the adapters on the way."""
    found: dict[str, ModelVersion] = {}
    queue = [model.parent, model.adapter]
    while queue:
        name = queue.pop(0)
        if name is None or name in found or name == model.name:
            continue
        parent = get_model(workspace, name)
        found[name] = parent
        queue += [parent.parent, parent.adapter]
    return list(found.values())


def subject_of(workspace: Workspace, model: str, system: str | None = None) -> Subject:
    """Gather everything that an audit of a model may look at.

    Raises:
        UsageError: If model or system is not recorded, or the model serves several systems.
        NotAssessable: If a tuned model has no job, or a record names one that is missing.
    """
    found = get_model(workspace, model)
    jobs = workspace.ledger.every(Job)
    job = _job_of(jobs, found)
    _require_job(found, job)
    ancestors = _ancestors(workspace, found)
    base = next((other for other in ancestors if other.kind == "base"), None)
    earlier = [made for other in ancestors if (made := _job_of(jobs, other)) and made != job]
    runs = _answers_of(workspace, (found, base) if base else (found,))
    wanted = [run.dataset for run in runs]
    for done in (*((job,) if job else ()), *earlier):
        wanted += done.datasets.values()
    serving = _system_of(workspace, found, system)
    names = tuple(dict.fromkeys(wanted))
    before = tuple({made.name: made for made in earlier}.values())
    return Subject(
        model=found,
        base=base,
        related=tuple(other for other in ancestors if other != base),
        job=job,
        earlier_jobs=before,
        datasets=tuple(_dataset(workspace, name) for name in names),
        evaluations=tuple(runs),
        system=serving,
        parties=tuple(workspace.ledger.every(Party)),
        standing=standing_of(workspace, serving, (*((job,) if job else ()), *before)),
        special=special_of(workspace, names),
    )


def _dataset(workspace: Workspace, name: str) -> Dataset:
    if dataset := workspace.ledger.get(Dataset, name):
        return dataset
    raise NotAssessable(
        f"The dataset '{name}' is named by a job or an evaluation, but was never recorded.",
        next_step=f"ftgov record dataset {name} --file FILE --role train",
    )


def lineage(workspace: Workspace, model: str | None = None) -> dict[str, Any]:
    """Return lineage as plain values: datasets, jobs, models, systems and reports.

    Args:
        workspace: Where to look.
        model: Only what this model came from and serves; None for everything.
    """
    if model is None:
        reports = workspace.ledger.every(ReportMade)
        groups: dict[str, Iterable[Any]] = {
            "datasets": workspace.ledger.every(Dataset),
            "jobs": workspace.ledger.every(Job),
            "models": workspace.ledger.every(ModelVersion),
            "systems": workspace.ledger.every(System),
            "reports": reports,
        }
    else:
        groups = _around(workspace, get_model(workspace, model))
    return {name: [plain(item) for item in items] for name, items in groups.items()}


def _around(workspace: Workspace, model: ModelVersion) -> dict[str, Iterable[Any]]:
    models = [model, *_ancestors(workspace, model)]
    every = workspace.ledger.every(Job)
    jobs = {job.name: job for each in models if (job := _job_of(every, each))}
    names = {name for job in jobs.values() for name in job.datasets.values()}
    return {
        "datasets": [data for data in workspace.ledger.every(Dataset) if data.name in names],
        "jobs": jobs.values(),
        "models": models,
        "systems": [s for s in workspace.ledger.every(System) if s.model == model.name],
        "reports": [r for r in workspace.ledger.every(ReportMade) if r.model == model.name],
    }
