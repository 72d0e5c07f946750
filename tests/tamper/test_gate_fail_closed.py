"""Evidence that is changed, gone, of other weights or of another law never passes a gate."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from ftgov import api
from ftgov.api import nouns
from ftgov.errors import LedgerTampered, NotAssessable
from ftgov.recompute.bundle import recompute_dossier
from ftgov.records.decision import Decision
from ftgov.records.dossier import Dossier
from ftgov.signing.bundle import BundleEvidence, open_bundle
from tests_support import HOUSE, run_ftgov


def _answers(place: Path) -> Path:
    with api.open_workspace(place) as opened:
        subject = api.subject_of(opened, "honest")
        run = next(run for run in subject.evaluations if run.model == "honest")
        return opened.evidence.path(run.answers.digest)


def _check(place: Path) -> api.GateResult:
    with api.open_workspace(place) as opened:
        return api.check(opened, "honest")


def test_changed_answers_are_noticed_before_any_rule_is_read(demo_copy: Path) -> None:
    answers = _answers(demo_copy)
    answers.chmod(0o644)
    answers.write_bytes(answers.read_bytes() + b"\0")
    with pytest.raises(NotAssessable):
        _check(demo_copy)


def test_answers_that_are_gone_are_noticed(demo_copy: Path) -> None:
    answers = _answers(demo_copy)
    answers.parent.chmod(0o755)
    answers.unlink()
    assert run_ftgov("check", "honest", "--workspace", demo_copy).status == 12


def test_a_deleted_ledger_row_stops_the_gate(demo_copy: Path) -> None:
    with sqlite3.connect(demo_copy / ".ftgov" / "store.db") as raw:
        for (name,) in raw.execute(
            "SELECT name FROM sqlite_master WHERE type='trigger'"
        ).fetchall():
            raw.execute(f'DROP TRIGGER "{name}"')
        raw.execute("DELETE FROM ledger WHERE seq = 3")
    raw.close()
    with pytest.raises(LedgerTampered):
        _check(demo_copy)
    assert run_ftgov("check", "honest", "--workspace", demo_copy).status == 21


def test_answers_of_other_weights_are_not_credited_to_these(
    demo_copy: Path, tmp_path: Path
) -> None:
    weights = tmp_path / "other.weights.json"
    file = {"name": "model.safetensors", "bytes": 9, "sha256": "f" * 64}
    weights.write_text(json.dumps({"files": [file]}))
    with api.open_workspace(demo_copy) as opened:
        nouns.record_model(
            opened, "honest", weights=weights, kind="tuned", parent="loan-base",
            adapter="honest-adapter",
        )  # fmt: skip
        with pytest.raises(NotAssessable, match="weights differ"):
            api.audit(opened, "honest")


def test_two_jobs_for_one_model_are_refused(demo_copy: Path) -> None:
    with api.open_workspace(demo_copy) as opened:
        nouns.record_job(
            opened, "again", files={}, method="lora", base="loan-base", outputs=("honest",)
        )
        with pytest.raises(NotAssessable, match="Several jobs"):
            api.check(opened, "honest")


def test_a_job_that_started_elsewhere_is_refused(demo_copy: Path) -> None:
    with api.open_workspace(demo_copy) as opened:
        nouns.record_model(opened, "elsewhere", kind="base")
        nouns.record_model(opened, "odd", kind="tuned", parent="loan-base")
        nouns.record_job(
            opened, "odd-job", files={}, method="full", base="elsewhere", outputs=("odd",)
        )
        with pytest.raises(NotAssessable, match="started from 'elsewhere'"):
            api.audit(opened, "odd")


def test_an_audit_under_a_law_that_is_not_in_force_is_refused(demo_copy: Path) -> None:
    with api.open_workspace(demo_copy) as opened:
        api.audit(opened, "honest", law_pack="eu-aia-2024-1689-original")
        with pytest.raises(NotAssessable, match="law was read"):
            api.check(opened, "honest")


def test_a_file_named_like_a_shipped_gate_does_not_replace_it(
    demo_copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(demo_copy)
    (demo_copy / "baseline").write_text("nothing")
    assert len(_check(demo_copy).decisions) == 10


def test_judging_as_of_another_day_does_not_back_date_the_ledger(demo_copy: Path) -> None:
    day = "2026-11-01T00:00:00Z"
    with api.open_workspace(demo_copy) as opened:
        before = opened.ledger.history()[-1].recorded_at
        result = api.check(opened, "honest", as_of=day)
        last = opened.ledger.history()[-1]
    assert result.verdict == "error"  # an audit from the future is never fresh
    assert {decision.time_source for decision in result.decisions} == {"given"}
    assert last.type == "decision"
    assert last.recorded_at >= before


def _dossier(demo: Path, model: str) -> tuple[Any, Path]:
    bundle = demo / "reports" / model / "bundle"
    return json.loads((bundle / "dossier.json").read_text()), bundle


def _verdict(content: Any, bundle: Path) -> tuple[str, str]:
    with open_bundle(bundle) as opened:
        result = recompute_dossier(Dossier.model_validate(content), BundleEvidence(opened))
    return result.verdict, " ".join(result.items)


def test_recompute_sees_what_was_left_out_before_signing(finished_demo: Path) -> None:
    content, bundle = _dossier(finished_demo, "harmful-full")
    without_law = json.loads(json.dumps(content))
    without_law["assessment"]["classification"] = None
    verdict, items = _verdict(without_law, bundle)
    assert verdict == "invalid"
    assert "classification: missing" in items

    other_verdict = {**content, "verdict": "pass"}
    verdict, items = _verdict(other_verdict, bundle)
    assert verdict == "invalid"
    assert "does not follow" in items

    without_decisions = {**content, "decisions": [], "verdict": "pass"}
    assert _verdict(without_decisions, bundle)[0] == "invalid"

    fewer = json.loads(json.dumps(content))
    kept = [f for f in fewer["assessment"]["findings"] if f["analyzer"] != "memorisation"]
    fewer["assessment"]["findings"] = kept
    verdict, items = _verdict(fewer, bundle)
    assert verdict in {"invalid", "not_assessed"}
    assert verdict != "valid"

    turned = json.loads(json.dumps(content))
    decision = next(d for d in turned["decisions"] if d["outcome"] == "fail")
    decision["outcome"] = "pass"
    assert Decision.model_validate(decision).outcome == "pass"
    assert _verdict(turned, bundle)[0] == "invalid"


def test_without_pango_there_is_a_signed_report_and_a_plain_warning(
    demo_copy: Path, tmp_path: Path
) -> None:
    blocked = f"{HOUSE / 'tests' / 'no_pango'}"
    out = demo_copy / "reports" / "honest"
    assert (out / "report.pdf").exists()
    ran = run_ftgov(
        "report", "honest", "--output", out, "--workspace", demo_copy, "--json",
        env={"PYTHONPATH": blocked},
    )  # fmt: skip
    assert ran.status == 0, ran.err
    assert "libpango-1.0-0" in ran.json["pdf_missing"]
    assert "warning: no PDF was written" in ran.err
    assert "libpango-1.0-0" in ran.err
    assert "Traceback" not in ran.err
    assert not (out / "report.pdf").exists(), "the PDF of an earlier report must not stay"
    assert not (out / "bundle" / "report.pdf").exists()
    shutil.copytree(out / "bundle", tmp_path / "bundle")
    ran = run_ftgov("verify", tmp_path / "bundle", "--trust", demo_copy / "trust")
    assert ran.status == 0, ran.out
