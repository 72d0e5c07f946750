"""`ftgov import training-log`: a host's figures kept with their job, or a clear error."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from ftgov.records.metric import MetricPoint
from ftgov.store.workspace import Workspace
from tests_support import Ran, run_ftgov

CSV = b"step,train_loss,train_accuracy,valid_loss\n1,2.0,0.5,\n2,1.5,abc,1.75\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workspace with a job."""
    root = tmp_path / "w"
    where = ("--workspace", root)
    assert run_ftgov("init", root).status == 0
    (tmp_path / "weights.json").write_text('{"files": []}')
    model = run_ftgov("record", "model", "tuned", "--kind", "tuned", "--snapshot", "s", *where)
    assert model.status == 0, model.err
    job = run_ftgov(
        "record", "job", "tune-7", "--method", "supervised", "--provider", "openai",
        "--output", "tuned", *where,
    )  # fmt: skip
    assert job.status == 0, job.err
    return root


def imported(root: Path, *words: str | Path) -> Ran:
    """Import a training log."""
    return run_ftgov("import", "training-log", *words, "--workspace", root)


def test_a_result_file_is_kept_with_its_job_and_audited(root: Path, tmp_path: Path) -> None:
    file = tmp_path / "results.csv"
    file.write_bytes(base64.b64encode(CSV))
    done = imported(root, file, "--job", "tune-7", "--json")
    assert done.status == 0, done.err
    told = done.json
    assert (told["source"], told["points"], told["steps"]) == ("csv", 4, 2)
    assert told["flags"] == ["line 3, train_accuracy: 'abc' is no number."]
    audited = run_ftgov(
        "audit", "tuned", "--analyzer", "training_dynamics", "--workspace", root, "--json"
    )
    (finding,) = json.loads(audited.out)["findings"]
    assert finding["outcome"] == "measured"


def test_each_figure_can_be_an_entry(root: Path, tmp_path: Path) -> None:
    file = tmp_path / "results.csv"
    file.write_bytes(CSV)
    done = imported(root, file, "--job", "tune-7", "--points")
    assert done.status == 0, done.err
    assert "4 figures of 2 steps, kept with tune-7" in done.out
    assert "not read: line 3, train_accuracy: 'abc' is no number." in done.err
    with Workspace.open(root) as opened:
        points = {point.name: point for point in opened.ledger.every(MetricPoint)}
    assert len(points) == 4
    assert points["tune-7.csv.valid.loss.2"].value == 1.75
    seen = points["tune-7.csv.valid.loss.2"].observation
    assert seen is not None
    assert (seen.provider, seen.source, seen.assurance) == ("openai", "file", "asserted")


@pytest.mark.parametrize(
    ("words", "content", "status", "told"),
    [
        (("--job", "tune-7"), CSV[:40], 1, "results.csv can't be read as a training log"),
        (("--job", "tune-7"), b"", 1, "It is empty."),
        (("--job", "absent"), CSV, 2, "There is no job 'absent'"),
        ((), CSV, 2, "A training log, and nothing else, is imported for a job"),
    ],
)
def test_what_cannot_be_taken_in_changes_nothing(
    root: Path, tmp_path: Path, words: tuple[str, ...], content: bytes, status: int, told: str
) -> None:
    (tmp_path / "results.csv").write_bytes(content)
    before = run_ftgov("log", "--json", "--workspace", root).out
    done = imported(root, tmp_path / "results.csv", *words)
    assert done.status == status, done.err
    assert told in done.err
    assert run_ftgov("log", "--json", "--workspace", root).out == before


def test_a_recording_is_of_no_single_job(root: Path, recording: Path) -> None:
    done = run_ftgov("import", "recording", recording, "--job", "tune-7", "--workspace", root)
    assert done.status == 2
