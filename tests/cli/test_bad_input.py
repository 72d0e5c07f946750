"""Bad input: a clear error with the next step, the documented status, nothing recorded lost."""

from __future__ import annotations

import gzip
import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from ftgov import api
from ftgov.api import nouns
from tests_support import Ran, run_ftgov

ROW = {"id": "1", "kind": "decision", "prompt": "p", "expected": "yes", "answer": "yes"}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a base model and a dataset, made once; tests get copies."""
    place = tmp_path_factory.mktemp("template")
    data = place / "held.jsonl"
    data.write_text("{}\n")
    with api.init(place / "space") as opened:
        nouns.record_model(opened, "base", kind="base")
        nouns.record_dataset(opened, "held", [data], role="evaluation")
    return place / "space"


@pytest.fixture
def workspace(template: Path, tmp_path: Path) -> Path:
    place = tmp_path / "space"
    shutil.copytree(template, place)
    return place


def _in(place: Path, *arguments: str | Path) -> Ran:
    return run_ftgov(*arguments, "--workspace", place)


def _entries(place: Path) -> list[object]:
    with api.open_workspace(place) as opened:
        return list(opened.ledger.history())


def _clear(ran: Ran, status: int, *words: str) -> None:
    assert ran.status == status, ran.out + ran.err
    assert "Traceback" not in ran.err
    assert "next:" in ran.err
    for word in words:
        assert word in ran.err


def test_a_missing_file(workspace: Path) -> None:
    before = _entries(workspace)
    ran = _in(workspace, "record", "dataset", "d", "--file", "absent.jsonl", "--role", "train")
    _clear(ran, 2, "absent.jsonl")
    assert _entries(workspace) == before


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('{"id": "2", ', "JSON"),
        ('["not", "an", "object"]', "object"),
        (json.dumps({**ROW, "id": "2", "answer": 7}), "answer"),
        (json.dumps(ROW), "twice"),
        (json.dumps({**ROW, "id": "3", "group": 4}), "group"),
    ],
)
def test_an_unreadable_line_is_named(workspace: Path, tmp_path: Path, line: str, why: str) -> None:
    before = _entries(workspace)
    answers = tmp_path / "answers.jsonl"
    answers.write_text(json.dumps(ROW) + "\n" + line + "\n")
    scoring = tmp_path / "scoring.yaml"
    scoring.write_text("labels: {yes: ['yes']}\n")
    ran = _in(
        workspace, "record", "predictions", "base", "--dataset", "held",
        "--file", answers, "--scoring", scoring,
    )  # fmt: skip
    _clear(ran, 1, "line 2", why)
    assert _entries(workspace) == before


def test_a_gzip_file_cut_in_half(workspace: Path, tmp_path: Path) -> None:
    rows = "".join(json.dumps({**ROW, "id": str(i)}) + "\n" for i in range(5_000))
    whole = gzip.compress(rows.encode())
    answers = tmp_path / "answers.jsonl.gz"
    answers.write_bytes(whole[: len(whole) // 2])
    scoring = tmp_path / "scoring.yaml"
    scoring.write_text("labels: {yes: ['yes']}\n")
    ran = _in(
        workspace, "record", "predictions", "base", "--dataset", "held",
        "--file", answers, "--scoring", scoring,
    )  # fmt: skip
    _clear(ran, 1, "answers.jsonl.gz", "whole")


def test_no_answers_at_all(workspace: Path, tmp_path: Path) -> None:
    answers = tmp_path / "answers.jsonl"
    answers.write_text("\n")
    scoring = tmp_path / "scoring.yaml"
    scoring.write_text("labels: {yes: ['yes']}\n")
    ran = _in(
        workspace, "record", "predictions", "base", "--dataset", "held",
        "--file", answers, "--scoring", scoring,
    )  # fmt: skip
    _clear(ran, 3, "no answers")


def test_a_tuned_model_without_a_job(workspace: Path) -> None:
    assert _in(workspace, "record", "model", "t", "--kind", "tuned", "--parent", "base").status == 0
    ran = _in(workspace, "audit", "t")
    _clear(ran, 12, "no recorded job", "ftgov record job")


def test_a_model_that_was_never_audited(workspace: Path) -> None:
    _clear(_in(workspace, "check", "base"), 12, "never audited", "ftgov audit base")


def test_a_system_file_with_an_unknown_fact(workspace: Path, tmp_path: Path) -> None:
    facts = tmp_path / "system.yaml"
    facts.write_text("facts:\n  ai_system: true\n  profilling: true\n")
    before = _entries(workspace)
    ran = _in(
        workspace, "record", "system", "s", "--model", "base", "--facts", facts,
        "--purpose", "scoring",
    )  # fmt: skip
    _clear(ran, 2, "profilling", "profiling", "3")
    assert _entries(workspace) == before


@pytest.mark.parametrize("stated", ["system: text", "system:", "system: [1]"])
@pytest.mark.parametrize("purpose", [(), ("--purpose", "scoring")])
def test_a_system_file_whose_system_is_no_mapping(
    workspace: Path, tmp_path: Path, stated: str, purpose: tuple[str, ...]
) -> None:
    facts = tmp_path / "system.yaml"
    facts.write_text(f"{stated}\nfacts:\n  ai_system: true\n")
    ran = _in(workspace, "record", "system", "s", "--model", "base", "--facts", facts, *purpose)
    _clear(ran, 2, "system.yaml", "mapping")


@pytest.mark.parametrize("stated", ["7", "''", "[a]"])
def test_a_system_file_with_a_purpose_that_is_none(
    workspace: Path, tmp_path: Path, stated: str
) -> None:
    facts = tmp_path / "system.yaml"
    facts.write_text(f"system: {{intended_purpose: {stated}}}\nfacts: {{ai_system: true}}\n")
    ran = _in(workspace, "record", "system", "s", "--model", "base", "--facts", facts)
    _clear(ran, 2, "system.yaml", "intended_purpose")


@pytest.mark.parametrize("scoring", ["text", "scoring: text", "labels: 5", "{}\n---\n{}"])
def test_a_scoring_file_that_says_nothing_of_use(
    workspace: Path, tmp_path: Path, scoring: str
) -> None:
    answers, file = tmp_path / "answers.jsonl", tmp_path / "scoring.yaml"
    answers.write_text(json.dumps(ROW) + "\n")
    file.write_text(scoring)
    ran = _in(
        workspace, "record", "predictions", "base", "--dataset", "held",
        "--file", answers, "--scoring", file,
    )  # fmt: skip
    _clear(ran, 2, "scoring.yaml")


@pytest.mark.parametrize(
    ("change", "entry"),
    [
        (("parameters: 993024", "parameters: -1"), "models.0.parameters"),
        (("  outputs:\n  - loan-base\n", "  outputs: []\n"), "jobs.0.outputs"),
    ],
)
def test_a_recording_with_a_bad_entry(
    workspace: Path, recording: Path, tmp_path: Path, change: tuple[str, str], entry: str
) -> None:
    broken = tmp_path / "recording"
    shutil.copytree(recording, broken)
    manifest = broken / "recording.yaml"
    manifest.write_text(manifest.read_text().replace(*change))
    before = _entries(workspace)
    _clear(_in(workspace, "import", "recording", broken), 2, "recording.yaml", entry)
    assert _entries(workspace) == before


def test_a_workspace_from_a_newer_version(workspace: Path) -> None:
    config = workspace / "ftgov.toml"
    config.write_text(config.read_text().replace("schema = 1", "schema = 99"))
    _clear(_in(workspace, "log"), 1, "99")


def test_no_workspace(tmp_path: Path) -> None:
    _clear(_in(tmp_path, "log"), 2, "ftgov init")


def test_a_corrupted_database_leaves_the_evidence_alone(workspace: Path) -> None:
    evidence = workspace / ".ftgov" / "evidence"
    before = sorted(path.name for path in evidence.rglob("*"))
    database = next((workspace / ".ftgov").glob("*.db"))
    for beside in (workspace / ".ftgov").glob(database.name + "-*"):
        beside.unlink()
    database.write_bytes(b"SQLite format 3\0" + b"\xff" * 5_000)
    _clear(_in(workspace, "log"), 1)
    assert sorted(path.name for path in evidence.rglob("*")) == before


def test_an_edited_row_is_found_by_log_verify(workspace: Path) -> None:
    database = next((workspace / ".ftgov").glob("*.db"))
    with sqlite3.connect(database) as raw:
        for (name,) in raw.execute(
            "SELECT name FROM sqlite_master WHERE type='trigger'"
        ).fetchall():
            raw.execute(f'DROP TRIGGER "{name}"')
        table = raw.execute(
            "SELECT name FROM sqlite_master WHERE type='table' AND sql LIKE '%prev%'"
        ).fetchone()[0]
        raw.execute(f"UPDATE {table} SET body = replace(body, 'base', 'bose') WHERE name = 'base'")
    raw.close()
    ran = _in(workspace, "log", "--verify")
    _clear(ran, 21)


def test_unknown_options_and_words_are_usage_errors(workspace: Path) -> None:
    assert _in(workspace, "audit", "base", "--analyzer", "nothing").status == 2
    assert _in(workspace, "check", "nobody").status == 2
    assert run_ftgov("classify").status == 2
    assert run_ftgov("verify", "absent", "--trust", "absent").status == 2


def test_errors_are_json_where_json_was_asked_for(workspace: Path) -> None:
    ran = _in(workspace, "check", "base", "--json")
    assert ran.status == 12
    assert ran.json["error"]["exit_code"] == 12
    assert set(ran.json["error"]) == {"what", "why", "next_step", "exit_code"}


def test_a_recording_that_breaks_half_way_records_nothing(
    workspace: Path, recording: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "recording"
    shutil.copytree(recording, broken)
    answers = broken / "answers" / "honest.jsonl.gz"
    rows = gzip.decompress(answers.read_bytes()).splitlines()
    rows[41] = b'{"id": '
    answers.write_bytes(gzip.compress(b"\n".join(rows)))
    before = _entries(workspace)
    ran = _in(workspace, "import", "recording", broken)
    _clear(ran, 1, "honest.jsonl.gz", "line 42")
    assert _entries(workspace) == before


def test_records_changed_after_the_audit_make_it_stale(demo_copy: Path, recording: Path) -> None:
    ran = _in(
        demo_copy, "record", "model", "honest", "--kind", "tuned", "--parent", "loan-base",
        "--adapter", "honest-adapter", "--licence", "MIT",
        "--weights", recording / "models" / "honest.weights.json",
    )  # fmt: skip
    assert ran.status == 0, ran.err
    _clear(_in(demo_copy, "check", "honest"), 12, "stale", "ftgov audit honest")
