"""`ftgov init`: make a workspace."""

from __future__ import annotations

from pathlib import Path

import click

from ftgov.cli.console import Console
from ftgov.cli.options import command


@command("ftgov init loans", "ftgov init . --name loan-triage")
@click.argument("folder", type=click.Path(path_type=Path), default=Path())
@click.option("--name", help="The workspace's name; by default the folder's.")
def init(console: Console, folder: Path, name: str | None) -> None:
    """Make a workspace in FOLDER: ftgov.toml and .ftgov/."""
    from ftgov import api

    with api.init(folder, name=name) as workspace:
        plain = {"workspace": str(workspace.root), "name": workspace.name}
        lines = [
            f"A workspace named '{workspace.name}' is in {workspace.root}.",
            "Next: ftgov record dataset NAME --file FILE --role train",
        ]
    console.result(plain, lines)


COMMAND = init
