"""`ftgov impact`: what a withdrawn dataset or a retired model takes with it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from ftgov.cli.console import Console, inert
from ftgov.cli.options import ExampleGroup, command, workspace_option
from ftgov.records.impact import DatasetImpact, ModelImpact, Stop


@command(
    "ftgov impact dataset loans-train",
    "ftgov impact dataset loans-train --json",
)
@click.argument("name")
@workspace_option
def dataset(console: Console, name: str, workspace: Path) -> None:
    """Show what is affected if the dataset NAME is withdrawn.

    Jobs that used it, models they made and all that derive from these, systems, evaluations, and
    the reports, sign-offs and waivers that rest on any of them.
    """
    from ftgov import api
    from ftgov.api.impact import dataset_impact

    with api.open_workspace(workspace) as opened:
        found = dataset_impact(opened, name)
    console.result(found, map(inert, _withdrawn(found)))


def _withdrawn(found: DatasetImpact) -> Iterator[str]:
    groups = {
        "dataset made of it": found.datasets,
        "job": found.jobs,
        "model": found.models,
        "system": found.systems,
        "evaluation": found.evaluations,
        "report": found.reports,
        "sign-off": found.sign_offs,
        "waiver": found.waivers,
    }
    total = sum(len(group) for group in groups.values())
    yield f"{found.dataset}: {total or 'nothing'} affected if it is withdrawn"
    for word, group in groups.items():
        for each in group:
            note = f" ({each.note})" if each.note else ""
            yield f"  {word} {each.name}{note}, through {each.via.replace('/', ' ', 1)}"
    for name in found.missing:
        yield f"  {name.replace('/', ' ', 1)} is named, but was never recorded"


@command(
    "ftgov impact model small-lm",
    "ftgov impact model gpt-4o-mini --as-of 2027-01-14 --json",
)
@click.argument("name")
@click.option("--as-of", help="The day at which to look, ISO 8601; by default today.")
@workspace_option
def model(console: Console, name: str, as_of: str | None, workspace: Path) -> None:
    """Show which models stop working when the model NAME retires.

    Aliases and adapters stop with it, and tuned models of which no weights of their own are
    recorded; models with weights of their own keep working. Each stops on the earliest shutdown
    that is recorded of it or of a model that it needs.
    """
    from ftgov import api
    from ftgov.api.retirement import model_impact

    with api.open_workspace(workspace) as opened:
        found = model_impact(opened, name, as_of)
    console.result(found, map(inert, _retired(found)))


def _retired(found: ModelImpact) -> Iterator[str]:
    end = found.shutdown or f"on a day that is not known ({found.shutdown_note})"
    yield f"{found.model} shuts down {end}; seen as of {found.as_of}"
    if found.training_retirement:
        yield f"  no job may start from it after {found.training_retirement}"
    if found.deployment_retirement:
        yield f"  no new deployment after {found.deployment_retirement}"
    for stop in found.stop[1:]:
        yield f"  {_when(stop)}  {stop.name} ({stop.kind}): {stop.why}"
    for stay in found.keep:
        yield f"  keeps working  {stay.name} ({stay.kind}): {stay.why}"
    for hit in found.systems:
        day = f" on {hit.stops_on}" if hit.stops_on and hit.effect != "falls back" else ""
        note = f" {hit.note}" if hit.note else ""
        yield f"  system {hit.name} {hit.effect}{note}{day}: it uses {hit.model}"
    if len(found.stop) == 1 and not (found.keep or found.systems):
        yield "  nothing that is recorded derives from it or uses it"
    for name in found.missing:
        yield f"  {name.replace('/', ' ', 1)} is named, but was never recorded"


def _when(stop: Stop) -> str:
    if stop.stops_on is None:
        return "stops with it"
    return f"{'stopped' if stop.stopped else 'stops'} {stop.stops_on}"


COMMAND = ExampleGroup(
    "impact",
    [dataset, model],
    "Show what is affected if a dataset is withdrawn or a model retires.",
    "ftgov impact dataset loans-train",
    "ftgov impact model gpt-4o-mini --as-of 2027-01-14",
)
