"""The only door of CodeCarbon: a process of its own that meters this machine, and says how.

It runs as `python -m ftgov.energy.local_meter`, started by `ftgov.energy.metering`. One line of
JSON on its input starts it, the end of its input stops it, and two lines come back: that it
measures, and what it measured. Being a process of its own is what makes CodeCarbon harmless: its
log lines, its signal handlers, its files, its settings in a home folder and its network code stay
here, where stdout and stderr lead nowhere, the home folder is a scratch folder that is removed, and
no socket can be opened.

CodeCarbon's silent choices (tested with 3.3.2) are made loud: how each part's power came about is
read from the tracker, and `measured` is claimed only of counters that were seen to move.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from ftgov.energy.gpu_counters import GpuCounters
from ftgov.energy.wall import COUNTERS
from ftgov.energy.zeus_check import ZeusCheck
from ftgov.errors import FtgovError, MissingExtra

SAMPLE_SECONDS = 2.0
_POWERCAP = "/sys/class/powercap/intel-rapl/subsystem"
# What CodeCarbon calls its ways of reading a processor, and what we call those that are counters.
_CPU_COUNTERS = {
    "intel_rapl": "rapl",
    "windows_emi": "emi",
    "intel_power_gadget": "intel_power_gadget",
}


class Sockets:
    """Refuses every socket in this process, and counts how many were asked for."""

    def __init__(self) -> None:
        self.refused = 0

    def install(self) -> None:
        """Refuse from now on; an audit hook cannot be taken away again."""
        sys.addaudithook(self._watch)

    def _watch(self, event: str, arguments: tuple[Any, ...]) -> None:
        del arguments
        if event in {"socket.__new__", "socket.connect", "socket.getaddrinfo", "socket.bind"}:
            self.refused += 1
            raise OSError("the energy meter opens no socket")


class Reading(NamedTuple):
    """What a counter file of the kernel held, in microjoules."""

    path: str
    microjoules: int


class LocalMeter:
    """CodeCarbon's tracker in this process, with everything it would do beside metering off.

    Args:
        folder: A scratch folder; the tracker believes it is the home and the current folder.
        powercap: Where the kernel's energy counters are; None is where Linux has them.
    """

    def __init__(self, folder: Path, powercap: str | None = None) -> None:
        codecarbon = _quiet_codecarbon(folder, powercap)
        self.version = str(codecarbon.__version__)
        self._tracker = codecarbon.OfflineEmissionsTracker(
            # Never used: a factor is set, so that the fallback to a world average is out of reach.
            country_iso_code="DEU",
            force_carbon_intensity_g_co2e_kwh=1.0,
            project_name="ftgov",
            measure_power_secs=SAMPLE_SECONDS,
            output_dir=str(folder),
            save_to_file=False,
            save_to_api=False,
            save_to_logger=False,
            # False makes a lock file and takes over SIGINT and SIGTERM.
            allow_multiple_runs=True,
            tracking_mode="machine",
            rapl_include_dram=True,
            pue=1.0,
            wue=0.0,
            log_level="critical",
        )
        self._gpus = GpuCounters()
        self._before: tuple[Reading, ...] = ()

    def start(self) -> None:
        """Begin to measure.

        Raises:
            FtgovError: If the tracker found nothing to measure.
        """
        self._gpus.begin()
        self._tracker.start()
        if not getattr(self._tracker, "_hardware", None):
            raise FtgovError(
                "CodeCarbon started without a part to measure.",
                why="It swallows its own faults.",
                next_step="Run `ftgov doctor`, and install ftgov[energy] again.",
            )
        # Only now does the tracker know which counters it reads.
        self._before = tuple(self._counters())

    def stop(self) -> dict[str, Any]:
        """Stop, and return what was measured and how, as JSON values."""
        self._tracker.stop()
        gpus = self._gpus.end()
        written = self._tracker.final_emissions_data
        cpu, gpu = float(written.cpu_energy), float(written.gpu_energy)
        moved = self._moved()
        parts = [self._part(part, cpu_moved=moved, gpu_moved=gpus.moved) for part in self._parts()]
        dram = moved and self._memory_counted()
        if dram:
            parts = [{**part, "mode": "rapl"} if part["kind"] == "ram" else part for part in parts]
        ram = 0.0 if dram else float(written.ram_energy)
        return {
            "duration": float(written.duration),
            "energy_consumed": cpu + gpu + ram,
            "cpu_energy": cpu,
            "gpu_energy": gpu,
            "ram_energy": ram,
            "hardware": parts,
            "gpus": list(gpus.names),
            "gpu_counter_kwh": gpus.kwh,
            "cpu_utilization_percent": _number(written, "cpu_utilization_percent"),
            "gpu_utilization_percent": _number(written, "gpu_utilization_percent"),
        }

    def _parts(self) -> list[Any]:
        return list(self._tracker._hardware)  # noqa: SLF001 - no public field says how power was got

    def _rapl_files(self) -> list[Any]:
        """Return the counters that the tracker reads, none where it guesses from rated power."""
        interfaces = (getattr(part, "_intel_interface", None) for part in self._parts())
        return [file for one in interfaces for file in getattr(one, "_rapl_files", ())]

    def _memory_counted(self) -> bool:
        """Tell whether one of the counters is the memory's own."""
        return any(
            "dram" in _held(Path(file.path).with_name("name")).lower()
            for file in self._rapl_files()
        )

    def _counters(self) -> Iterator[Reading]:
        for file in self._rapl_files():
            held = _held(Path(file.path))
            if held.isdigit():
                yield Reading(str(file.path), int(held))

    def _moved(self) -> bool:
        """Tell whether each counter of the processor was read twice, and each of them had grown.

        One package that stands still leaves a part of the machine unread, whatever the tool adds
        up; so nothing is claimed of the others.
        """
        before, after = dict(self._before), dict(self._counters())
        same = bool(before) and before.keys() == after.keys()
        return same and all(_grown(path, held, after[path]) for path, held in before.items())

    def _part(self, part: Any, *, cpu_moved: bool, gpu_moved: bool) -> dict[str, Any]:
        """Return what one part is and how its power came about."""
        kind = type(part).__name__.lower()
        if kind == "gpu":
            return {"kind": "gpu", "mode": "nvml" if gpu_moved else "power samples"}
        if kind == "ram":
            return {"kind": "ram", "mode": "constant", "power_w": float(part.total_power().W)}
        if kind == "cpu":
            way = str(part._mode)  # noqa: SLF001 - the same
            counted = cpu_moved and way in _CPU_COUNTERS
            # The name of a counter that was not seen to move must not read like one that was.
            guessed = f"{way}, not checked" if way in COUNTERS else way
            return {
                "kind": "cpu",
                "model": part.get_model(),
                "mode": _CPU_COUNTERS[way] if counted else guessed,
                "tdp_w": None if counted else _watts(part),
            }
        chip = str(getattr(part, "chip_part", kind)).lower()
        return {"kind": chip, "mode": f"{kind}, not checked"}


def _held(file: Path) -> str:
    """Return what a small file of the kernel holds, nothing where it can't be read."""
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        return ""


def _grown(path: str, before: int, after: int) -> bool:
    """Tell whether a counter grew; one that fell did if the kernel says where it begins anew."""
    if after >= before:
        return after > before
    most = _held(Path(path).with_name("max_energy_range_uj"))
    return most.isdigit() and before <= int(most)


def _watts(part: Any) -> float | None:
    rated = part._tdp  # noqa: SLF001 - what the guess rests on stands in no output
    return float(rated) if isinstance(rated, int | float) else None


def _number(written: Any, name: str) -> float | None:
    value = getattr(written, name, None)
    return float(value) if isinstance(value, int | float) else None


def _quiet_codecarbon(folder: Path, powercap: str | None) -> Any:
    """Import CodeCarbon so that it logs nothing, reads no settings, and finds other counters.

    Raises:
        MissingExtra: If it is not installed.
    """
    for name in [name for name in os.environ if name.startswith("CODECARBON")]:
        del os.environ[name]
    os.environ["HOME"] = os.environ["USERPROFILE"] = str(folder)
    os.chdir(folder)
    # Its own log level still lets lines through while it starts.
    logging.getLogger("codecarbon").disabled = True
    logging.disable(logging.CRITICAL)
    try:
        import codecarbon
        from codecarbon.core import cpu
        from codecarbon.external import hardware
    except ImportError as fault:
        raise MissingExtra("Metering this machine", "energy") from fault
    if powercap is not None:
        cpu.is_rapl_available.__defaults__ = (powercap,)
        first = hardware.CPU.__init__.__defaults__
        hardware.CPU.__init__.__defaults__ = (powercap, *(first or ())[1:])
    return codecarbon


@contextmanager
def _scratch() -> Iterator[Path]:
    """Yield a folder that is gone afterwards, whatever was left in it."""
    home = Path.cwd()
    with tempfile.TemporaryDirectory(prefix="ftgov-meter-") as name:
        tempfile.tempdir = name
        yield Path(name)
        tempfile.tempdir = None
        os.chdir(home if home.is_dir() else "/")


def _private_output() -> TextIO:
    """Return the pipe to the parent, and let everything else that prints here print nowhere."""
    pipe = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    os.close(nowhere)
    return os.fdopen(pipe, "w", encoding="utf-8")


def main() -> int:
    """Meter this machine from the first line of the input to its end; return an exit status."""
    answers = _private_output()
    sockets = Sockets()
    sockets.install()

    def answer(**fields: Any) -> None:
        answers.write(json.dumps(fields) + "\n")
        answers.flush()

    request = json.loads(sys.stdin.readline())
    with _scratch() as folder:
        try:
            meter = LocalMeter(folder, request.get("powercap"))
            check = ZeusCheck(wanted=bool(request.get("zeus")))
            check.begin()
            meter.start()
            answer(state="measuring", folder=str(folder), version=meter.version)
            sys.stdin.read()
            measured = meter.stop()
            measured["cross_check"] = check.end(measured["gpu_energy"])
            answer(state="done", sockets_refused=sockets.refused, **measured)
        except FtgovError as fault:
            answer(state="failed", what=fault.what, next_step=fault.next_step)
            return 1
        except Exception as fault:  # noqa: BLE001 - foreign code may raise anything; the parent tells of it
            answer(state="failed", what=f"{type(fault).__name__}: {fault}", next_step="")
            return 1
    return 0


if __name__ == "__main__":
    status = 1
    try:
        status = main()
    finally:
        # CodeCarbon leaves threads that would keep the process alive.
        os._exit(status)
