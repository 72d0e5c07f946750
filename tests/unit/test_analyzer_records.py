"""What is read from files: datasets, the trainer's log, the energy record."""

from __future__ import annotations

from typing import Any

import pytest

from analyzer_support import (
    ENERGY,
    HISTORY,
    Shelf,
    as_json,
    bare_subject,
    chat,
    decision,
    evaluation,
    figure,
    full_subject,
    jsonl,
    only,
)
from ftgov.analyzers.dataset_quality import ANALYZER as QUALITY
from ftgov.analyzers.energy import ANALYZER as ENERGY_ANALYZER
from ftgov.analyzers.training_dynamics import ANALYZER as DYNAMICS
from ftgov.errors import FtgovError
from ftgov.records.dataset import Dataset
from ftgov.records.dossier import AnalysisSettings
from ftgov.records.finding import Finding
from ftgov.records.job import Job

SETTINGS = AnalysisSettings()


def quality(train: bytes, *, asked: bool = True) -> Finding:
    shelf = Shelf()
    rows = jsonl([decision(1, "a", "Denied.", "Denied.") | {"prompt": "Am I in the test?"}])
    subject = bare_subject().model_copy(
        update={
            "datasets": (
                Dataset(name="train", role="train", files=(shelf.add("train.jsonl", train),)),
            ),
            "evaluations": (evaluation(shelf, "tuned", rows),) if asked else (),
        }
    )
    return only(QUALITY.analyze(subject, shelf, SETTINGS))


def test_clean_data_passes_with_exact_counts() -> None:
    train = jsonl([chat("one"), chat("two"), chat("two")])
    finding = quality(train)
    assert (finding.outcome, finding.severity) == ("pass", "note")
    assert figure(finding, "rows", dataset="train").value == 3
    assert figure(finding, "bytes", dataset="train").value == len(train)
    assert figure(finding, "duplicate_rows").value == 1
    overlap = figure(finding, "overlap_rows")
    assert overlap.interval is not None
    assert (overlap.value, overlap.interval.low, overlap.interval.high) == (0, 0, 0)


def test_a_test_question_among_the_training_rows_fails_with_its_line() -> None:
    finding = quality(jsonl([chat("one"), chat("Am I in the test?")], zipped=True))
    assert (finding.outcome, finding.severity) == ("fail", "error")
    assert figure(finding, "overlap_rows").value == 1
    assert figure(finding, "overlap_rows", dataset="train").value == 1
    assert "train.jsonl line 2" in finding.summary


def test_unreadable_rows_are_counted_and_fail() -> None:
    broken = b'{"messages": 1}\nnot json\n' + jsonl([chat("fine")]) + b'{"a": NaN}\n\xff\n'
    finding = quality(broken)
    assert finding.outcome == "fail"
    assert figure(finding, "unreadable_rows").value == 4
    assert figure(finding, "rows", dataset="train").value == 5


def test_without_an_evaluation_overlap_is_unknown_and_no_pass() -> None:
    finding = quality(jsonl([chat("one")]), asked=False)
    assert finding.outcome == "inconclusive"
    assert figure(finding, "overlap_rows").value is None


def test_training_data_that_is_named_but_not_recorded_is_no_pass() -> None:
    shelf = Shelf()
    complete = full_subject(shelf)
    assert only(QUALITY.analyze(complete, shelf, SETTINGS)).outcome == "pass"
    assert complete.job is not None
    for datasets in ({}, {"train": "lost"}):
        job = complete.job.model_copy(update={"datasets": datasets})
        subject = complete.model_copy(update={"job": job})
        finding = only(QUALITY.analyze(subject, shelf, SETTINGS))
        assert finding.outcome == "inconclusive"
        assert figure(finding, "overlap_rows").value is None
        assert figure(finding, "overlap_rows", dataset="train").value == 0


def test_an_empty_dataset_is_no_pass() -> None:
    finding = quality(b"\n\n")
    assert (finding.outcome, finding.severity) == ("fail", "error")
    assert "train" in finding.summary


def test_a_broken_file_as_a_whole_is_an_error() -> None:
    with pytest.raises(FtgovError, match=r"train\.jsonl, line"):
        quality(jsonl([chat(str(n)) for n in range(999)], zipped=True)[:-20])


def dynamics(state: object, provider: str = "local") -> Finding:
    shelf = Shelf()
    content = state if isinstance(state, bytes) else as_json(state)
    job = Job(
        name="job",
        method="lora",
        provider=provider,
        outputs=("tuned",),
        trainer_state=shelf.add("trainer_state.json", content),
    )
    return only(DYNAMICS.analyze(bare_subject().model_copy(update={"job": job}), shelf, SETTINGS))


def test_the_excess_and_the_gap_are_read_from_the_log() -> None:
    finding = dynamics({"log_history": HISTORY})
    assert figure(finding, "final_loss_excess").value == pytest.approx(0.1)
    assert figure(finding, "generalisation_gap").value == pytest.approx(1.15)
    assert figure(finding, "final_loss_excess").assurance == "measured-software"
    assert [(one.name, len(one.points)) for one in finding.series] == [
        ("loss", 3),
        ("eval_loss", 3),
    ]
    hosted = dynamics({"log_history": HISTORY}, provider="openai")
    assert figure(hosted, "final_loss_excess").assurance == "provider-reported"


def test_a_log_without_evaluation_has_reasons_and_a_long_one_keeps_its_end() -> None:
    finding = dynamics({"log_history": [{"step": n, "loss": 1.0 + n} for n in range(5_001)]})
    assert figure(finding, "final_loss_excess").value is None
    points = finding.series[0].points
    assert len(points) <= 1_000
    assert points[-1].step == 5_000


def test_one_evaluation_loss_has_no_excess_and_a_long_curve_keeps_its_minimum() -> None:
    finding = dynamics({"log_history": HISTORY[:2]})
    excess = figure(finding, "final_loss_excess")
    assert excess.value is None
    assert excess.reason is not None
    assert "one eval_loss only" in excess.reason
    assert figure(finding, "generalisation_gap").value == pytest.approx(-0.2)
    long = [{"step": n, "eval_loss": 0.5 if n == 2_501 else 1.0} for n in range(5_001)]
    points = dynamics({"log_history": long}).series[0].points
    assert min(point.value for point in points) == 0.5
    assert len(points) <= 1_000


@pytest.mark.parametrize(
    "state",
    [
        b"{",
        [],
        {},
        {"log_history": []},
        {"log_history": [3]},
        {"log_history": [{"loss": 1.0}]},
        {"log_history": [{"step": 1, "loss": "1"}]},
        {"log_history": [{"step": 1, "loss": True}]},
        b'{"log_history": [{"step": 1, "loss": NaN}]}',
        b'{"log_history": [{"step": 1, "eval_loss": 1e999}]}',
        b'{"log_history": [{"step": 1, "eval_loss": 1' + b"0" * 400 + b"}]}",
    ],
)
def test_a_malformed_log_is_an_error_that_names_it(state: object) -> None:
    with pytest.raises(FtgovError, match=r"trainer_state\.json is malformed"):
        dynamics(state)


def energy(record: object) -> Finding:
    shelf = Shelf()
    content = record if isinstance(record, bytes) else as_json(record)
    job = Job(
        name="job",
        method="lora",
        outputs=("tuned",),
        energy=shelf.add("codecarbon.json", content),
    )
    subject = bare_subject().model_copy(update={"job": job})
    found = ENERGY_ANALYZER.analyze(subject, shelf, SETTINGS)
    return only(tuple(each for each in found if each.id == "energy"))


CPU = {"kind": "cpu", "mode": "rapl"}
GPU = {"kind": "gpu", "mode": "nvml"}
RAM = {"kind": "ram", "mode": "constant", "power_w": 20}
DRAM = {"kind": "ram", "mode": "rapl"}
RATED = (0.00333, 0.01, 0.03)
BY_CPU = (0.0136, 0.0147, 0.0248)
BY_GPU = (0.0115, 0.0131, 0.0149)


def with_memory(kwh: float, *hardware: dict[str, Any]) -> dict[str, Any]:
    emissions = ENERGY["emissions"] | {"ram_energy": kwh}
    return {"counters_read": True, "hardware": list(hardware), "emissions": emissions}


@pytest.mark.parametrize(
    ("changed", "label", "ends"),
    [
        ({}, "estimated-tdp", RATED),
        ({"counters_read": True, "hardware": [CPU]}, "measured-software", BY_CPU),
        ({"counters_read": True, "hardware": [CPU, GPU]}, "measured-software", BY_GPU),
        # Nobody says how much of it is the memory's.
        ({"counters_read": True, "hardware": [CPU, RAM]}, "estimated-tdp", RATED),
        ({"counters_read": True, "hardware": [CPU, DRAM]}, "measured-software", BY_CPU),
        (with_memory(0.004, CPU), "estimated-tdp", (0.00949, 0.01282, 0.02688)),
        (with_memory(0.004, CPU, GPU, RAM), "estimated-tdp", (0.00823, 0.01186, 0.02094)),
        (with_memory(0.0, CPU, RAM), "measured-software", BY_CPU),
        ({"counters_read": False, "hardware": [CPU]}, "estimated-tdp", RATED),
        ({"counters_read": "yes", "hardware": [CPU]}, "estimated-tdp", RATED),
        ({"counters_read": True, "hardware": []}, "estimated-tdp", RATED),
        (
            {"counters_read": True, "hardware": [GPU, {"kind": "cpu", "mode": "cpu_load"}]},
            "estimated-tdp",
            RATED,
        ),
        (
            {"counters_read": True, "hardware": [{"kind": "cpu", "mode": "constant"}]},
            "estimated-tdp",
            RATED,
        ),
    ],
)
def test_measured_is_said_only_where_every_processor_s_counter_was_read(
    changed: dict[str, Any], label: str, ends: tuple[float, float, float]
) -> None:
    finding = energy(ENERGY | changed)
    used = figure(finding, "job_energy")
    assert (used.unit, used.assurance) == ("kWh", label)
    assert used.interval is not None
    low, middle, high = ends
    assert (used.interval.low, used.value, used.interval.high) == pytest.approx(ends, rel=1e-3)
    carbon = figure(finding, "job_co2e")
    assert carbon.interval is not None
    assert carbon.value == pytest.approx(0.4 * middle, rel=1e-3)
    assert carbon.assurance == label
    assert carbon.interval.low < 0.4 * low < 0.4 * high < carbon.interval.high
    for ranged in (used, carbon):
        assert ranged.interval is not None
        assert ranged.value is not None
        assert ranged.interval.low <= ranged.value <= ranged.interval.high
        assumed = ranged.interval.method.startswith("assumed range, no confidence interval")
        assert assumed == (ends == RATED)
    assert figure(finding, "job_duration").value == 60.5


@pytest.mark.parametrize(
    "record",
    [
        b"[",
        b"[]",
        ENERGY | {"emissions": None},
        ENERGY | {"emissions": {}},
        ENERGY | {"emissions": ENERGY["emissions"] | {"energy_consumed": -1}},
        ENERGY | {"emissions": ENERGY["emissions"] | {"duration": "60"}},
        ENERGY | {"hardware": [3]},
        ENERGY | {"emissions": ENERGY["emissions"] | {"ram_energy": None}},
    ],
)
def test_a_malformed_energy_record_is_an_error_that_names_it(record: object) -> None:
    with pytest.raises(FtgovError, match=r"codecarbon\.json is malformed"):
        energy(record)


def test_another_tool_and_no_record_are_not_assessed() -> None:
    assert energy(ENERGY | {"tool": "guess"}).outcome == "not_assessed"
    shelf = Shelf()
    subject = full_subject(shelf).model_copy(update={"job": None})
    for analyzer in (ENERGY_ANALYZER, DYNAMICS):
        assert only(analyzer.analyze(subject, shelf, SETTINGS)).outcome == "not_assessed"
