"""`ftgov export`: an assessed model in a format that other tools read."""

from __future__ import annotations

from pathlib import Path

import click

from ftgov.cli.console import Console, inert
from ftgov.cli.options import command, workspace_option
from ftgov.errors import UsageError


@command(
    "ftgov export honest --format cyclonedx --output honest.cdx.json",
    "ftgov export --list",
)
@click.argument("model", required=False)
@click.option("--format", "form", help="The format's name; see --list.")
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), help="The file; none is replaced."
)
@click.option("--system", help="The system it is about, where the model serves several.")
@click.option("--list", "listing", is_flag=True, help="Show the formats.")
@workspace_option
def export(
    console: Console,
    model: str | None,
    form: str | None,
    output: Path | None,
    system: str | None,
    listing: bool,
    workspace: Path,
) -> None:
    """Write MODEL's current assessment in a format of others.

    The same assessment gives the same bytes. What a format has no place for stays in the dossier of
    `ftgov report`, whose assessment the export names by its digest.
    """
    if listing:
        _list(console)
        return
    if model is None or form is None or output is None:
        missing = "MODEL" if model is None else "--format" if form is None else "--output"
        raise UsageError(
            f"An export needs {missing}.",
            next_step="ftgov export MODEL --format NAME --output FILE; --list shows the formats.",
        )
    from ftgov.api import open_workspace
    from ftgov.api.exporting import export_model

    with open_workspace(workspace) as opened:
        made = export_model(opened, model, output, form=form, system=system)
    console.result(made, [f"{inert(made.file)}  {made.bytes:,} bytes  {made.digest}"])


def _list(console: Console) -> None:
    from ftgov.api.exporting import export_formats

    found = export_formats()
    lines = [
        f"{inert(each.format):<12}  {inert(each.title)}  (*{inert(each.ending)})"
        if each.fault is None
        else f"{inert(each.format):<12}  cannot be used: {inert(each.fault)}"
        for each in found
    ]
    console.result({"formats": [each.model_dump(mode="json") for each in found]}, lines)


COMMAND = export
