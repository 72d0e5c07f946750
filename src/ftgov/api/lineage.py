"""Lineage: from a model up to all that made it, and down to the systems it serves.

Only what a model's links reach is read, however much else a ledger holds.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import chain
from typing import Any, Final

from ftgov.api.ancestry import (
    ancestors_of,
    circle_in,
    job_of,
    named_above,
    other_weights,
    require_job,
    require_sound,
)
from ftgov.api.gone_at_host import gone_since
from ftgov.api.reached import Reached, reached, require
from ftgov.api.standing import special_of, standing_of
from ftgov.dossier.modification import with_compute
from ftgov.errors import NotAssessable, UsageError
from ftgov.records.base import Record
from ftgov.records.canonical import plain
from ftgov.records.dataset import Dataset
from ftgov.records.entry import ReportMade
from ftgov.records.evaluation import Evaluation
from ftgov.records.evaluation_run import EvaluationRun
from ftgov.records.job import Job
from ftgov.records.links import Link, links_of
from ftgov.records.model import ModelVersion
from ftgov.records.party import Party
from ftgov.records.subject import Subject
from ftgov.records.system import System
from ftgov.store.workspace import Workspace

_ORIGIN: Final = ("dataset", "job", "model")
_USE: Final = ("job", "model", "system", "evaluation", "evaluation-run", "report")


def _below(workspace: Workspace, models: Iterable[ModelVersion]) -> Reached:
    """Read the answers of models and the systems they serve: one step down, no further."""
    ledger = workspace.ledger
    links = [link for model in models for link in ledger.links("model", model.name, "down")]
    return reached(ledger, links, types=("evaluation", "system"))


def _answers_of(below: Reached, models: Iterable[ModelVersion]) -> list[Evaluation]:
    """Return the recorded answers of models, each bound to the weights that are recorded now."""
    known = {model.name: model.identity for model in models}
    runs = [run for run in below.records(Evaluation).values() if run.model in known]
    for run in runs:
        if run.model_identity != known[run.model]:
            raise other_weights("The answers are of", run.model, "ftgov record predictions")
    return runs


def _system_of(systems: Iterable[System], model: ModelVersion, name: str | None) -> System | None:
    serving = [system for system in systems if system.model == model.name]
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


def _jobs_behind(model: ModelVersion, ancestors: Sequence[ModelVersion], up: Reached) -> list[Job]:
    """Return the jobs that made the ancestors; those that a merge was made of must have one."""
    jobs = up.records(Job)
    found = []
    for other in ancestors:
        made = job_of(other, jobs, up.links)
        if other.name in model.merged_from:
            require_job(other, made)
        if made:
            found.append(made)
    return list({made.name: made for made in found}.values())


def subject_of(workspace: Workspace, model: str, system: str | None = None) -> Subject:
    """Gather everything that an audit of a model may look at.

    Raises:
        UsageError: If model or system is not recorded, or the model serves several systems.
        NotAssessable: If a tuned model has no job, a record names one that is missing, or the
            lineage runs in a circle.
    """
    found = require(workspace, ModelVersion, model)
    up = reached(workspace.ledger, workspace.ledger.upstream("model", model), types=_ORIGIN)
    require_sound(up.links)
    ancestors = ancestors_of(found, up.records(ModelVersion))
    job = job_of(found, up.records(Job), up.links)
    require_job(found, job)
    base = next((other for other in ancestors if other.kind == "base"), None)
    judged = (found, base) if base else (found,)
    below = _below(workspace, judged)
    runs = _answers_of(below, judged)
    earlier = [made for made in _jobs_behind(found, ancestors, up) if made != job]
    wanted = [run.dataset for run in runs]
    for done in (*((job,) if job else ()), *earlier):
        wanted += done.datasets.values()
    serving = _system_of(below.records(System).values(), found, system)
    datasets = _datasets(workspace, wanted)
    subject = Subject(
        model=found,
        base=base,
        related=tuple(other for other in ancestors if other != base),
        job=job,
        earlier_jobs=tuple(earlier),
        datasets=datasets,
        evaluations=tuple(runs),
        system=serving,
        # Who only acts is no part of what is judged: another actor makes no audit stale.
        parties=tuple(party for party in workspace.ledger.every(Party) if party.role),
        standing=standing_of(workspace, serving),
        special=special_of(workspace, datasets),
    )
    return with_compute(subject)


def _datasets(workspace: Workspace, names: Iterable[str]) -> tuple[Dataset, ...]:
    wanted = tuple(dict.fromkeys(names))
    entries = workspace.ledger.pick([("dataset", name) for name in wanted])
    found = []
    for name in wanted:
        if (entry := entries.get(("dataset", name))) is None:
            raise NotAssessable(
                f"The dataset '{name}' is named by a job or an evaluation, but was never recorded.",
                next_step=f"ftgov record dataset {name} --file FILE --role train",
            )
        found.append(workspace.ledger.read(Dataset, entry))
    return tuple(found)


def lineage(workspace: Workspace, model: str | None = None) -> dict[str, Any]:
    """Return lineage as plain values.

    Of one model: `datasets`, `jobs` and `models` are what it came from, the model itself first;
    `systems`, `evaluations`, `reports`, `descendants` (models) and `later_jobs` are what came of
    it; `links` join them; `missing` are named and not recorded; `circle` should be empty. `gone`
    says since when a host has no more what was archived from it.

    Args:
        workspace: Where to look.
        model: Only what this model came from and led to; None for everything.
    """
    if model is None:
        every = workspace.ledger.every
        groups: dict[str, Iterable[Record]] = {
            "datasets": every(Dataset),
            "jobs": every(Job),
            "models": every(ModelVersion),
            "systems": every(System),
            "evaluations": (*every(Evaluation), *every(EvaluationRun)),
            "reports": every(ReportMade),
        }
        return _told_all(workspace, groups)
    return _around(workspace, require(workspace, ModelVersion, model))


def _told_all(workspace: Workspace, groups: Mapping[str, Iterable[Record]]) -> dict[str, Any]:
    kept = {name: list(items) for name, items in groups.items()}
    found = {name: [plain(item) for item in items] for name, items in kept.items()}
    links = [
        _told(link)
        for items in found.values()
        for item in items
        for link in links_of(item["type"], item["name"], item)
    ]
    gone = gone_since(workspace, chain.from_iterable(kept.values()))
    return {**found, "links": links, "gone": gone}


def _around(workspace: Workspace, model: ModelVersion) -> dict[str, Any]:
    ledger = workspace.ledger
    up = reached(ledger, ledger.upstream("model", model.name), types=_ORIGIN)
    down = reached(ledger, ledger.downstream("model", model.name), types=_USE)
    models = up.records(ModelVersion)
    nearest = [name for _, name in named_above(model, models) if name in models]
    above = [name for name in dict.fromkeys((*nearest, *models)) if name != model.name]
    below = [each for each in down.records(ModelVersion).values() if each.name != model.name]
    links = tuple(dict.fromkeys((*up.links, *down.links)))
    groups: dict[str, Collection[Record]] = {
        "datasets": up.records(Dataset).values(),
        "jobs": up.records(Job).values(),
        "models": [model, *(models[name] for name in above)],
        "systems": down.records(System).values(),
        "evaluations": [
            *down.records(Evaluation).values(),
            *down.records(EvaluationRun).values(),
        ],
        "reports": down.records(ReportMade).values(),
        "descendants": below,
        "later_jobs": down.records(Job).values(),
    }
    found: dict[str, Any] = {name: [plain(one) for one in each] for name, each in groups.items()}
    found["model"] = model.name
    found["links"] = [_told(link) for link in links]
    found["missing"] = [f"{kind}/{name}" for kind, name in sorted({*up.missing, *down.missing})]
    found["circle"] = list(circle_in(links))
    found["gone"] = gone_since(workspace, chain.from_iterable(groups.values()))
    return found


def _told(link: Link) -> dict[str, str]:
    return {
        "below": f"{link.below_type}/{link.below_name}",
        "relation": link.relation,
        "above": f"{link.above_type}/{link.above_name}",
    }
