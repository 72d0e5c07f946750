"""Archived, and the host gone: lineage, audit, classification and report of a job all work."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from openai_fake.account import ADMIN_SECRET, SECRET, Account
from openai_fake.server import Fake, serving
from tests_support import HOUSE, Ran, run_ftgov

FACTS = HOUSE / "examples" / "loan-triage" / "recording" / "system.yaml"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A workspace with an archived account; the host has stopped."""
    place = tmp_path_factory.mktemp("archive") / "w"
    assert run_ftgov("init", place).status == 0
    with serving(Account.seeded(5)) as fake:
        ran = _archive(place, fake)
        assert ran.status == 0, ran.err
        (place / "archive.json").write_text(ran.out)
        (place / "archive.err").write_text(ran.err)
        dry = _archive(place, fake, "--dry-run")
        (place / "dry.json").write_text(dry.out)
        (place / "asked.json").write_text(json.dumps(fake.paths()))
    yield place
    shutil.rmtree(place)


def _archive(place: Path, fake: Fake, *more: str) -> Ran:
    keys = {"OPENAI_API_KEY": SECRET, "OPENAI_ADMIN_KEY": ADMIN_SECRET}
    where = ("--workspace", place, "--json")
    env = {**keys, "OPENAI_BASE_URL": fake.url}
    return run_ftgov("archive", "openai", *where, *more, env=env)


def _tuned(place: Path) -> str:
    listed = run_ftgov("lineage", "--workspace", place, "--json").json
    return str(next(m["name"] for m in listed["models"] if m["kind"] == "tuned"))


def test_what_was_read_is_one_document_and_progress_is_beside_it(archive: Path) -> None:
    result: Any = json.loads((archive / "archive.json").read_text())
    assert (result["provider"], result["tenant"], result["complete"]) == ("openai", "acme", True)
    counts = {each["resource"]: each for each in result["resources"]}
    assert counts["fine_tuning.jobs"]["new"] == 5
    assert next(iter(counts)) == "evals"
    assert "fine_tuning.jobs: 5 read" in (archive / "archive.err").read_text()


def test_a_dry_run_says_what_it_will_read_and_asks_nobody(archive: Path) -> None:
    plan = json.loads((archive / "dry.json").read_text())["plan"]
    assert plan[0]["path"] == "/evals"
    assert next(e for e in plan if e["resource"] == "fine_tuning.jobs")["archived"] == 5
    assert json.loads((archive / "asked.json").read_text()).count("/fine_tuning/jobs") == 1


def test_the_countdown_names_each_model_and_the_evals_api(archive: Path) -> None:
    ran = run_ftgov("archive", "countdown", "--workspace", archive, "--json")
    assert ran.status == 0, ran.err
    found = {each["model"]: each for each in ran.json["countdown"]}
    assert found["Evals API"]["shutdown"] == "2026-11-30"
    assert found[_tuned(archive)]["shutdown"] == "2027-01-14"


def test_records_are_derived_again_without_the_host(archive: Path) -> None:
    ran = run_ftgov("archive", "check", "--workspace", archive, "--json")
    assert ran.status == 0, ran.out
    assert ran.json["differs"] == ran.json["underivable"] == []
    assert ran.json["same"] > 100


def test_lineage_leads_from_an_archived_model_to_its_data(archive: Path) -> None:
    ran = run_ftgov("lineage", _tuned(archive), "--workspace", archive)
    assert ran.status == 0, ran.err
    assert "loans-0.jsonl sha256:" in ran.out
    assert "shutdown 2027-01-14" in ran.out


def test_a_report_of_an_archived_job_is_signed_and_verified(archive: Path, tmp_path: Path) -> None:
    place = tmp_path / "w"
    shutil.copytree(archive, place)
    where = ("--workspace", place)
    model = _tuned(place)
    system = run_ftgov("record", "system", "letters", "--model", model, "--purpose", "Sort letters",
                       "--facts", FACTS, *where)  # fmt: skip
    assert system.status == 0, system.err
    classified = run_ftgov("classify", "--system", "letters", "--json", *where)
    assert classified.status in (0, 12), classified.err
    assert classified.json["pack"]
    audited = run_ftgov("audit", model, "--json", *where)
    assert audited.status in (0, 10), audited.err
    outcomes = {each["analyzer"]: each["outcome"] for each in audited.json["findings"]}
    assert outcomes["training_dynamics"] == "measured"
    assert outcomes["cost"] == "measured"
    assert outcomes["energy"] == "measured"
    assert run_ftgov("keys", "new", "release", "--unencrypted", *where).status == 0
    pack = tmp_path / "trust-pack.json"
    made = run_ftgov("keys", "trust-pack", "--holder", "Ann", "--output", pack, *where)
    assert made.status == 0, made.err
    report = run_ftgov("report", model, "--output", tmp_path / "out", *where)
    assert (tmp_path / "out" / "report.html").is_file(), report.err
    verified = run_ftgov("verify", tmp_path / "out" / "bundle", "--trust", pack, "--recompute")
    assert verified.status == 0, verified.out
    assert "ft:gpt" in (tmp_path / "out" / "dossier.json").read_text()
    target = tmp_path / "model.cdx.json"
    done = run_ftgov("export", model, "--format", "cyclonedx", "--output", target, *where)
    assert done.status == 0, done.err
    assert json.loads(target.read_text())["components"][0]["name"] == model


def test_the_whole_ledger_and_all_evidence_verify(archive: Path) -> None:
    ran = run_ftgov("log", "--verify", "--json", "--workspace", archive)
    assert ran.status == 0, ran.out
