"""The meter: CodeCarbon does nothing but metering, and measured is said of moving counters only."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from ftgov.energy import local_meter, metering
from ftgov.energy.metering import Circumstances, Metering, metered_record
from ftgov.energy.wall import Calibration, at_the_wall, parts_of
from ftgov.errors import FtgovError, UsageError

ABOUT = Circumstances("DE", None, "2026-11-21T09:00:00Z", "2026-11-21T09:00:09Z", 0)


def _tree(root: Path, **domains: int) -> Path:
    """Make what the kernel shows of energy counters: a folder for each domain."""
    base = root / "intel-rapl"
    for number, (name, microjoules) in enumerate(domains.items()):
        place = base / f"intel-rapl:{number}"
        place.mkdir(parents=True)
        (place / "name").write_text(name.replace("_", "-") + "\n")
        (place / "energy_uj").write_text(f"{microjoules}\n")
        (place / "max_energy_range_uj").write_text("262143328850\n")
    base.mkdir(exist_ok=True)
    return base


@contextmanager
def _turning(*files: Path) -> Iterator[None]:
    """Let counters rise as a working machine's do: 100 J in a second."""
    stop = threading.Event()

    def turn() -> None:
        while not stop.wait(0.02):
            for file in files:
                # Whole at once: a reader must never see an empty file.
                fresh = file.with_suffix(".new")
                fresh.write_text(str(int(file.read_text()) + 2_000_000))
                fresh.replace(file)

    thread = threading.Thread(target=turn)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _metered(powercap: Path, seconds: float = 0.4) -> dict[str, Any]:
    with Metering(powercap=powercap) as meter:
        time.sleep(seconds)
        return metered_record(meter.stop(), ABOUT)


def _labels(record: dict[str, Any]) -> tuple[str, dict[str, bool]]:
    wall = at_the_wall(parts_of(record))
    return wall.label, {part.kind: part.counted for part in wall.parts}


def test_without_counters_nothing_is_called_measured(tmp_path: Path) -> None:
    record = _metered(_tree(tmp_path))
    label, counted = _labels(record)
    assert label == "estimated-tdp"
    assert counted["cpu"] is False
    assert counted["ram"] is False
    assert record["counters_read"] is False
    assert {part["mode"] for part in record["hardware"]} == {"cpu_load", "constant"}
    assert record["grid_intensity_g_per_kwh"] == pytest.approx(342.06)
    kwh = record["emissions"]["energy_consumed"]
    assert record["emissions"]["emissions"] == pytest.approx(kwh * 0.34206, rel=1e-5)
    for number in record["emissions"].values():
        assert not isinstance(number, float) or number == float(f"{number:.6g}")
    assert record["zone"] == "DE"


def test_counters_that_move_flip_the_label(tmp_path: Path) -> None:
    base = _tree(tmp_path, package_0=1_000_000, dram=5_000_000)
    package = base / "intel-rapl:0" / "energy_uj"
    dram = base / "intel-rapl:1" / "energy_uj"
    with _turning(package, dram):
        record = _metered(base, seconds=1.0)
    assert _labels(record) == ("measured-software", {"cpu": True, "ram": True})
    assert record["counters_read"] is True
    joules = record["emissions"]["cpu_energy"] * 3.6e6
    assert 50 < joules < 1_000
    assert record["emissions"]["ram_energy"] == 0.0


def test_a_counter_of_the_processor_alone_measures_the_processor_alone(tmp_path: Path) -> None:
    base = _tree(tmp_path, package_0=1_000_000)
    with _turning(base / "intel-rapl:0" / "energy_uj"):
        record = _metered(base, seconds=0.6)
    assert _labels(record) == ("estimated-tdp", {"cpu": True, "ram": False})


def test_one_package_of_two_that_stands_still_is_no_measurement(tmp_path: Path) -> None:
    base = _tree(tmp_path, package_0=1_000_000, package_1=5_000_000)
    with _turning(base / "intel-rapl:0" / "energy_uj"):
        record = _metered(base, seconds=0.6)
    assert record["emissions"]["cpu_energy"] > 0
    assert _labels(record)[0] == "estimated-tdp"
    assert record["counters_read"] is False


def test_a_counter_that_began_anew_has_grown_and_one_that_fell_has_not(tmp_path: Path) -> None:
    (tmp_path / "max_energy_range_uj").write_text("100\n")
    counter = str(tmp_path / "energy_uj")
    grown = local_meter._grown
    assert [grown(counter, *ends) for ends in ((5, 6), (99, 3), (5, 5))] == [True, True, False]
    assert not grown(counter, 200, 3)
    assert not grown(str(tmp_path / "none" / "energy_uj"), 99, 3)


def test_a_counter_that_stands_still_is_no_measurement(tmp_path: Path) -> None:
    record = _metered(_tree(tmp_path, package_0=1_000_000))
    label, counted = _labels(record)
    assert label == "estimated-tdp"
    assert counted["cpu"] is False
    assert record["counters_read"] is False
    assert "rapl" not in {part["mode"] for part in record["hardware"]}


@pytest.mark.skipif(sys.platform != "linux", reason="open files are listed on Linux only")
def test_the_meter_opens_no_socket_and_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    home, here, scratch = (tmp_path / name for name in ("home", "here", "scratch"))
    for folder in (home, here, scratch):
        folder.mkdir()
    # Settings of a user that would make CodeCarbon write files and call a server.
    (home / ".codecarbon.config").write_text("[codecarbon]\nsave_to_api = true\nsave_to_file = 1\n")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("TMPDIR", str(scratch))
    monkeypatch.setenv("CODECARBON_SAVE_TO_FILE", "true")
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.chdir(here)
    before = {number: signal.getsignal(number) for number in signal.valid_signals()}
    with Metering() as meter:
        process = meter._process
        assert process is not None
        time.sleep(0.5)
        opened = [str(link.readlink()) for link in Path(f"/proc/{process.pid}/fd").iterdir()]
        during = sorted(path.name for path in scratch.iterdir())
        handled = Path(f"/proc/{process.pid}/status").read_text()
        measured = meter.stop()
    assert not [name for name in opened if name.startswith("socket:")]
    assert len(during) == 1
    assert during[0].startswith("ftgov-meter-")
    assert measured["sockets_refused"] >= 0
    # SIGTERM, signal 15, is answered by nobody in the meter's process: bit 14 of the caught ones.
    caught = int(next(x for x in handled.splitlines() if x.startswith("SigCgt")).split()[1], 16)
    assert not caught >> 14 & 1
    assert list(scratch.iterdir()) == []
    assert list(here.iterdir()) == []
    assert [path.name for path in home.iterdir()] == [".codecarbon.config"]
    assert {number: signal.getsignal(number) for number in signal.valid_signals()} == before
    assert capfd.readouterr() == ("", "")
    assert "codecarbon" not in sys.modules


def test_work_that_is_metered_already_is_not_metered_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(metering.MARK, "1")
    with pytest.raises(UsageError, match="metered already"), Metering(powercap=_tree(tmp_path)):
        pass


@pytest.mark.skipif(sys.platform != "linux", reason="other processes are seen on Linux only")
def test_a_second_meter_is_seen_and_told(tmp_path: Path) -> None:
    base = _tree(tmp_path)
    with Metering(powercap=base) as first:
        seen = metering.other_meters() or 0
        assert seen >= 1
        record = _metered(base, seconds=0.1)
        first.stop()
    assert record["other_meters"] >= 1


def test_a_meter_that_dies_is_an_error_and_no_figure(tmp_path: Path) -> None:
    with Metering(powercap=_tree(tmp_path)) as meter:
        process = meter._process
        assert process is not None
        process.kill()
        process.wait()
        with pytest.raises(FtgovError, match="process was lost"):
            meter.stop()


def test_a_meter_without_its_library_names_the_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A package of that name that can't be imported stands for one that is not installed."""
    broken = tmp_path / "codecarbon"
    broken.mkdir()
    (broken / "__init__.py").write_text("raise ImportError('not here')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(FtgovError, match="optional dependency 'energy'") as caught, Metering():
        pass
    assert "pip install 'ftgov[energy]'" in caught.value.next_step


def test_the_meter_ends_when_its_parent_does(tmp_path: Path) -> None:
    """Killed outright, the parent can tell nobody; the meter's input ends all the same."""
    code = (
        "import os, sys; from pathlib import Path; from ftgov.energy.metering import Metering;"
        "meter = Metering(powercap=Path(sys.argv[1])).__enter__();"
        "print(meter._process.pid, flush=True); os.kill(os.getpid(), 9)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(_tree(tmp_path))],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    meter = int(done.stdout)
    for _ in range(300):
        try:
            os.kill(meter, 0)
        except ProcessLookupError:
            break
        if Path(f"/proc/{meter}/stat").read_text().split()[2] == "Z":
            break
        time.sleep(0.05)
    else:
        pytest.fail("the meter lives on")


def test_zeus_is_asked_only_where_wanted_and_never_in_silence(tmp_path: Path) -> None:
    with Metering(powercap=_tree(tmp_path), zeus=True) as meter:
        check = meter.stop()["cross_check"]
    assert check["tool"] == "zeus"
    if check["gpu_kwh"] is None:
        assert check["reason"]
    record = json.loads(json.dumps(metered_record({**_bare(), "cross_check": check}, ABOUT)))
    assert record["cross_check"] == check


def _bare() -> dict[str, Any]:
    """Return what a meter would have measured on a machine with two accelerators."""
    return {
        "version": "3.3.2",
        "duration": 10.0,
        "energy_consumed": 3.0,
        "cpu_energy": 1.0,
        "gpu_energy": 2.0,
        "ram_energy": 0.0,
        "cpu_utilization_percent": None,
        "gpu_utilization_percent": 90.0,
        "hardware": [{"kind": "cpu", "mode": "rapl"}, {"kind": "gpu", "mode": "nvml"}],
        "gpus": ["NVIDIA A40", "NVIDIA A40"],
        "gpu_counter_kwh": 2.0,
        "cross_check": None,
        "other_meters": 0,
        "sockets_refused": 0,
    }


def test_accelerators_are_named_as_the_tool_names_them() -> None:
    emissions = metered_record(_bare(), ABOUT)["emissions"]
    assert (emissions["gpu_count"], emissions["gpu_model"]) == (2, "2 x NVIDIA A40")
    unlike = metered_record({**_bare(), "gpus": ["A", "B"]}, ABOUT)["emissions"]
    assert unlike["gpu_count"] == 2
    assert "gpu_model" not in unlike


def test_an_unknown_zone_is_a_mixture_and_no_world_number() -> None:
    record = metered_record(_bare(), ABOUT._replace(zone=None))
    assert record["zone"] == "unknown"
    assert record["grid_factor"] == "mixture.local.unknown"
    assert record["grid_is_mixture"] is True
    ends = record["grid_intensity_range"]
    assert ends["low"] < record["grid_intensity_g_per_kwh"] < ends["high"]
    assert "country_iso_code" not in record["emissions"]
    with pytest.raises(UsageError, match="no zone"):
        metered_record(_bare(), ABOUT._replace(zone="Atlantis"))


def test_a_calibration_travels_with_the_record() -> None:
    chosen = Calibration(1.1, 1.2, 1.3)
    record = metered_record(_bare(), ABOUT._replace(calibration=chosen))
    assert Calibration(**record["calibration"]) == chosen
