"""Entries of a recording are the records themselves: no field drifts, a fault names its entry."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from ftgov.errors import ExitCode, UsageError
from ftgov.intake.files import describe_file
from ftgov.intake.predictions import evaluation_name
from ftgov.intake.recording import Recording, read_recording
from ftgov.records.base import Name, Record
from ftgov.records.dataset import Dataset
from ftgov.records.digest import digest_bytes
from ftgov.records.job import Job
from ftgov.records.model import ModelVersion

SEEN = {"provider": "openai", "observed_at": "2026-11-21T09:00:00Z", "source": "file"}
ANSWER = {"id": "1", "kind": "decision", "prompt": "p", "expected": "yes", "answer": "yes"}


def _whole() -> dict[str, Any]:
    """A manifest in which every field of every record that a person states is stated."""
    return {
        "schema": "ftgov.dev/recording/v1",
        "name": "run",
        "recorded_at": "2026-11-21T09:00:00Z",
        "datasets": [
            {
                "name": "d", "role": "train", "files": ["d.jsonl"], "description": "text",
                "origin": "synthetic", "licence": "MIT", "languages": ["en"], "personal_data": "no",
                "version": "1", "splits": [{"name": "all", "rows": 1}],
                "contents": [{"file": digest_bytes(b"{}\n"), "rows": 1}],
                "unheld": [{"native_id": "file-1"}], "parents": [{"name": "raw"}],
                "legal_basis": {"absent": "unknown"}, "special_categories": ["health"],
                "owner": "acme", "sheet": {"biases": "few"}, "observation": dict(SEEN),
            }
        ],
        "models": [
            {"name": "base", "kind": "base", "weights": "w.json", "parameters": 7},
            {"name": "ad", "kind": "adapter", "parent": "base"},
            {
                "name": "m", "kind": "tuned", "parent": "base", "adapter": "ad", "licence": "MIT",
                "architecture": "gpt2", "parameters": 8, "weights": "w.json", "version": "2",
                "provider": "acme", "host": "local", "snapshot": "m-2", "purl": "pkg:generic/m@2",
                "summary_url": "https://acme.example/m", "merged_from": ["base"],
                "alias_of": "base", "adapter_config": "t.json",
                "interface": {"inputs": ["text"]}, "dates": {"shutdown": "2027-01-14"},
                "observation": dict(SEEN),
            },
        ],
        "jobs": [
            {
                "name": "j", "method": "lora", "provider": "openai", "base": "base", "seed": 1,
                "datasets": {"train": "d"}, "outputs": ["m"], "trained_tokens": 5,
                "started_at": "2026-11-21T09:00:00Z", "finished_at": "2026-11-21T09:01:00Z",
                "trainer_state": "t.json", "config": "t.json", "energy": "t.json",
                "status": {"normal": "succeeded"}, "hyperparameters": [{"name": "rank"}],
                "created_at": "2026-11-21T08:00:00Z", "estimated_finish": "2026-11-21T09:02:00Z",
                "error": {"message": "none"}, "billed_tokens": "5", "steps": 2, "flop": "90",
                "request": {"ticket": "T-1"}, "host": {"region": "EU"}, "observation": dict(SEEN),
            }
        ],
        "evaluations": [{"model": "m", "dataset": "d", "file": "a.jsonl"}],
        "systems": [{"name": "s", "model": "m", "facts": "f.yaml", "intended_purpose": "to test"}],
    }  # fmt: skip


def _read(folder: Path, manifest: dict[str, Any]) -> Recording:
    (folder / "recording.yaml").write_text(yaml.safe_dump(manifest))
    (folder / "d.jsonl").write_text("{}\n")
    (folder / "a.jsonl").write_text(json.dumps(ANSWER) + "\n")
    (folder / "t.json").write_text("{}")
    (folder / "f.yaml").write_text("facts: {}\n")
    digest = "0" * 64
    (folder / "w.json").write_text(
        json.dumps({"files": [{"name": "w", "bytes": 1, "sha256": digest}]})
    )
    return read_recording(folder)


@pytest.mark.parametrize(
    ("kind", "name", "ours"),
    [
        (Dataset, "d", set()),
        (ModelVersion, "m", set()),
        (Job, "j", {"output_identities"}),
    ],
)
def test_each_field_of_a_record_can_be_stated(
    tmp_path: Path, kind: type[Record], name: str, ours: set[str]
) -> None:
    found = _read(tmp_path, _whole()).records
    (record,) = [each for each in found if isinstance(each, kind) and each.name == name]  # type: ignore[attr-defined]
    assert record.model_fields_set | ours | {"type"} == set(kind.model_fields)


def test_the_provider_of_a_job_is_kept_and_files_become_evidence(tmp_path: Path) -> None:
    recording = _read(tmp_path, _whole())
    (job,) = [each for each in recording.records if isinstance(each, Job)]
    assert job.provider == "openai"
    assert job.energy == describe_file(tmp_path / "t.json")
    kept = {path.name for path in recording.files}
    assert kept == {"recording.yaml", "d.jsonl", "a.jsonl", "t.json", "f.yaml"}


@pytest.mark.parametrize(
    ("group", "index", "change", "entry"),
    [
        ("models", 0, {"parameters": -1}, "models.0.parameters"),
        ("models", 1, {"kind": "other"}, "models.1.kind"),
        ("models", 1, {"weights": ["w.json"]}, "models.1.weights"),
        ("jobs", 0, {"outputs": []}, "jobs.0.outputs"),
        ("jobs", 0, {"trained_tokens": -1}, "jobs.0.trained_tokens"),
        ("jobs", 0, {"energy": 5}, "jobs.0.energy"),
        ("jobs", 0, {"energy": ["t.json"]}, "jobs.0.energy"),
        ("jobs", 0, {"output_identities": {}}, "jobs.0.output_identities"),
        ("jobs", 0, {"type": "job"}, "jobs.0.type"),
        ("jobs", 0, {"unknown": 1}, "jobs.0.unknown"),
        ("datasets", 0, {"files": [], "unheld": []}, "datasets.0.files"),
        ("datasets", 0, {"files": "d.jsonl"}, "datasets.0.files"),
        ("datasets", 0, {"files": None}, "datasets.0.files"),
        (
            "datasets",
            0,
            {"files": [{"digest": "sha256:" + "0" * 64, "bytes": 1, "name": "x"}]},
            "datasets.0.files",
        ),
        ("systems", 0, {"intended_purpose": ""}, "systems.0.intended_purpose"),
        ("systems", 0, {"intended_purpose": "x" * 20_001}, "systems.0.intended_purpose"),
    ],
)
def test_a_bad_entry_is_named(
    tmp_path: Path, group: str, index: int, change: dict[str, Any], entry: str
) -> None:
    manifest = _whole()
    manifest[group][index] |= change
    with pytest.raises(UsageError, match=entry) as caught:
        _read(tmp_path, manifest)
    assert caught.value.exit_code == ExitCode.USAGE
    assert "recording.yaml" in caught.value.what


@pytest.mark.parametrize(
    ("group", "change"),
    [
        ("jobs", {"base": "nobody"}),
        ("jobs", {"outputs": ["nobody"]}),
        ("jobs", {"datasets": {"train": "nobody"}}),
        ("models", {"parent": "nobody"}),
        ("models", {"adapter": "nobody"}),
        ("evaluations", {"model": "nobody"}),
        ("evaluations", {"dataset": "nobody"}),
        ("systems", {"model": "nobody"}),
    ],
)
def test_what_an_entry_names_is_defined(tmp_path: Path, group: str, change: dict[str, Any]) -> None:
    manifest = _whole()
    manifest[group][-1] |= change
    with pytest.raises(UsageError, match="'nobody'"):
        _read(tmp_path, manifest)


NAMES = st.from_regex(r"[a-z0-9._-]{1,128}", fullmatch=True)


@given(first=st.tuples(NAMES, NAMES), second=st.tuples(NAMES, NAMES))
def test_two_evaluations_never_share_a_name(
    first: tuple[str, str], second: tuple[str, str]
) -> None:
    names = [evaluation_name(*first), evaluation_name(*second)]
    assert (names[0] == names[1]) == (first == second)
    for name in names:
        TypeAdapter(Name).validate_python(name)


def test_dots_in_names_do_not_make_two_evaluations_one() -> None:
    assert evaluation_name("a", "b.c") != evaluation_name("a.b", "c")
    assert evaluation_name("a", "b.c").startswith("a.b.c.")


def test_media_types_of_files_do_not_depend_on_the_machine(tmp_path: Path) -> None:
    import mimetypes

    mimetypes.add_type("text/of-this-machine", ".csv")
    mimetypes.add_type("text/of-this-machine", ".strange")
    for name, kind in (("a.csv", "text/csv"), ("a.strange", "application/octet-stream")):
        (tmp_path / name).write_text("x")
        assert describe_file(tmp_path / name).media_type == kind
