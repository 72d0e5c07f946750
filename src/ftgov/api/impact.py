"""Impact: what a withdrawn dataset takes with it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ftgov.api.reached import Key, Reached, reached, require
from ftgov.records.dataset import Dataset
from ftgov.records.entry import ReportMade
from ftgov.records.impact import Affected, DatasetImpact
from ftgov.records.job import Job
from ftgov.records.links import Link
from ftgov.records.model import ModelVersion
from ftgov.records.system import System
from ftgov.store.workspace import Workspace

_GROUPS: Final = {
    "datasets": ("dataset",),
    "jobs": ("job",),
    "models": ("model",),
    "systems": ("system",),
    "evaluations": ("evaluation", "evaluation-run"),
    "reports": ("report",),
    "sign_offs": ("sign-off",),
    "waivers": ("waiver",),
}
_KINDS: Final = tuple(kind for kinds in _GROUPS.values() for kind in kinds)


def _nearest(start: Key, links: Iterable[Link]) -> dict[Key, Key]:
    """Return what can be reached down from a thing, each with the next thing on a shortest way."""
    below: dict[Key, list[Key]] = {}
    for link in sorted(links):
        above = (link.above_type, link.above_name)
        below.setdefault(above, []).append((link.below_type, link.below_name))
    found: dict[Key, Key] = {}
    waiting = [start]
    for at in waiting:
        for other in below.get(at, ()):
            if other not in found and other != start:
                found[other] = at
                waiting.append(other)
    return found


def _notes(found: Reached) -> dict[Key, str]:
    """Return a few words about each thing that has them."""
    notes: dict[Key, str] = {
        ("model", name): each.kind for name, each in found.records(ModelVersion).items()
    }
    notes |= {("system", n): f"runs {each.model}" for n, each in found.records(System).items()}
    notes |= {("report", n): each.verdict for n, each in found.records(ReportMade).items()}
    notes |= {("job", n): each.method for n, each in found.records(Job).items()}
    return notes


def _resting(workspace: Workspace, links: Iterable[Link]) -> list[Link]:
    """Return links from reports and the like to the evaluations that judged their models.

    What is said of a model rests on the data that it was judged with, though no record links the
    two.
    """
    ledger = workspace.ledger
    runs = {(link.below_type, link.below_name) for link in links if link.relation == "used"}
    return [
        Link(said.below_type, said.below_name, "rests_on", *run)
        for run in sorted(runs)
        if run[0] in _GROUPS["evaluations"]
        for judged in ledger.links(*run, "up")
        if judged.relation == "evaluates"
        for said in ledger.links(judged.above_type, judged.above_name, "down")
        if said.relation == "about"
    ]


def dataset_impact(workspace: Workspace, dataset: str) -> DatasetImpact:
    """Return what is affected if a dataset is withdrawn.

    Raises:
        UsageError: If there is no such dataset; suggests the nearest.
    """
    require(workspace, Dataset, dataset)
    links = workspace.ledger.downstream("dataset", dataset)
    links += _resting(workspace, links)
    nearest = _nearest(("dataset", dataset), links)
    found = reached(workspace.ledger, links, types=_KINDS)
    notes = _notes(found)
    groups = {
        group: tuple(
            Affected(name=name, via="/".join(via), note=notes.get((kind, name), ""))
            for (kind, name), via in nearest.items()
            if kind in kinds
        )
        for group, kinds in _GROUPS.items()
    }
    missing = tuple("/".join(key) for key in found.missing if key in nearest)
    return DatasetImpact.model_validate({"dataset": dataset, "missing": missing, **groups})
