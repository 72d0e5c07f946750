"""`ftgov import`: record all that a foreign file or folder holds."""

from __future__ import annotations

from pathlib import Path

import click

from ftgov.cli.console import Console
from ftgov.cli.options import actor_option, command, workspace_option


@command(
    "ftgov import recording runs/2026-11-21",
    "ftgov import recording examples/loan-triage/recording --workspace loans",
    name="import",
)
@click.argument("kind", type=click.Choice(["recording"]))
@click.argument("file", type=click.Path(path_type=Path))
@workspace_option
@actor_option
def import_(console: Console, kind: str, file: Path, workspace: Path, actor: str) -> None:
    """Record all that FILE, a foreign file or folder of KIND, holds.

    A recording is a folder with recording.yaml, as a training script leaves it. Everything is
    checked before anything is stored.
    """
    from ftgov import api

    with api.open_workspace(workspace) as opened:
        console.progress(f"reading the {kind} {file}")
        recorded = api.import_recording(opened, file, actor=actor)
    console.result(
        {"recorded": recorded}, [*(f"recorded {name}" for name in recorded), "Next: ftgov lineage"]
    )


COMMAND = import_
