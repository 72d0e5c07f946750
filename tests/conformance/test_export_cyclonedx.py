"""The CycloneDX export: valid by the official schema, and sound where the schema does not look."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

import report_samples
from ftgov.exports import model_formats
from ftgov.exports.model_cyclonedx import write
from ftgov.records.digest import digest_record
from ftgov.records.dossier import Assessment
from ftgov.records.measurement import Interval

MADE = report_samples.dossier("pass").assessment
HOSTILE = "a\u202eb\x1b[31m\x00</script>\n\U0001f600 \u0430"


def document(made: Assessment) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(write(made))
    return found


def hostile() -> Assessment:
    """Return an assessment whose free texts try to be more than text."""
    subject = MADE.subject
    data = tuple(
        each.model_copy(update={"description": HOSTILE, "licence": HOSTILE, "origin": HOSTILE})
        for each in subject.datasets
    )
    assert subject.system
    system = subject.system.model_copy(update={"intended_purpose": HOSTILE})
    model = subject.model.model_copy(update={"licence": HOSTILE, "architecture": HOSTILE})
    changed = {"datasets": data, "system": system, "model": model}
    return MADE.model_copy(update={"subject": subject.model_copy(update=changed)})


def bare_one() -> Assessment:
    """Return an assessment of a model of which next to nothing is recorded."""
    subject = MADE.subject.model_copy(
        update={
            "base": None, "related": (), "job": None, "earlier_jobs": (), "datasets": (),
            "evaluations": (), "system": None, "parties": (),
        }
    )  # fmt: skip
    empty = {"subject": subject, "findings": (), "classification": None, "duties": ()}
    return MADE.model_copy(update=empty)


@pytest.fixture(scope="module")
def checker(shared_folder: Path) -> Any:
    folder = shared_folder / "spec" / "cyclonedx"
    files = {
        name: json.loads((folder / name).read_text())
        for name in ("bom-1.7.schema.json", "spdx.schema.json", "jsf-0.82.schema.json")
    }
    # What describes cryptography is not among the sample data; no document of ours says any.
    absent = {"definitions": {"algorithmFamiliesEnum": False, "ellipticCurvesEnum": False}}
    named = [(text["$id"], text) for text in files.values()]
    named.append(("http://cyclonedx.org/schema/cryptography-defs.schema.json", absent))
    registry = jsonschema_rs.Registry(named)
    return jsonschema_rs.validator_for(files["bom-1.7.schema.json"], registry=registry)


@pytest.mark.parametrize("made", [MADE, hostile(), bare_one()], ids=["full", "hostile", "bare"])
def test_it_is_valid_by_the_official_schema(checker: Any, made: Assessment) -> None:
    found = document(made)
    assert [fault.message for fault in checker.iter_errors(found)] == []
    broken = copy.deepcopy(found)
    broken["components"][0]["type"] = "model"
    assert not checker.is_valid(broken)


def _named(found: Any) -> Iterator[str]:
    if isinstance(found, dict):
        if "bom-ref" in found:
            yield found["bom-ref"]
        for value in found.values():
            yield from _named(value)
    elif isinstance(found, list):
        for value in found:
            yield from _named(value)


def _refers(found: Any, under: str = "") -> Iterator[str]:
    if isinstance(found, dict):
        for key, value in found.items():
            yield from _refers(value, key)
    elif isinstance(found, list):
        for value in found:
            yield from _refers(value, under)
    elif under in {"ref", "dependsOn"}:
        yield found


@pytest.mark.parametrize("made", [MADE, bare_one()], ids=["full", "bare"])
def test_every_reference_leads_to_one_thing(made: Assessment) -> None:
    found = document(made)
    named = list(_named(found))
    assert len(named) == len(set(named))
    assert set(_refers(found)) <= set(named)
    if made is MADE:
        assert len(set(_refers(found))) >= 5
    nowhere = found | {"dependencies": [{"ref": "model/nobody", "dependsOn": []}]}
    assert not set(_refers(nowhere)) <= set(_named(nowhere))


def test_a_model_that_names_what_is_not_there_refers_to_nothing() -> None:
    subject = MADE.subject
    assert subject.job
    job = subject.job.model_copy(
        update={"base": "nobody", "datasets": {"train": "nothing"}, "outputs": ("else",)}
    )
    model = subject.model.model_copy(update={"parent": "nobody", "adapter": "none"})
    lost = subject.model_copy(update={"job": job, "model": model})
    found = document(MADE.model_copy(update={"subject": lost}))
    assert set(_refers(found)) <= set(_named(found))


def test_each_figure_with_a_value_is_there_with_its_interval() -> None:
    figures = [each for found in MADE.findings for each in found.measurements]
    valued = [each for each in figures if each.value is not None]
    metrics = document(MADE)["components"][0]["modelCard"]["quantitativeAnalysis"]
    told = metrics["performanceMetrics"]
    assert [metric["type"] for metric in told] == [figure.id for figure in valued]
    assert len(valued) > 10
    for metric, figure in zip(told, valued, strict=True):
        assert float(metric["value"].split()[0]) == figure.value
        sure = figure.interval is not None and figure.interval.low < figure.interval.high
        sure = sure and not figure.interval.method.startswith(("assumed", "5 %"))  # type: ignore[union-attr]
        assert ("confidenceInterval" in metric) == sure, figure
        if "confidenceInterval" in metric:
            assert figure.interval
            ends = metric["confidenceInterval"]
            assert float(ends["lowerBound"]) == figure.interval.low
            assert float(ends["upperBound"]) == figure.interval.high


def ranged(method: str, low: float, high: float, level: float) -> Assessment:
    """Return an assessment with one figure and its interval."""
    found = MADE.findings[0]
    figure = found.measurements[0].model_copy(
        update={
            "value": low, "slice": {"lang": "de"}, "between": ({"sex": "f"}, {"sex": None}),
            "interval": Interval(low=low, high=high, level=level, method=method),
        }
    )  # fmt: skip
    one = found.model_copy(update={"measurements": (figure,)})
    return MADE.model_copy(update={"findings": (one,)})


@pytest.mark.parametrize(
    ("method", "low", "high", "level", "said"),
    [
        ("Wilson score", 0.1, 0.2, 0.95, "interval"),
        ("Wilson score", 0.1, 0.2, 0.9, "range"),
        ("exact count", 7.0, 7.0, 0.95, "nothing"),
        ("5 % to 95 % of 4,000 draws over dated priors", 0.1, 0.2, 0.95, "range"),
        ("assumed range, no confidence interval: a factor", 0.1, 0.2, 0.95, "range"),
    ],
)
def test_only_an_interval_at_the_stated_level_is_one_of_confidence(
    method: str, low: float, high: float, level: float, said: str
) -> None:
    card = document(ranged(method, low, high, level))["components"][0]["modelCard"]
    (metric,) = card["quantitativeAnalysis"]["performanceMetrics"]
    assert metric["slice"] == "lang=de; sex=f against sex unknown"
    ranges = [each for each in card["properties"] if each["name"].startswith("ftgov:range:")]
    assert ("confidenceInterval" in metric) == (said == "interval")
    assert bool(ranges) == (said == "range")
    if ranges:
        assert method in ranges[0]["value"]
        assert ranges[0]["name"].endswith(metric["slice"])


def test_energy_and_co2e_are_of_one_boundary() -> None:
    found = next(each for each in MADE.findings if each.analyzer == "energy")
    (spent, *_) = (each for each in found.measurements if each.id == "energy.job_energy")
    figures = (
        spent.model_copy(update={"value": 2.0}),
        spent.model_copy(update={"value": 9.0, "slice": {"part": "cpu"}}),
        spent.model_copy(update={"value": 3.0, "id": "energy.facility_energy"}),
        spent.model_copy(update={"value": 0.8, "id": "energy.job_co2e", "unit": "kg"}),
    )
    one = found.model_copy(update={"measurements": figures})
    made = MADE.model_copy(update={"findings": (one,)})
    considered = document(made)["components"][0]["modelCard"]["considerations"]
    (entry,) = considered["environmentalConsiderations"]["energyConsumptions"]
    assert entry["activityEnergyCost"] == {"value": 2.0, "unit": "kWh"}
    assert entry["co2CostEquivalent"] == {"value": 0.0008, "unit": "tCO2eq"}
    assert entry["activity"] == "fine-tuning"


def test_every_file_is_there_with_its_digest() -> None:
    text = write(MADE).decode()
    subject = MADE.subject
    files = [file.digest for data in subject.datasets for file in data.files]
    files += [file.digest for file in subject.model.weights]
    assert files
    for digest in files:
        assert digest.removeprefix("sha256:") in text


def test_the_assessed_model_comes_first_and_the_document_names_the_assessment() -> None:
    found = document(MADE)
    assert found["components"][0]["name"] == MADE.subject.model.name
    said = {each["name"]: each["value"] for each in found["properties"]}
    assert said["ftgov:assessment"] == digest_record(MADE)
    assert MADE.classification
    assert said["ftgov:law:class"] == MADE.classification.overall


def test_the_same_assessment_gives_the_same_bytes_and_another_one_others() -> None:
    assert write(MADE) == write(MADE)
    later = MADE.model_copy(update={"assessed_at": "2026-11-22T00:00:00Z"})
    assert document(later)["serialNumber"] != document(MADE)["serialNumber"]


def test_text_of_others_stays_text() -> None:
    text = write(hostile()).decode()
    assert "\u202e" not in text
    assert "\\u001b" not in text
    assert "\\u0000" not in text


def test_a_format_is_a_file_of_the_room() -> None:
    formats = model_formats()
    assert formats.broken == {}
    assert formats.usable["cyclonedx"].write(MADE) == write(MADE)
