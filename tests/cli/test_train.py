"""`ftgov train`: the command keeps its voice and its status; the record stays."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from ftgov import api
from ftgov.api import nouns, training
from ftgov.errors import UsageError
from ftgov.records.job import Job
from tests_support import environment, run_ftgov

QUICK = (sys.executable, "-c", "import sys; print('trained'); sys.exit(int(sys.argv[1]))")


def test_a_run_is_metered_labelled_and_kept_with_its_job(tmp_path: Path) -> None:
    folder = tmp_path / "loans"
    with api.init(folder) as opened:
        for name, kind in (("base", "base"), ("tuned", "tuned")):
            nouns.record_model(opened, name, kind=kind)
        named: dict[str, Any] = {"method": "full", "base": "base", "outputs": ("tuned",)}
        nouns.record_job(opened, "tune", files={}, **named)
    options = ("--zone", "SE", "--job", "tune", "--workspace", folder)
    site = ("--calibration", "1.1,1.2,1.4")
    ran = run_ftgov("train", *options, *site, "--", *QUICK, "0", cwd=tmp_path)
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
    with api.open_workspace(folder) as opened:
        job = opened.ledger.get(Job, "tune")
    assert job is not None
    assert job.energy is not None
    assert job.energy.name == "energy.json"


def test_a_failed_command_is_metered_and_ends_in_one(tmp_path: Path) -> None:
    ran = run_ftgov("train", "--json", "--output", "e.json", "--", *QUICK, "7", cwd=tmp_path)
    assert ran.status == 1
    assert "ended with status 7" in ran.err
    assert "trained" in ran.err
    assert ran.json["status"] == 7
    low, middle, high = (ran.json["energy_kwh"][end] for end in ("low", "mid", "high"))
    assert 0 < low < middle < high
    for part in ran.json["parts"]:
        ends = part["energy_kwh"]
        assert ends["low"] < ends["mid"] < ends["high"] or ends == dict.fromkeys(ends, 0)
        assert part["label"] in {"measured-software", "estimated-tdp"}
    gases = ran.json["co2e_kg"]
    assert 0 < gases["low"] < gases["mid"] < gases["high"]
    assert (ran.json["zone"], ran.json["zone_is_mixture"]) == ("unknown", True)
    assert "mixture.local.unknown" in ran.json["factors"]
    if not ran.json["record"]["counters_read"]:
        assert ran.json["label"] == "estimated-tdp"
        assert "this is no measurement" in ran.err
    assert json.loads((tmp_path / "e.json").read_text()) == ran.json["record"]


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"output": "there.json"}, "not overwritten"),
        ({"output": "no/where.json"}, "no folder"),
        ({"zone": "Atlantis"}, "no zone"),
        ({"calibration": "2,1,3"}, "out of order"),
        ({"calibration": "much"}, "no calibration"),
        ({"command": ()}, "no command"),
    ],
)
def test_what_would_fail_later_is_refused_before_anything_runs(
    tmp_path: Path, options: dict[str, Any], word: str
) -> None:
    (tmp_path / "there.json").write_text("kept")
    ran = tmp_path / "ran"
    asked: dict[str, Any] = {"command": ("touch", str(ran)), **options}
    output = tmp_path / asked.pop("output", "e.json")
    with pytest.raises(UsageError, match=word):
        training.train(asked.pop("command"), output, **asked)
    assert (tmp_path / "there.json").read_text() == "kept"
    assert [path.name for path in tmp_path.iterdir()] == ["there.json"]


def test_a_job_that_is_not_recorded_is_refused_before_anything_runs(tmp_path: Path) -> None:
    with api.init(tmp_path / "loans") as opened, pytest.raises(UsageError, match="no job 'tune'"):
        training.known_job(opened, "tune")


def test_a_command_that_is_none_leaves_no_record(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="can't be run"):
        training.train(("no-such-program-anywhere",), tmp_path / "e.json")
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
