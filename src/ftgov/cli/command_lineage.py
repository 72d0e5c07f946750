"""`ftgov lineage`: what a model came from and what it serves."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from ftgov.cli.console import Console, inert
from ftgov.cli.options import command, workspace_option
from ftgov.errors import UsageError


@command("ftgov lineage honest", "ftgov lineage honest --format svg > lineage.svg")
@click.argument("model", required=False)
@click.option("--format", "form", type=click.Choice(["text", "svg", "json"]), default="text")
@click.option("--system", help="The system that is drawn, where the model serves several.")
@workspace_option
def lineage(
    console: Console, model: str | None, form: str, system: str | None, workspace: Path
) -> None:
    """Show what MODEL came from and what it serves; without MODEL, all that is recorded.

    As SVG it is the drawing that MODEL's report shows.
    """
    from ftgov import api

    if form == "svg":
        _draw(console, model, system, workspace)
        return
    with api.open_workspace(workspace) as opened:
        found = api.lineage(opened, model)
    shown = replace(console, as_json=form == "json" or console.as_json)
    shown.result(found, _lines(console, found, model))


def _draw(console: Console, model: str | None, system: str | None, workspace: Path) -> None:
    from ftgov.api import open_workspace
    from ftgov.api.drawings import lineage_svg

    if model is None:
        raise UsageError(
            "A drawing is of one model.", next_step="Name it: ftgov lineage MODEL --format svg"
        )
    with open_workspace(workspace) as opened:
        svg = lineage_svg(opened, model, system)
    if console.as_json:
        console.result({"model": model, "svg": svg}, ())
    else:
        console.raw(svg)


def _lines(console: Console, found: dict[str, Any], model: str | None) -> list[str]:
    jobs = {out: job for job in found["jobs"] for out in job["outputs"]}
    data = {each["name"]: each for each in found["datasets"]}
    roots = [each for each in found["models"] if model is None or each["name"] == model]
    lines = []
    for each in roots:
        lines.append(f"{console.style(each['name'], 'strong')}  {each['kind']} model")
        children = _parts(each, jobs, data, found)
        for index, line in enumerate(children):
            lines.append(f"{'└─' if index == len(children) - 1 else '├─'} {inert(line)}")
    return lines or ["Nothing is recorded yet. Next: ftgov record model NAME --kind base"]


def _parts(
    model: dict[str, Any], jobs: dict[str, Any], data: dict[str, Any], found: dict[str, Any]
) -> list[str]:
    lines = [f"from {model['parent']}"] if model["parent"] else []
    lines += [f"applies the adapter {model['adapter']}"] if model["adapter"] else []
    job = jobs.get(model["name"])
    if job:
        tokens = f", {job['trained_tokens']:,} tokens" if job["trained_tokens"] else ""
        lines.append(f"made by job {job['name']} ({job['method']}{tokens})")
        for role, name in job["datasets"].items():
            digests = ", ".join(file["digest"][:19] for file in data[name]["files"])
            lines.append(f"{role} data {name} {digests}")
    lines += [f"weights {file['name']} {file['digest'][:19]}" for file in model["weights"]]
    lines += [f"serves {s['name']}" for s in found["systems"] if s["model"] == model["name"]]
    lines += [
        f"reported {r['verdict']} at {r['signed_at']}"
        for r in found["reports"]
        if r["model"] == model["name"]
    ]
    return lines


COMMAND = lineage
