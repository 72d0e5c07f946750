"""Training that is metered: a command under the meter, and a callback for a trainer."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ftgov.api.clock import now_text
from ftgov.api.recording import ACTOR, record
from ftgov.energy.factors import factor
from ftgov.energy.metering import MARK, Circumstances, Metering, metered_record
from ftgov.energy.ranges import Range
from ftgov.energy.wall import Calibration, Wall, at_the_wall, parse_calibration, parts_of
from ftgov.energy.zones import check_zone
from ftgov.errors import FtgovError, MissingExtra, UsageError
from ftgov.intake.files import describe_file
from ftgov.records.job import Job
from ftgov.store.workspace import Workspace


class MeteredRun(NamedTuple):
    """Work that was metered.

    Attributes:
        file: Where the record was written.
        record: What it holds.
        wall: The energy at the wall that follows from it, with its label.
        co2e_kg: Greenhouse gases of that energy, location-based, in kg.
        status: The exit status of the work; negative is the number of the signal that ended it.
    """

    file: Path
    record: dict[str, Any]
    wall: Wall
    co2e_kg: Range
    status: int


def train(
    command: Sequence[str],
    output: Path,
    *,
    zone: str | None = None,
    calibration: str | None = None,
    zeus: bool = False,
    stdout: int | None = None,
) -> MeteredRun:
    """Run a command, meter the machine meanwhile, and write the record.

    The command keeps its input, output and signals; the meter is a process of its own. The record
    is written however the command ends.

    Args:
        command: The program and its arguments.
        output: Where the record goes; a file that is there is never overwritten.
        zone: The grid zone or cloud region of this machine.
        calibration: `FACTOR` or `LOW,FACTOR,HIGH` of the site's own wall meter.
        zeus: Whether Zeus measures the accelerators as well.
        stdout: A file descriptor for the command's output, where it isn't this process's own.

    Raises:
        UsageError: If the zone or the calibration is none, the output is there already, or the
            command can't be found; nothing was run then.
        FtgovError: If CodeCarbon is not installed, and nothing was run; if the meter was lost, or
            the record can't be written.
    """
    if not command:
        raise UsageError("There is no command to run.", next_step="ftgov train -- python train.py")
    known, chosen = _checked(zone, calibration, output)
    with Metering(zeus=zeus) as meter:
        started = now_text()
        status = _run(command, stdout)
        finished = now_text()
        measured = meter.stop()
    about = Circumstances(known, chosen, started, finished, status)
    return _written(measured, about, output, chosen)


def known_job(workspace: Workspace, job: str) -> Job:
    """Return a recorded job.

    Raises:
        UsageError: If there is none of that name.
    """
    found = workspace.ledger.get(Job, job)
    if found is None:
        raise UsageError(
            f"There is no job '{job}' in this workspace.",
            next_step=f"Record it first: ftgov record job {job} ...",
        )
    return found


def attach_energy(workspace: Workspace, job: str, file: Path, *, actor: str = ACTOR) -> list[str]:
    """Add an energy record to a job of a workspace; the job's earlier record stays in the ledger.

    Raises:
        UsageError: If the job is not recorded.
    """
    described = describe_file(file)
    changed = known_job(workspace, job).model_copy(update={"energy": described})
    return record(workspace, [changed], {file: described}, actor=actor)


def energy_callback(
    output: Path, *, zone: str | None = None, calibration: str | None = None
) -> Any:
    """Return a callback for the Hugging Face `Trainer` that meters training and writes the record.

    Only the first process of a distributed run meters: it counts the whole machine. Under
    `ftgov train` the callback stays out of the way, since that meters already.

    Args:
        output: Where the record goes; a file that is there is never overwritten.
        zone: The grid zone or cloud region of this machine.
        calibration: `FACTOR` or `LOW,FACTOR,HIGH` of the site's own wall meter.

    Raises:
        UsageError: If the zone or the calibration is none, or the output is there already.
        MissingExtra: If `transformers` is not installed.
    """
    known, chosen = _checked(zone, calibration, output)
    try:
        base: Any = importlib.import_module("transformers").TrainerCallback
    except ImportError as fault:
        raise MissingExtra("The callback for a Trainer", "local") from fault
    metering = _TrainerMeter(output, known, chosen)

    def on_train_begin(_: Any, arguments: Any, state: Any, control: Any, **rest: Any) -> None:
        del arguments, control, rest
        if state.is_world_process_zero and not os.environ.get(MARK):
            metering.begin()

    def on_train_end(_: Any, arguments: Any, state: Any, control: Any, **rest: Any) -> None:
        del arguments, state, control, rest
        metering.end()

    events = {"on_train_begin": on_train_begin, "on_train_end": on_train_end}
    return type("EnergyCallback", (base,), events)()


class _TrainerMeter:
    """The meter between a trainer's two events."""

    def __init__(self, output: Path, zone: str | None, calibration: Calibration | None) -> None:
        self._output, self._zone, self._calibration = output, zone, calibration
        self._meter: Metering | None = None
        self._started = ""

    def begin(self) -> None:
        """Start to meter."""
        self._meter = Metering().start()
        self._started = now_text()

    def end(self) -> None:
        """Stop, and write the record; nothing where it was never begun."""
        meter, self._meter = self._meter, None
        if meter is None:
            return
        try:
            measured = meter.stop()
        finally:
            meter.close()
        about = Circumstances(self._zone, self._calibration, self._started, now_text())
        _written(measured, about, self._output, self._calibration)


def _checked(
    zone: str | None, calibration: str | None, output: Path
) -> tuple[str | None, Calibration | None]:
    """Return zone and calibration, and refuse before anything runs what would fail after it."""
    if output.exists():
        raise UsageError(
            f"{output} is there already; it is not overwritten.",
            next_step="Name another file with --output, or move it away.",
        )
    if not output.resolve().parent.is_dir():
        raise UsageError(f"There is no folder {output.resolve().parent} for the record.")
    return (
        check_zone(zone) if zone else None,
        parse_calibration(calibration) if calibration else None,
    )


def _run(command: Sequence[str], stdout: int | None) -> int:
    """Run a command to its end and return its exit status; Ctrl-C is the command's to answer."""
    try:
        process = subprocess.Popen(  # noqa: S603 - running the user's command is what was asked
            list(command), stdout=stdout, env={**os.environ, MARK: "1"}
        )
    except OSError as fault:
        raise UsageError(
            f"The command '{command[0]}' can't be run.",
            why=fault.strerror or str(fault),
            next_step="Check its name; it is run without a shell.",
        ) from fault
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue


def _written(
    measured: dict[str, Any], about: Circumstances, output: Path, calibration: Calibration | None
) -> MeteredRun:
    made = metered_record(measured, about)
    try:
        with output.open("x", encoding="utf-8") as stream:
            json.dump(made, stream, indent=1)
            stream.write("\n")
    except OSError as fault:
        raise FtgovError(
            f"The record {output} can't be written.",
            why=fault.strerror or str(fault),
            next_step="The work itself is done; estimate its energy with `ftgov energy estimate`.",
        ) from fault
    wall = at_the_wall(parts_of(made), calibration)
    return MeteredRun(output, made, wall, _gases(wall, made), about.status or 0)


def _gases(wall: Wall, made: dict[str, Any]) -> Range:
    """Return the greenhouse gases of energy at the wall: the ends times those of the grid's row."""
    row = factor(made["grid_factor"])
    low, mid, high = wall.kwh.times(1e-3)
    return Range(low * row.low, mid * row.value, high * row.high)
