"""`ftgov lineage`: what a model came from and what it led to."""

from __future__ import annotations

from collections.abc import Iterator
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
    """Show what MODEL came from and what came of it; without MODEL, all that is recorded.

    Upwards the tree ends in dataset files and base models, downwards in systems, evaluations and
    reports. What stands above already is not followed again.
    """
    from ftgov import api

    if form == "svg":
        _draw(console, model, system, workspace)
        return
    with api.open_workspace(workspace) as opened:
        found = api.lineage(opened, model)
    shown = replace(console, as_json=form == "json" or console.as_json)
    shown.result(found, _lines(console, found, model))
    if circle := found.get("circle"):
        console.warn(f"the lineage runs in a circle: {', '.join(circle)}")


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


def _lines(console: Console, found: dict[str, Any], model: str | None) -> Iterator[str]:
    from ftgov.cli.tree import LineageTree

    tree = LineageTree(found)
    names = [each["name"] for each in found["models"]] if model is None else [model]
    for name in names:
        head, *rest = tree.lines(name, depth=2 if model is None else None)
        yield head.replace(name, console.style(name, "strong"), 1)
        yield from map(inert, rest)
    if not names:
        yield "Nothing is recorded yet. Next: ftgov record model NAME --kind base"


COMMAND = lineage
