"""`ftgov import`: record all that a foreign file or folder holds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ftgov.cli.console import Console, inert
from ftgov.cli.options import actor_option, command, workspace_option
from ftgov.errors import UsageError

if TYPE_CHECKING:
    from ftgov.api.training_logs import ImportedLog
    from ftgov.store.workspace import Workspace

_FLAGS_SHOWN = 5


@command(
    "ftgov import recording runs/2026-11-21",
    "ftgov import recording examples/loan-triage/recording --workspace loans",
    "ftgov import training-log step_metrics.csv --job tune-7",
    name="import",
)
@click.argument("kind", type=click.Choice(["recording", "training-log"]))
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--job", metavar="NAME", help="The recorded job that a training log is of.")
@click.option(
    "--points", is_flag=True, help="Record each figure of a training log as an entry of its own."
)
@workspace_option
@actor_option
def import_(
    console: Console,
    kind: str,
    file: Path,
    job: str | None,
    points: bool,
    workspace: Path,
    actor: str,
) -> None:
    """Record all that FILE, a foreign file or folder of KIND, holds.

    A recording is a folder with recording.yaml, as a training script leaves it. A training log is a
    host's result file (CSV, plain or base64), a trainer_state.json, or a list of events or
    checkpoints as the OpenAI API answered it. Everything is checked before anything is stored.
    """
    from ftgov import api

    if (kind == "training-log") != (job is not None) or (points and job is None):
        raise UsageError(
            "A training log, and nothing else, is imported for a job.",
            next_step="ftgov import training-log FILE --job NAME",
        )
    with api.open_workspace(workspace) as opened:
        console.progress(f"reading the {kind} {file}")
        if job is not None:
            _training_log(console, opened, file, job, points=points, actor=actor)
            return
        recorded = api.import_recording(opened, file, actor=actor)
    console.result(
        {"recorded": recorded}, [*(f"recorded {name}" for name in recorded), "Next: ftgov lineage"]
    )


def _training_log(
    console: Console, workspace: Workspace, file: Path, job: str, *, points: bool, actor: str
) -> None:
    from ftgov.api.training_logs import import_training_log

    done = import_training_log(workspace, file, job, points=points, actor=actor)
    flags = [str(flag) for flag in done.log.flags]
    console.result(
        {
            "recorded": done.recorded,
            "source": done.log.source,
            "points": len(done.log.points),
            "steps": len({point.step for point in done.log.points}),
            "flags": flags,
        },
        _lines(done, job),
    )
    for flag in flags[:_FLAGS_SHOWN]:
        console.warn(f"not read: {inert(flag)}")
    if len(flags) > _FLAGS_SHOWN:
        console.warn(f"not read: {len(flags) - _FLAGS_SHOWN} more, see --json")


def _lines(done: ImportedLog, job: str) -> Iterator[str]:
    """Yield what a person reads."""
    points = done.log.points
    names = sorted({f"{point.split} {point.metric}" for point in points})
    yield f"{len(points)} figures of {len({point.step for point in points})} steps, kept with {job}"
    yield f"  {inert(', '.join(names))}"
    yield "Next: ftgov audit MODEL"


COMMAND = import_
