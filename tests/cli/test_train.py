"""`ftgov train`: the command keeps its voice and its status; the record stays."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests_support import environment, run_ftgov

QUICK = (sys.executable, "-c", "import sys; print('trained'); sys.exit(int(sys.argv[1]))")


def test_a_run_is_metered_labelled_and_kept_with_its_job(tmp_path: Path) -> None:
    folder = tmp_path / "loans"
    assert run_ftgov("init", folder).status == 0
    for name, kind in (("base", "base"), ("tuned", "tuned")):
        assert run_ftgov("record", "model", name, "--kind", kind, "--workspace", folder).status == 0
    named = ("--method", "full", "--base", "base", "--output", "tuned", "--workspace", folder)
    assert run_ftgov("record", "job", "tune", *named).status == 0
    options = (
        "--zone",
        "SE",
        "--job",
        "tune",
        "--workspace",
        folder,
        "--calibration",
        "1.1,1.2,1.4",
    )
    ran = run_ftgov("train", *options, "--", *QUICK, "0", cwd=tmp_path)
    assert ran.status == 0, ran.err
    told = ran.out.splitlines()
    assert told[0] == "trained"
    assert "at the wall of this machine" in told[1]
    assert "90 % range" in told[1]
    assert told[-1] == "record: energy.json, kept with the job tune"
    record = json.loads((tmp_path / "energy.json").read_text())
    assert record["schema"] == "ftgov.dev/energy/v1"
    assert record["zone"] == "SE"
    assert record["exit_status"] == 0
    assert record["calibration"] == {"low": 1.1, "factor": 1.2, "high": 1.4}
    again = run_ftgov("lineage", "tuned", "--json", "--workspace", folder)
    assert "energy.json" in again.out


def test_a_failed_command_is_metered_and_ends_in_one(tmp_path: Path) -> None:
    ran = run_ftgov("train", "--json", "--output", "e.json", "--", *QUICK, "7", cwd=tmp_path)
    assert ran.status == 1
    assert "ended with status 7" in ran.err
    assert "trained" in ran.err
    assert ran.json["status"] == 7
    low, middle, high = (ran.json["energy_kwh"][end] for end in ("low", "mid", "high"))
    assert 0 < low < middle < high
    if not ran.json["record"]["counters_read"]:
        assert ran.json["label"] == "estimated-tdp"
        assert "this is no measurement" in ran.err
    assert json.loads((tmp_path / "e.json").read_text()) == ran.json["record"]


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("--output", "there.json", "--", "true"), "not overwritten"),
        (("--output", "no/where.json", "--", "true"), "no folder"),
        (("--zone", "Atlantis", "--", "true"), "no zone"),
        (("--calibration", "2,1,3", "--", "true"), "out of order"),
        (("--calibration", "much", "--", "true"), "no calibration"),
        (("--workspace", "nowhere", "--job", "j", "--", "true"), "nowhere"),
        ((), "WORDS"),
    ],
)
def test_what_would_fail_later_is_refused_before_anything_runs(
    tmp_path: Path, arguments: tuple[str, ...], word: str
) -> None:
    (tmp_path / "there.json").write_text("kept")
    ran = run_ftgov("train", *arguments, cwd=tmp_path)
    assert ran.status in {1, 2}
    assert word in ran.err
    assert (tmp_path / "there.json").read_text() == "kept"
    assert [path.name for path in tmp_path.iterdir()] == ["there.json"]


def test_a_command_that_is_none_leaves_no_record(tmp_path: Path) -> None:
    ran = run_ftgov("train", "--", "no-such-program-anywhere", cwd=tmp_path)
    assert ran.status == 2
    assert "can't be run" in ran.err
    assert list(tmp_path.iterdir()) == []


def test_an_interrupt_is_the_command_s_and_the_record_is_written(tmp_path: Path) -> None:
    code = (
        "import signal, sys, time\n"
        "signal.signal(signal.SIGINT, lambda *_: sys.exit(5))\n"
        "open('ready', 'w').close()\n"
        "time.sleep(60)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "ftgov", "train", "-q", "--", sys.executable, "-c", code],
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    for _ in range(600):
        if (tmp_path / "ready").exists():
            break
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 1, told
    assert b"ended with status 5" in told
    assert json.loads((tmp_path / "energy.json").read_text())["exit_status"] == 5


CALLBACK = """
import json, signal, sys
from pathlib import Path
from types import SimpleNamespace
from transformers import TrainerCallback
from ftgov.api.training import energy_callback
before = {n: signal.getsignal(n) for n in signal.valid_signals()}
callback = energy_callback(Path("run.json"), zone="DE")
first = SimpleNamespace(is_world_process_zero=sys.argv[1] == "first")
callback.on_train_begin(None, first, None)
callback.on_train_end(None, first, None)
after = {n: signal.getsignal(n) for n in signal.valid_signals()}
print(json.dumps([isinstance(callback, TrainerCallback), before == after,
                  "codecarbon" in sys.modules, Path("run.json").exists()]))
"""


@pytest.mark.parametrize(
    ("rank", "mark", "kept"), [("first", "", True), ("first", "1", False), ("other", "", False)]
)
def test_the_callback_meters_in_the_first_process_only(
    tmp_path: Path, rank: str, mark: str, kept: bool
) -> None:
    """The trainer is half a gigabyte; its callback's base class is all that is used of it."""
    library = tmp_path / "library"
    library.mkdir()
    (library / "transformers.py").write_text("class TrainerCallback: pass\n")
    done = subprocess.run(
        [sys.executable, "-c", CALLBACK, rank],
        cwd=tmp_path,
        env=environment({"PYTHONPATH": str(library), "FTGOV_METER": mark}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    assert json.loads(done.stdout) == [True, True, False, kept]
    if kept:
        record = json.loads((tmp_path / "run.json").read_text())
        assert (record["zone"], record["exit_status"]) == ("DE", None)
