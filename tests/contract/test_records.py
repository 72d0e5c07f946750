"""What every type of record keeps to: it reads back equal, changes never, and names its faults."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from ftgov import api
from ftgov.errors import FtgovError
from ftgov.records.absence import NOT_APPLICABLE, UNKNOWN, Absent, known
from ftgov.records.base import Record
from ftgov.records.canonical import canonical_bytes, canonical_json, plain
from ftgov.records.incident import Incident
from ftgov.records.links import links_of
from ftgov.records.model import ModelDates, ModelVersion
from record_samples import NOW, SAMPLES, ledger_types, sample

WORDS = sorted(SAMPLES)
Path_ = tuple[str | int, ...]
_TIME = re.compile(r"^\d{4}-\d{2}-\d{2}T.*Z$")


def _leaves(value: Any, path: Path_ = ()) -> Iterator[tuple[Path_, Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _leaves(inner, (*path, index))
    else:
        yield path, value


def _changed(value: Any, path: Path_, new: object) -> Any:
    """Return a copy in which one value is another; what stands twice changes once."""
    if not path:
        return new
    if isinstance(value, dict):
        return {**value, path[0]: _changed(value[path[0]], path[1:], new)}
    return [_changed(each, path[1:], new) if i == path[0] else each for i, each in enumerate(value)]


def _text_of(path: Path_) -> str:
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")


def _refused(word: str, path: Path_, value: object) -> None:
    """Demand that a value is refused at the latest when it is written, and its field named."""
    fields = _changed(SAMPLES[word], path, value)
    try:
        made = ledger_types()[word].model_validate({"name": "it", **fields})
    except ValidationError as fault:
        places = [tuple(map(str, error["loc"])) for error in fault.errors()]
        assert any(set(map(str, path)) <= set(place) for place in places), (path, places)
    else:
        with pytest.raises(FtgovError) as told:
            canonical_bytes(made)
        assert f"field {_text_of(path)} " in told.value.what


def test_every_type_of_record_has_a_sample() -> None:
    assert sorted(ledger_types()) == WORDS


@pytest.mark.parametrize("word", WORDS)
def test_a_record_reads_back_equal(word: str) -> None:
    made = sample(word)
    text = canonical_bytes(made)
    again = type(made).model_validate_json(text)
    assert again == made
    assert canonical_bytes(again) == text
    assert type(made).model_validate(canonical_json(text)) == made


@pytest.mark.parametrize("word", WORDS)
def test_a_record_is_frozen_and_has_no_unknown_field(word: str) -> None:
    made = sample(word)
    with pytest.raises(ValidationError, match="frozen"):
        made.name = "other"  # type: ignore[attr-defined]
    with pytest.raises(ValidationError, match="invented"):
        type(made).model_validate({"name": "it", **SAMPLES[word], "invented": 1})
    with pytest.raises(ValidationError, match="name"):
        type(made).model_validate({"name": "Not A Name", **SAMPLES[word]})


@pytest.mark.parametrize("word", WORDS)
def test_what_no_text_can_hold_is_refused_and_its_field_named(word: str) -> None:
    for path, value in _leaves(SAMPLES[word]):
        if isinstance(value, float):
            _refused(word, path, math.nan)
        elif isinstance(value, int) and not isinstance(value, bool):
            _refused(word, path, 2**53)
            _refused(word, path, -(2**53))
        elif isinstance(value, str):
            _refused(word, path, "\ud800")
            if _TIME.match(value):
                _refused(word, path, value.removesuffix("Z"))
                _refused(word, path, datetime(2026, 11, 21))  # noqa: DTZ001 - it must be refused


@pytest.mark.parametrize("word", WORDS)
def test_links_are_the_same_before_and_after_writing(word: str) -> None:
    made = sample(word)
    before = links_of(word, "it", plain(made))
    assert before == links_of(word, "it", canonical_json(canonical_bytes(made)))
    assert len(set(before)) == len(before)


def test_the_ledger_keeps_every_type(tmp_path: Path) -> None:
    made = [sample(word) for word in WORDS]
    with api.init(tmp_path / "space") as space:
        entries = space.ledger.append_all(made, actor="unnamed", recorded_at=NOW)
        assert [entry.type for entry in entries] == WORDS
        for each in made:
            assert space.ledger.get(type(each), "it") == each
        assert space.ledger.verify().verdict == "intact"


def test_null_unknown_and_not_applicable_are_three_things() -> None:
    made = ModelVersion(
        name="m",
        kind="base",
        dates=ModelDates(shutdown=UNKNOWN, deleted=NOT_APPLICABLE, released="2026-01-01"),
    )
    text = plain(made)["dates"]
    assert text["announced"] is None
    assert text["shutdown"] == {"absent": "unknown", "reason": None}
    assert text["deleted"] == {"absent": "not_applicable", "reason": None}
    again = ModelVersion.model_validate_json(canonical_bytes(made))
    assert again == made
    assert again.dates is not None
    assert again.dates.announced is None
    assert (known(again.dates.shutdown), known(again.dates.released)) == (None, "2026-01-01")
    assert again.dates.shutdown != again.dates.deleted
    with pytest.raises(ValidationError, match="absent"):
        Absent.model_validate({"absent": "perhaps"})


_INCIDENT: dict[str, Any] = {
    "name": "i", "system": "s", "kind": "malfunction", "summary": "x", "known_at": NOW,
}  # fmt: skip


@pytest.mark.parametrize(
    ("word", "change", "why"),
    [
        ("dataset", {"files": [], "contents": [], "unheld": []}, "at least one file"),
        ("dataset", {"contents": [{"file": "sha256:" + "0" * 64}]}, "none of the files"),
        ("job", {"outputs": []}, "names the models it made"),
        ("job", {"outputs": [], "status": None}, "names the models it made"),
        ("usage-cost", {"allocation_rule": None}, "by which rule"),
        ("usage-cost", {"end": "2026-01-01T00:00:00Z"}, "ends after it starts"),
        ("usage-cost", {"amount": "1e3"}, "pattern"),
        ("energy-use", {"energy_kwh": {"value": 3, "low": 1, "high": 2}}, "within its range"),
        ("evaluation-run", {"metrics": [{"name": "a", "value": 1, "low": 0}]}, "both ends"),
        ("evaluation-run", {"metrics": [{"name": "a", "value": 1, "low": 2, "high": 1}]}, "above"),
        (
            "evaluation-run",
            {"metrics": [{"name": "a", "value": UNKNOWN, "low": 1, "high": 2}]},
            "no interval",
        ),
        ("waiver", {"expires_at": NOW}, "expires after"),
        ("incident", {"model": None, "system": None}, "about a model or a system"),
        ("incident", {"harms": []}, "names a harm"),
        ("incident", {"occurred_at": "2027-01-01T00:00:00Z"}, "known after"),
        ("model", {"dates": {"shutdown": "2027-02-30"}}, "day"),
        ("model", {"dates": {"shutdown": "14.1.2027"}}, "2027-01-14"),
    ],
)
def test_a_record_that_contradicts_itself_is_refused(
    word: str, change: dict[str, Any], why: str
) -> None:
    with pytest.raises(ValidationError, match=why):
        ledger_types()[word].model_validate({"name": "it", **SAMPLES[word], **change})


def test_a_job_that_failed_needs_no_output_and_data_elsewhere_no_file() -> None:
    kinds: dict[str, type[Record]] = ledger_types()
    failed = {**SAMPLES["job"], "outputs": [], "status": {"normal": "failed", "native": "failed"}}
    assert plain(kinds["job"].model_validate({"name": "j", **failed}))["outputs"] == []
    elsewhere = {**SAMPLES["dataset"], "files": [], "contents": []}
    assert plain(kinds["dataset"].model_validate({"name": "d", **elsewhere}))["unheld"]
    assert Incident.model_validate(_INCIDENT).state == "open"
