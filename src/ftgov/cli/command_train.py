"""`ftgov train`: a training command with the machine's energy metered."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ftgov.cli.console import Console, inert
from ftgov.cli.options import ExampleGroup, actor_option, command, workspace_option
from ftgov.cli.train_openai import train_openai
from ftgov.errors import ExitCode, FtgovError

if TYPE_CHECKING:
    from ftgov.api.training import MeteredRun
    from ftgov.energy.ranges import Range

_KINDS = {"gpu": "accelerators", "cpu": "processors", "ram": "memory"}
_GUESSED = {
    "gpu": "no counter: samples of the power",
    "cpu": "no counter: guessed from rated power",
    "ram": "no counter: a constant of the tool",
}


@command(
    "ftgov train -- python train.py",
    "ftgov train --zone DE --output run-7.energy.json --job tune-7 -- accelerate launch train.py",
    "ftgov train openai --help",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("energy.json"),
    show_default=True,
    help="Where the record goes; never overwritten.",
)
@click.option("--zone", help="Country, US state or cloud region of this machine.")
@click.option(
    "--calibration",
    metavar="FACTOR|LOW,FACTOR,HIGH",
    help="Your wall meter over the tool, on a load like this; one number is widened.",
)
@click.option("--zeus", is_flag=True, help="Read the accelerators with Zeus as well.")
@click.option("--job", help="A recorded job of the workspace that gets the record.")
@workspace_option
@actor_option
@click.argument("words", nargs=-1, required=True, type=click.UNPROCESSED)
def train(
    console: Console,
    words: tuple[str, ...],
    output: Path,
    zone: str | None,
    calibration: str | None,
    zeus: bool,
    job: str | None,
    workspace: Path,
    actor: str,
) -> None:
    """Run a command and meter the energy of this machine meanwhile.

    The meter is a process of its own: the command keeps its output and its signals. A figure is
    called measured only where a counter of the hardware was read.
    """
    from ftgov.api import open_workspace, training

    if job:
        with open_workspace(workspace) as opened:
            training.known_job(opened, job)
    console.progress("starting the meter")
    # Asked for JSON, stdout is for the one document: the command's own output goes to stderr.
    stdout = sys.stderr.fileno() if console.as_json else None
    run = training.train(
        words, output, zone=zone, calibration=calibration, zeus=zeus, stdout=stdout
    )
    if job:
        with open_workspace(workspace) as opened:
            training.attach_energy(opened, job, output, actor=actor)
    console.result(_plain(run), _lines(run, job))
    _warn(console, run)
    if run.status:
        console.complain(
            FtgovError(
                f"The command ended with status {run.status}.",
                why="Its energy was metered all the same.",
                next_step=f"The record is {run.file}.",
            )
        )
        click.get_current_context().exit(int(ExitCode.OPERATIONAL))


def _plain(run: MeteredRun) -> dict[str, object]:
    """Return the JSON of a run: six significant figures."""
    from ftgov.energy.ranges import LEVEL, six

    def ranged(figures: Range) -> dict[str, float]:
        return {name: six(end) for name, end in figures._asdict().items()}

    return {
        "file": str(run.file),
        "status": run.status,
        "label": run.wall.label,
        "boundary": "this machine at the wall",
        "energy_kwh": ranged(run.wall.kwh),
        "co2e_kg": ranged(run.co2e_kg),
        "zone": run.record["zone"],
        "zone_is_mixture": run.record["grid_is_mixture"],
        "interval": LEVEL,
        "parts": [
            {
                "kind": part.kind,
                "energy_kwh": ranged(ends),
                "counter_read": part.counted,
                "label": "measured-software" if part.counted else "estimated-tdp",
            }
            for part, ends in zip(run.wall.parts, run.wall.ranges, strict=True)
        ],
        "factors": [*(row.id for row in run.wall.factors), run.record["grid_factor"]],
        "record": run.record,
    }


def _lines(run: MeteredRun, job: str | None) -> Iterator[str]:
    """Yield what a person reads: at most two significant figures, each with range and label."""
    from ftgov.energy.ranges import shown, two

    small = run.wall.kwh.high < 1
    by, unit = (1000.0, "Wh") if small else (1.0, "kWh")
    counted = any(part.counted for part in run.wall.parts)
    how = "counters in part, the rest guessed" if counted else "guessed from rated power"
    if run.wall.label == "measured-software":
        how = "all of it read from counters"
    yield (
        f"{shown(run.wall.kwh.times(by), unit)} at the wall of this machine in "
        f"{two(run.record['emissions']['duration'])} s ({run.wall.label}: {how}; 90 % range)"
    )
    for part, ends in zip(run.wall.parts, run.wall.ranges, strict=True):
        way = "counter read" if part.counted else _GUESSED[part.kind]
        yield f"  {_KINDS[part.kind]}: {shown(ends.times(by), unit)}, {way}"
    place = run.record["zone"]
    where = "a mixture of places, none is known" if place == "unknown" else inert(str(place))
    light = run.co2e_kg.high < 1
    gases = shown(run.co2e_kg.times(1000.0), "g") if light else shown(run.co2e_kg, "kg")
    yield f"  greenhouse gases: {gases} CO2e, location-based ({where})"
    rows = [*(row.id for row in run.wall.factors), run.record["grid_factor"]]
    yield f"  factors: {', '.join(rows)}"
    yield f"record: {inert(str(run.file))}" + (f", kept with the job {inert(job)}" if job else "")


def _warn(console: Console, run: MeteredRun) -> None:
    """Say what makes the figure worth less."""
    if run.record["other_meters"]:
        console.warn("another meter ran at the same time; each counts the whole machine")
    if run.wall.label != "measured-software":
        console.warn("not every part has a counter that could be read: this is no measurement")
    check = run.record["cross_check"]
    if check and check["gpu_kwh"] is None:
        console.warn(f"Zeus measured nothing: {check['reason']}")


class TrainGroup(ExampleGroup):
    """`ftgov train`: the meter for a command, unless its first word is a host's."""

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        """Let the host's own command take the line where one is named; else it is the meter's."""
        if args and args[0] in self.commands:
            found = self.commands[args[0]]
            outer = click.Context(self, info_name=info_name, parent=parent)
            return found.make_context(args[0], args[1:], outer, **extra)
        return train.make_context(info_name, args, parent, **extra)

    def get_help(self, ctx: click.Context) -> str:
        """Return the help of the meter; hosts have their own below it."""
        return train.get_help(ctx)


COMMAND = TrainGroup("train", [train_openai], train.help or "", *train.examples)
train.shares, COMMAND.shares = (COMMAND,), (train,)
