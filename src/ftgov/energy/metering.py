"""Metering a piece of work: starts the meter's process, stops it, and makes the record.

The record is a JSON object in the form that `ftgov record job --energy` takes. It names the tool,
how each part was read, and what may be wrong with the figure.
"""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

from ftgov.energy.factors import factor
from ftgov.energy.ranges import six
from ftgov.energy.wall import COUNTERS, Calibration
from ftgov.energy.zones import mixture_of
from ftgov.errors import FtgovError, UsageError

SCHEMA = "ftgov.dev/energy/v1"
MARK = "FTGOV_METER"
"""The variable by which work knows that it is metered already."""

_MODULE = "ftgov.energy.local_meter"
_START_SECONDS = 120.0
_STOP_SECONDS = 60.0


class Circumstances(NamedTuple):
    """What a record says beside what was measured.

    Attributes:
        zone: The grid zone or cloud region, None if it is not known.
        calibration: What the site's own wall meter showed over the tool.
        started_at: When the work began, RFC 3339 UTC.
        finished_at: When it ended.
        status: The exit status of the work, None where it was no process.
    """

    zone: str | None
    calibration: Calibration | None
    started_at: str
    finished_at: str
    status: int | None = None


class Metering:
    """The meter as a context manager: it measures from entry to `stop`.

    Args:
        powercap: Where the kernel's energy counters are; None is where Linux has them.
        zeus: Whether Zeus measures the accelerators as well.
    """

    def __init__(self, *, powercap: Path | None = None, zeus: bool = False) -> None:
        self._request = {"powercap": str(powercap) if powercap else None, "zeus": zeus}
        self._process: subprocess.Popen[bytes] | None = None
        self._others: int | None = None
        self._version = ""

    def __enter__(self) -> Self:
        return self.start()

    def start(self) -> Self:
        """Start the meter's process and wait until it measures.

        Raises:
            UsageError: If the work is metered already.
            FtgovError: If the meter can't measure; where CodeCarbon is missing it names the extra.
        """
        if os.environ.get(MARK):
            raise UsageError(
                "This work is metered already.",
                why="Two meters would each count the whole machine.",
                next_step="Run one `ftgov train` only, or leave the callback out of it.",
            )
        self._others = other_meters()
        self._process = subprocess.Popen(  # noqa: S603  (our own interpreter and module)
            # A warning that a user made an error would end CodeCarbon half-way, in silence.
            [sys.executable, "-P", "-W", "ignore", "-m", _MODULE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            # Ctrl-C is for the work; the meter ends when its input does.
            start_new_session=True,
        )
        try:
            self._send(json.dumps(self._request).encode() + b"\n")
            self._version = str(self._answer("measuring", _START_SECONDS)["version"])
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def stop(self) -> dict[str, Any]:
        """Stop measuring, and return what was measured.

        Raises:
            FtgovError: If the meter's process gave no answer.
        """
        assert self._process is not None, "the meter runs between entry and exit"
        assert self._process.stdin is not None
        self._process.stdin.close()
        measured = self._answer("done", _STOP_SECONDS)
        measured["version"] = self._version
        measured["other_meters"] = self._others
        return measured

    def _send(self, line: bytes) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(line)
            self._process.stdin.flush()
        except BrokenPipeError as fault:
            raise _lost("it ended at once") from fault

    def _answer(self, state: str, seconds: float) -> dict[str, Any]:
        """Return the meter's next line.

        Raises:
            FtgovError: If it doesn't come in time, is something else, or tells of a fault.
        """
        assert self._process is not None
        assert self._process.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout, selectors.EVENT_READ)
            if not selector.select(seconds):
                raise _lost(f"it gave no answer in {seconds:.0f} seconds")
        line = self._process.stdout.readline()
        try:
            answer: dict[str, Any] = json.loads(line)
        except ValueError as fault:
            raise _lost(f"it ended with status {self._process.poll()}") from fault
        if answer.pop("state", None) != state:
            raise FtgovError(
                str(answer.get("what") or "The energy meter gave an answer that is none."),
                next_step=str(answer.get("next_step") or "Run without it, and give an estimate."),
            )
        return answer

    def close(self) -> None:
        """End the process, whatever it does, and close its pipes."""
        process, self._process = self._process, None
        if process is None:
            return
        for pipe in (process.stdin, process.stdout):
            if pipe is not None and not pipe.closed:
                pipe.close()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _lost(why: str) -> FtgovError:
    return FtgovError(
        "The energy meter's process was lost.",
        why=f"{why[:1].upper()}{why[1:]}.",
        next_step="Run `ftgov energy estimate` for this job instead.",
    )


def other_meters() -> int | None:
    """Return how many meters of ftgov run on this machine; None where that can't be seen.

    Each counts the whole machine, so the energy of runs that overlap is counted repeatedly.
    """
    processes = Path("/proc")
    if not processes.is_dir():
        return None
    count = 0
    for place in processes.glob("[0-9]*"):
        try:
            words = (place / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        count += _MODULE.encode() in words and place.name != str(os.getpid())
    return count


def metered_record(measured: Mapping[str, Any], about: Circumstances) -> dict[str, Any]:
    """Return the record of metered work, as JSON values.

    Greenhouse gases are location-based: the energy of the machine times the factor of its zone, or
    the middle of a mixture of zones where none is known, which the record says; `ftgov train` and
    `ftgov audit` give them their range. Numbers are kept to six significant figures.

    Raises:
        UsageError: If the zone is unknown.
    """
    mixture = mixture_of(about.zone, "local")
    row = factor(mixture.factor.id)
    grid = row.value
    chips = [part for part in measured["hardware"] if part["kind"] in {"cpu", "gpu"}]
    energies = ("energy_consumed", "cpu_energy", "gpu_energy", "ram_energy")
    used = ("cpu_utilization_percent", "gpu_utilization_percent")
    names = ("duration", *energies, *used)
    emissions: dict[str, Any] = {name: _six(measured[name]) for name in names}
    if mixture.name != "unknown":
        emissions["country_iso_code"] = mixture.name
    emissions |= _accelerators(measured["gpus"])
    emissions["emissions"] = six(measured["energy_consumed"] * grid / 1000.0)
    return {
        "schema": SCHEMA,
        "tool": "codecarbon",
        "version": measured["version"],
        "started_at": about.started_at,
        "finished_at": about.finished_at,
        "exit_status": about.status,
        "boundary": "processors, accelerators and memory of the whole machine",
        "zone": mixture.name,
        "grid_factor": mixture.factor.id,
        "grid_intensity_g_per_kwh": grid,
        "grid_intensity_range": {"low": row.low, "high": row.high},
        "grid_is_mixture": len(mixture.zones) > 1,
        "emissions": {k: v for k, v in emissions.items() if v is not None},
        "hardware": measured["hardware"],
        "counters_read": bool(chips) and all(part["mode"] in COUNTERS for part in chips),
        "gpus": measured["gpus"],
        "gpu_counter_kwh": _six(measured["gpu_counter_kwh"]),
        "calibration": about.calibration._asdict() if about.calibration else None,
        "cross_check": measured["cross_check"],
        "other_meters": measured["other_meters"],
        "sockets_refused": measured["sockets_refused"],
    }


def _six(value: float | None) -> float | None:
    """Return a measured number to six significant figures, None as it is."""
    return None if value is None else six(value)


def _accelerators(names: list[str]) -> dict[str, Any]:
    """Return accelerators as CodeCarbon writes them: `2 x NAME`; unlike ones are only counted."""
    if len(set(names)) == 1:
        return {"gpu_count": len(names), "gpu_model": f"{len(names)} x {names[0]}"}
    return {"gpu_count": len(names)}
