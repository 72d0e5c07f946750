"""Training logs of every form become points in one shape, or a clear error."""

from __future__ import annotations

import base64
import csv
import json
from pathlib import Path
from typing import Any

import pytest

from analyzer_support import Shelf, as_json, bare_subject, figure
from ftgov.analyzers.training_dynamics import ANALYZER as DYNAMICS
from ftgov.errors import FtgovError, NotAssessable
from ftgov.records.absence import Absent
from ftgov.records.dossier import AnalysisSettings
from ftgov.records.finding import Finding
from ftgov.records.job import Job
from ftgov.tables.training_log import TrainingLog, metric_points, read_training_log
from openai_fake.account import Account
from openai_fake.jobs import Shape, results_of

CSV = b"step,train_loss,train_accuracy,valid_loss,valid_mean_token_accuracy\n"


def figures(log: TrainingLog) -> dict[tuple[int, str, str], float | None]:
    """Return the points of a log by step, rows and metric."""
    return {(point.step, point.split, point.metric): point.value for point in log.points}


@pytest.fixture
def real(shared_folder: Path) -> bytes:
    """The result file of a real job."""
    return (shared_folder / "data" / "openai" / "openai_drone_result.csv").read_bytes()


def as_points(content: bytes) -> dict[tuple[int, str, str], float | None]:
    """Read a result file with nothing but the standard library."""
    names = {"train_loss": "loss", "train_accuracy": "mean_token_accuracy"}
    return {
        (int(row["step"]), "train", ours): float(row[theirs])
        for row in csv.DictReader(content.decode().splitlines())
        for theirs, ours in names.items()
    }


def test_the_real_result_file_is_read_to_the_last_figure(real: bytes) -> None:
    log = read_training_log(real, "result.csv")
    assert (log.source, log.flags) == ("csv", ())
    assert figures(log) == as_points(real)
    assert len(log.points) == 56
    assert figures(log)[30, "train", "loss"] == 6e-05


@pytest.mark.parametrize("form", ["plain", "base64", "wrapped", "string", "mark", "crlf"])
def test_the_real_result_file_may_come_in_many_forms(real: bytes, form: str) -> None:
    forms = {
        "plain": real,
        "base64": base64.b64encode(real),
        "wrapped": base64.encodebytes(real),
        "string": json.dumps(base64.b64encode(real).decode()).encode(),
        "mark": b"\xef\xbb\xbf" + real,
        "crlf": real.replace(b"\n", b"\r\n"),
    }
    assert figures(read_training_log(forms[form], "result.csv")) == as_points(real)


def attempted(content: bytes) -> TrainingLog | None:
    """Return a log, or None where it is refused as none."""
    try:
        return read_training_log(content, "result.csv")
    except FtgovError as fault:
        told = (fault.what, bool(fault.why))
    assert told == ("result.csv can't be read as a training log.", True)
    return None


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "base64"])
def test_a_cut_result_file_gives_true_points_or_an_error(real: bytes, packed: bool) -> None:
    content = base64.b64encode(real) if packed else real
    true, refused = as_points(real), 0
    for length in range(len(content)):
        cut = content[:length]
        log = attempted(cut)
        if log is None:
            refused += 1
            continue
        assert figures(log).items() <= true.items()
        # A file that ends with a line looks whole; only its length, which the host tells, is odd.
        ends_with_line = (base64.b64decode(cut) if packed else cut).endswith(b"\n")
        assert bool(log.flags) != ends_with_line
    assert refused > 50


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("train_loss,train_mean_token_accuracy,validation_mean_token_accuracy,full_valid_loss",
         {("train", "loss"), ("train", "mean_token_accuracy"), ("valid", "mean_token_accuracy"),
          ("full_valid", "loss")}),
        ("training_loss,training_token_accuracy,validation_sequence_accuracy,elapsed_tokens",
         {("train", "loss"), ("train", "mean_token_accuracy"), ("valid", "sequence_accuracy"),
          ("train", "elapsed_tokens")}),
        ("train_accuracy,train_mean_token_accuracy,train_,reward_mean",
         {("train", "accuracy"), ("train", "mean_token_accuracy"), ("train", "train_"),
          ("train", "reward_mean")}),
    ],
)  # fmt: skip
def test_column_names_of_other_hosts(header: str, expected: set[tuple[str, str]]) -> None:
    log = read_training_log(f"step,{header}\n7,1,2,3,4\n".encode(), "r.csv")
    assert {(point.split, point.metric) for point in log.points} == expected
    assert [point.value for point in log.points] == [1, 2, 3, 4]


def test_a_blank_cell_says_nothing_and_a_wrong_one_is_flagged() -> None:
    rows = b"1,0.5,,,\n2,abc,0.5,NaN,-inf\n3,1_000,0x10, 0.25 ,\n-4,1,1,1,1\n5.5,1,1,1,1\n"
    log = read_training_log(CSV + rows, "r.csv")
    assert figures(log) == {
        (1, "train", "loss"): 0.5,
        (2, "train", "mean_token_accuracy"): 0.5,
        (2, "valid", "loss"): None,
        (2, "valid", "mean_token_accuracy"): None,
        (3, "valid", "loss"): 0.25,
    }
    assert [str(flag) for flag in log.flags] == [
        "line 3, train_loss: 'abc' is no number.",
        "line 4, train_loss: '1_000' is no number.",
        "line 4, train_accuracy: '0x10' is no number.",
        "line 5: its step: it is no whole number from 0.",
        "line 6: its step: it is no whole number from 0.",
    ]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "It is empty."),
        (b" \n", "It is empty."),
        (CSV, "It holds no figure"),
        (CSV.rstrip(), "It is cut in line 1."),
        (CSV + b"1,0.5,,,", "line 2: the line has no end"),
        (CSV + b"1,0.5\n", "Line 2 has 2 cells, the header 5."),
        (CSV + b'1,"0.5\n', "is no CSV"),
        (b"epoch,train_loss\n1,2\n", "Line 1 has no column 'step'."),
        (b"step,a,a\n1,2,3\n", "Line 1 has a column twice."),
        (b"step,,a\n1,2,3\n", "Line 1 has a column without a name"),
        (b"step,\xff\n", "It is not UTF-8 text"),
        (base64.b64encode(CSV)[:-3], "It looks like base64"),
        (base64.b64encode(b"\xff\xfe\xfd"), "It looks like base64"),
        (b'"cut', "It is no whole JSON"),
        (b"[]", "Its JSON is no object."),
        (b"{}", "Its JSON has neither log_history nor a list"),
        (b'{"a": 1, "a": 2}', "a key stands twice"),
        (b'{"log_history": 3}', "It has no list log_history."),
        (b'{"log_history": [3]}', "log_history[0] is no object."),
        (b'{"object": "list", "data": []}', "neither log_history nor a list"),
        (b"[" * 100_000, "nested too deeply"),
    ],
)
def test_what_is_no_training_log_is_refused_with_the_place(content: bytes, why: str) -> None:
    with pytest.raises(FtgovError, match=r"^run\.log can't be read as a training log") as fault:
        read_training_log(content, "run.log")
    assert why in fault.value.why
    assert fault.value.next_step


def test_the_lists_of_the_api_and_the_result_file_of_a_job_agree() -> None:
    account = Account.seeded(3)
    name = next(iter(account.jobs))
    lists = {
        "events": {"object": "list", "data": account.events(name), "has_more": False},
        "checkpoints": {"object": "list", "data": account.checkpoints(name), "has_more": False},
    }
    logs = {kind: read_training_log(as_json(page), kind) for kind, page in lists.items()}
    results = read_training_log(results_of(account.shape, account.jobs[name]), "result.csv")
    events = figures(logs["events"])
    assert (logs["events"].source, logs["checkpoints"].source) == ("event", "checkpoint")
    assert figures(results).items() <= events.items()
    assert figures(logs["checkpoints"]).items() <= events.items()
    assert len(events) == 12 * 4 + 2
    assert {point.total_steps for point in logs["events"].points} == {12}
    assert [point.step for point in logs["events"].points] == sorted(step for step, *_ in events)


def event(data: Any, kind: str = "metrics") -> dict[str, Any]:
    """Return an event as the API has it."""
    return {"object": "fine_tuning.job.event", "type": kind, "data": data}


def test_an_event_of_reinforcement_names_its_parts_by_their_path() -> None:
    data = {
        "step": 3,
        "total_steps": 9,
        "scores": {"grader": {"mean": 0.5, "names": ["a"]}},
        "timing": {"step": {"training": 12.5}},
        "valid_loss": None,
    }
    page = {"object": "list", "data": [event({}, "message"), event(data), event(None)]}
    log = read_training_log(as_json(page), "events")
    assert figures(log) == {
        (3, "train", "scores.grader.mean"): 0.5,
        (3, "train", "timing.step.training"): 12.5,
    }
    assert [str(flag) for flag in log.flags] == [
        "data[1].data.scores.grader.names: ['a'] is no number.",
        "data[2].data: it is no object.",
    ]


def test_contradicting_figures_of_a_step_are_flagged_and_doubles_are_one() -> None:
    rows = [event({"step": 1, "train_loss": loss}) for loss in (0.5, 0.5, 0.75)]
    log = read_training_log(as_json({"object": "list", "data": rows}), "events")
    assert figures(log) == {(1, "train", "loss"): 0.5}
    assert [flag.where for flag in log.flags] == ["data[2].data.train_loss"]
    assert "contradicts data[0].data.train_loss: 0.5 there, 0.75 here" in log.flags[0].why


def test_a_trainers_log_keeps_the_mean_of_the_run_apart() -> None:
    history = [
        {"step": 1, "loss": 2.0, "grad_norm": float("nan"), "epoch": 0.5},
        {"step": 2, "eval_loss": 1.5, "eval_runtime": 3},
        {"step": 2, "train_loss": 1.75, "note": "done"},
        {"loss": 1.0},
    ]
    log = read_training_log(
        json.dumps({"log_history": history, "max_steps": 2}).encode(), "trainer_state.json"
    )
    assert figures(log) == {
        (1, "train", "loss"): 2.0,
        (1, "train", "grad_norm"): None,
        (1, "train", "epoch"): 0.5,
        (2, "valid", "loss"): 1.5,
        (2, "valid", "runtime"): 3.0,
        (2, "train", "train_loss"): 1.75,
    }
    assert {point.total_steps for point in log.points} == {2}
    assert [flag.where for flag in log.flags] == ["log_history[2].note", "log_history[3].step"]


def test_points_are_records_with_names_of_their_own() -> None:
    log = read_training_log(CSV + b"1,0.5,nan,,\n2,0.25,0.5,,\n", "r.csv")
    records = metric_points(log, "tune-7")
    assert records[0].name == "tune-7.csv.train.loss.1"
    assert records[1].value == Absent(absent="unknown", reason="the log has NaN or infinity")
    assert records[3].value == 0.5
    odd = log._replace(points=tuple(p._replace(metric="scores.Größe") for p in log.points))
    names = {record.name for record in (*records, *metric_points(odd, "tune-7" * 21))}
    assert len(names) == 4 + 2


def dynamics(content: bytes, provider: str = "openai") -> Finding:
    """Return what the analyzer finds in a log."""
    shelf = Shelf()
    file = shelf.add("results.csv", content)
    job = Job(name="j", method="supervised", provider=provider, outputs=("t",), trainer_state=file)
    subject = bare_subject().model_copy(update={"job": job})
    (finding,) = DYNAMICS.analyze(subject, shelf, AnalysisSettings())
    return finding


def test_the_analyzer_reads_a_hosts_result_file_as_it_reads_a_trainers_log() -> None:
    rows = b"1,2.0,,1.5,\n2,1.0,,1.0,\n3,0.5,,1.25,\n"
    finding = dynamics(base64.b64encode(CSV + rows))
    assert figure(finding, "final_loss_excess").value == pytest.approx(0.25)
    assert figure(finding, "generalisation_gap").value == pytest.approx(0.75)
    assert figure(finding, "final_loss_excess").assurance == "provider-reported"
    assert [(one.name, len(one.points)) for one in finding.series] == [
        ("loss", 3),
        ("eval_loss", 3),
    ]


def test_the_whole_validation_set_goes_before_a_batch_of_it() -> None:
    rows = b"step,train_loss,valid_loss,full_valid_loss\n1,2,1.5,1.2\n2,1,1.0,1.1\n3,1,0.9,\n"
    series = {one.name: [p.value for p in one.points] for one in dynamics(rows).series}
    assert series["eval_loss"] == [1.2, 1.1]


@pytest.mark.parametrize("rows", [b"1,abc,,,\n2,1.0,,,\n", b"1,nan,,,\n", b"1,,0.5,,\n", b"1,0.5"])
def test_a_loss_that_is_no_number_is_not_assessed(rows: bytes) -> None:
    with pytest.raises(NotAssessable, match=r"results\.csv is malformed"):
        dynamics(CSV + rows)


def test_azures_events_say_two_counts_of_tokens() -> None:
    account = Account.seeded(1 + 2, shape=Shape(style="azure"))
    name = next(iter(account.jobs))
    told = [event["message"] for event in account.events(name)]
    billed = next(text for text in told if text.startswith("Training tokens billed: "))
    assert int(billed.rsplit(" ", 1)[1]) != account.jobs[name]["trained_tokens"]
