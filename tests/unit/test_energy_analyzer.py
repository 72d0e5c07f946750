"""The energy analyzer where no tool watched: what it estimates, what it refuses, what it says."""

from __future__ import annotations

from typing import Any

import pytest

from analyzer_support import ENERGY, Shelf, as_json, bare_subject, chat, figure, jsonl
from ftgov.analyzers.energy import ANALYZER
from ftgov.energy.asked import Question, answer
from ftgov.energy.factors import factor
from ftgov.energy.wall import Calibration, at_the_wall, parts_of
from ftgov.errors import NotAssessable
from ftgov.records.dataset import Dataset
from ftgov.records.dossier import AnalysisSettings
from ftgov.records.finding import Finding
from ftgov.records.job import Job, JobHost
from ftgov.records.model import ModelVersion
from ftgov.records.subject import Subject

TOKENS = 10_000_000
HOSTED: dict[str, Any] = {
    "name": "job",
    "method": "supervised",
    "provider": "openai",
    "base": "gpt-4.1-nano-2025-04-14",
    "outputs": ("tuned",),
    "trained_tokens": TOKENS,
    "started_at": "2026-11-21T09:00:00Z",
    "finished_at": "2026-11-21T10:30:00Z",
}


def hosted(shelf: Shelf, *, log: bool = True, **changes: Any) -> Subject:
    state = {"trainer_state": shelf.add("events.json", b"{}")} if log else {}
    job = Job(**(HOSTED | state | changes))
    return bare_subject().model_copy(update={"job": job, "base": None})


def findings(subject: Subject, shelf: Shelf) -> dict[str, Finding]:
    found = ANALYZER.analyze(subject, shelf, AnalysisSettings())
    return {each.id: each for each in found}


def test_a_hosted_job_is_estimated_as_the_command_estimates_it() -> None:
    shelf = Shelf()
    subject = hosted(shelf)
    found = findings(subject, shelf)["energy"]
    alone = answer(Question(tokens=str(TOKENS), model="gpt-4.1-nano", hours=1.5))
    for name, values in (
        ("job_energy", alone.energy.it),
        ("accelerator_energy", alone.energy.accelerator),
        ("facility_energy", alone.energy.facility),
        ("job_co2e", alone.co2e_kg),
        ("job_water", alone.water_l),
        ("embodied_co2e", alone.embodied_co2e_kg),
        ("training_compute", alone.flop),
    ):
        given = figure(found, name)
        assert given.interval is not None
        assert given.value == pytest.approx(values.mid, rel=1e-5)
        assert (given.interval.low, given.interval.high) == pytest.approx(
            (values.low, values.high), rel=1e-5
        )
        assert given.assurance == "estimated-flop"
        assert given.interval.level == 0.9
        assert "on measured cases of this kind" in given.interval.method
    assert figure(found, "job_duration").reason == "no energy tool watched the job"
    assert "estimated" in found.summary
    assert set(found.evidence) == {file.digest for file in subject.evidence()}


def test_form_ledger_drivers_and_assumptions_are_told_whole() -> None:
    shelf = Shelf()
    found = findings(hosted(shelf), shelf)
    told = {
        "energy": (
            "Model Documentation Form: training energy",
            "accordance with Article 53(5)",
            "It does not count activations",
        ),
        "energy.scale": (
            "narrowed most by",
            "ISO/IEC 21031",
            "household in the European Union",
        ),
        "energy.assumptions": (
            "active parameters are assumed",
            "not one number for the world",
            "no bound is given",
        ),
    }
    for name, phrases in told.items():
        text = found[name].method or found[name].summary
        assert len(text) < 1_500, "a report prints no more"
        for words in phrases:
            assert words in text


def test_old_factors_are_a_finding_that_counts_them() -> None:
    shelf = Shelf()
    found = findings(hosted(shelf), shelf)["energy.factors"]
    assert (found.outcome, found.severity) == ("measured", "note")
    assert "more than 18 months before the job ended" in found.summary
    young = hosted(shelf, started_at="2019-01-01T09:00:00Z", finished_at="2019-01-01T10:00:00Z")
    assert "energy.factors" not in findings(young, shelf)


def test_without_logs_the_training_data_stand_for_the_job() -> None:
    shelf = Shelf()
    train = shelf.add("train.jsonl", jsonl([chat("one")]))
    subject = hosted(shelf, log=False, datasets={"train": "train"})
    assert findings(subject, shelf)["energy"].outcome == "not_assessed"
    data = Dataset(name="train", role="train", files=(train,))
    found = findings(subject.model_copy(update={"datasets": (data,)}), shelf)["energy"]
    assert found.evidence == (train.digest,)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"trained_tokens": None}, "trained tokens are not recorded"),
        ({"trained_tokens": 0}, "trained tokens are not recorded"),
        ({"method": "reinforcement"}, "rollouts and graders"),
        ({"base": None}, "neither the model's parameters nor its base"),
        ({"base": "our-secret-base"}, "our-secret-base"),
    ],
)
def test_what_cannot_be_estimated_says_why_and_what_to_record(
    changes: dict[str, Any], words: str
) -> None:
    shelf = Shelf()
    found = findings(hosted(shelf, **changes), shelf)["energy"]
    assert found.outcome == "not_assessed"
    assert words in found.summary
    assert "ftgov record job --energy FILE" in found.summary


def test_recorded_parameters_stand_above_a_prior() -> None:
    shelf = Shelf()
    subject = hosted(shelf, method="full")
    sized = ModelVersion(name="tuned", kind="tuned", parameters=7_000_000_000)
    told = findings(subject.model_copy(update={"model": sized}), shelf)
    assert "active parameters are assumed" not in told["energy.assumptions"].summary
    found = told["energy"]
    compute = figure(found, "training_compute")
    assert compute.interval is not None
    assert compute.interval.low < 6 * 7e9 * TOKENS < compute.interval.high


def test_hours_that_no_hardware_allows_are_a_contradiction_not_a_crash() -> None:
    shelf = Shelf()
    subject = hosted(shelf, trained_tokens=10**15, finished_at="2026-11-21T09:00:30Z")
    found = findings(subject, shelf)["energy"]
    assert found.outcome == "not_assessed"
    assert "contradict" in found.summary


GPU: dict[str, Any] = ENERGY | {
    "counters_read": True,
    "hardware": [{"kind": "cpu", "mode": "rapl"}, {"kind": "gpu", "mode": "nvml"}],
    "emissions": ENERGY["emissions"]
    | {
        "duration": 3600.0,
        "energy_consumed": 1.2,
        "gpu_energy": 0.9,
        "gpu_count": 4,
        "gpu_model": "4 x NVIDIA A100-SXM4-80GB",
        "country_iso_code": "SWE",
        "ram_energy": 0.0,
    },
}


def recorded(record: dict[str, Any], **changes: Any) -> dict[str, Finding]:
    shelf = Shelf()
    subject = hosted(
        shelf,
        provider="local",
        energy=shelf.add("codecarbon.json", as_json(record)),
        **changes,
    )
    return findings(subject, shelf)


def test_counters_give_accelerators_building_water_and_machines() -> None:
    found = recorded(GPU)["energy"]
    own, chips, building = (
        figure(found, name) for name in ("job_energy", "accelerator_energy", "facility_energy")
    )
    assert own.value == pytest.approx(1.2 * 1.31)
    assert own.assurance == "measured-software"
    assert "factor wall.gpu" in own.method + (own.interval.method if own.interval else "")
    assert (chips.value, chips.assurance) == (0.9, "measured-software")
    assert building.assurance == "assumed"
    assert building.interval is not None
    assert own.interval is not None
    assert building.interval.low >= own.interval.low
    assert building.interval.high > own.interval.high
    machines = figure(found, "embodied_co2e")
    assert machines.value is not None
    assert machines.value > 0
    assert figure(found, "job_water").value is not None
    assert "Measured by software (measured-software)" in found.method


def test_a_record_that_contradicts_the_tokens_is_told_beside_its_figures() -> None:
    found = recorded(GPU, trained_tokens=10**13)
    assert figure(found["energy"], "job_energy").value == pytest.approx(1.2 * 1.31)
    assert figure(found["energy"], "training_compute").value is None
    told = found["energy.contradiction"]
    assert (told.outcome, told.severity) == ("inconclusive", "warning")
    assert "1.0 hours contradict 1.0e+13 tokens on 4 x A100" in told.summary


def test_a_record_of_an_idle_hour_is_told_as_improbable() -> None:
    found = recorded(GPU, trained_tokens=1_000)
    assert "busy for" in found["energy.contradiction"].summary
    assert figure(found["energy"], "training_compute").value is not None


def test_a_zero_reading_stays_zero() -> None:
    nothing = GPU["emissions"] | {"energy_consumed": 0.0, "emissions": 0.0, "gpu_energy": 0.0}
    found = recorded(GPU | {"emissions": nothing})["energy"]
    for name in ("job_energy", "facility_energy", "job_water"):
        assert figure(found, name).value == 0


def test_a_site_s_own_meter_corrects_what_counters_read_and_nothing_else() -> None:
    site = {"low": 1.2, "factor": 1.3, "high": 1.4}
    own = figure(recorded(GPU | {"calibration": site})["energy"], "job_energy")
    assert own.interval is not None
    assert (own.value, own.interval.low, own.interval.high) == pytest.approx((1.56, 1.44, 1.68))
    assert "the site's own wall meter" in own.interval.method
    rated = figure(recorded(ENERGY | {"calibration": site})["energy"], "job_energy")
    assert rated.value == 0.01
    with pytest.raises(NotAssessable, match="malformed"):
        recorded(GPU | {"calibration": site | {"low": 9.0}})


def test_a_site_s_own_meter_leaves_memory_that_no_counter_read_as_it_is() -> None:
    site = {"low": 1.2, "factor": 1.3, "high": 1.4}
    emissions = GPU["emissions"] | {"ram_energy": 0.2, "cpu_energy": 0.1}
    memory = {"kind": "ram", "mode": "constant"}
    record = GPU | {"emissions": emissions, "hardware": [*GPU["hardware"], memory]}
    own = figure(recorded(record | {"calibration": site})["energy"], "job_energy")
    rated = factor("wall.rated")
    assert own.interval is not None
    assert own.assurance == "estimated-tdp"
    assert own.value == pytest.approx(1.3 + 0.2 * rated.value)
    assert own.interval.low == pytest.approx(1.2 + 0.2 * rated.low)
    assert own.interval.high == pytest.approx(1.4 + 0.2 * rated.high)


@pytest.mark.parametrize(
    "hardware",
    [
        [{"kind": "cpu", "mode": "rapl"}, {"kind": "gpu", "mode": "nvml"}],
        [{"kind": "cpu", "mode": "cpu_load"}, {"kind": "gpu", "mode": "nvml"}],
        [{"kind": "cpu", "mode": "cpu_load"}, {"kind": "ram", "mode": "constant"}],
    ],
)
@pytest.mark.parametrize("site", [None, {"low": 1.2, "factor": 1.3, "high": 1.4}])
def test_an_audit_says_of_a_record_what_the_meter_said(
    hardware: list[dict[str, Any]], site: dict[str, float] | None
) -> None:
    emissions = GPU["emissions"] | {"cpu_energy": 0.3}
    counted = all(part["mode"] in {"rapl", "nvml"} for part in hardware)
    record = GPU | {
        "emissions": emissions,
        "hardware": hardware,
        "counters_read": counted,
        "calibration": site,
    }
    told = at_the_wall(parts_of(record), Calibration(**site) if site else None)
    own = figure(recorded(record)["energy"], "job_energy")
    assert own.interval is not None
    assert (own.interval.low, own.value, own.interval.high) == pytest.approx(told.kwh)
    assert own.assurance == told.label
    assert own.interval.low < told.kwh.mid < own.interval.high


def test_parts_that_exceed_the_whole_are_no_record() -> None:
    with pytest.raises(NotAssessable, match="malformed") as caught:
        recorded(GPU | {"emissions": GPU["emissions"] | {"cpu_energy": 0.9}})
    assert "parts exceed energy_consumed" in caught.value.why.lower()


def test_other_meters_on_the_machine_are_told() -> None:
    found = recorded(GPU | {"other_meters": 1})
    assert "must not be added" in found["energy.contradiction"].summary


def test_the_range_of_the_carbon_is_that_of_the_grid_that_was_used() -> None:
    known = figure(recorded(GPU | {"grid_factor": "grid.SE"})["energy"], "job_co2e")
    anywhere = figure(
        recorded(GPU | {"grid_factor": "mixture.local.unknown"})["energy"], "job_co2e"
    )
    widths = [each.interval.high / each.interval.low for each in (known, anywhere) if each.interval]
    assert widths[1] > 2 * widths[0]


def test_the_recorded_region_stands_above_the_tool_s_country() -> None:
    sweden = figure(recorded(GPU)["energy"], "job_water")
    poland = figure(recorded(GPU, host=JobHost(region="PL"))["energy"], "job_water")
    assert sweden.value != poland.value
