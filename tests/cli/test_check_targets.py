"""What `ftgov check` judges is what was named: no folder replaces a model, no bundle another."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from ftgov import api
from ftgov.api.countersigning import countersign
from ftgov.api.keys import load_key
from ftgov.cli.main import execute
from ftgov.errors import InvalidBundle
from ftgov.signing.verify import verified_bundle
from tests_support import HOUSE


def _check(*words: str | Path) -> int:
    return execute(["check", *map(str, words)])


def _redacted(place: Path, out: Path) -> Path:
    bundle = place / "reports" / "honest" / "bundle"
    evidence = next((bundle / "evidence").iterdir())
    words = ("bundle", "redact", bundle, "--file", evidence.name, "--output", out)
    assert execute([str(word) for word in words]) == 0
    return out


def test_a_folder_of_a_models_name_does_not_replace_the_model(
    demo_copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(demo_copy / "reports" / "honest" / "bundle", tmp_path / "harmful-full")
    trust = demo_copy / "trust"
    assert _check("harmful-full", "--workspace", demo_copy, "--trust", trust) == 11
    assert _check("./harmful-full", "--trust", trust) == 0


def test_a_bundle_of_another_model_or_system_is_not_assessed(demo_copy: Path) -> None:
    bundle, trust = demo_copy / "reports" / "honest" / "bundle", demo_copy / "trust"
    assert _check(bundle, "--trust", trust, "--model", "honest") == 0
    assert _check(bundle, "--trust", trust, "--model", "harmful-full") == 12
    assert _check(bundle, "--trust", trust, "--system", "another") == 12
    with api.open_workspace(demo_copy) as opened:
        system = api.subject_of(opened, "honest").system
    assert system is not None
    assert _check(bundle, "--trust", trust, "--system", system.name) == 0


@pytest.mark.parametrize(
    "words",
    [
        ("reports/honest/bundle", "--trust", "trust", "--workspace", "."),
        ("reports/honest/bundle", "--trust", "trust", "--key", "owner"),
        ("reports/honest/bundle", "--trust", "trust", "--actor", "me"),
        ("honest", "--model", "honest"),
        ("honest", "--withheld-ok"),
        ("honest", "--explain", "FTG-FAIR-001"),
        ("--explain", "FTG-FAIR-001", "--trust", "trust"),
        ("--explain", "FTG-FAIR-001", "--also", "sarif=x"),
    ],
)
def test_options_that_would_be_ignored_are_refused(
    finished_demo: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
) -> None:
    monkeypatch.chdir(finished_demo)
    assert _check(*words) == 2
    assert "does not go with this" in capsys.readouterr().err


def test_withheld_evidence_is_missing(
    demo_copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle, trust = _redacted(demo_copy, tmp_path / "red"), demo_copy / "trust"
    assert _check(bundle, "--trust", trust) == 12
    assert "withheld: " in capsys.readouterr().err
    assert _check(bundle, "--trust", trust, "--withheld-ok") == 0
    printed = capsys.readouterr().out
    assert "note: withheld: " in printed
    assert "the bundle does not prove: " in printed
    assert printed.rstrip().endswith("honest: PASS, 1 withheld")
    for form in ("sarif", "junit", "github", "gitlab", "oscal", "json"):
        assert _check(bundle, "--trust", trust, "--withheld-ok", "--format", form) == 0
        assert "withheld: " in capsys.readouterr().out, form


def test_a_dissent_stands_beside_the_verdict(
    demo_copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle, trust = demo_copy / "reports" / "honest" / "bundle", demo_copy / "trust"
    assert execute(["keys", "new", "other", "--unencrypted", "--workspace", str(demo_copy)]) == 0
    with api.open_workspace(demo_copy) as opened:
        key = load_key(opened, "other")
    countersign(bundle, trust, key=key, name="Eve\nPASS", reasons=["the rows are not ours"])
    assert _check(bundle, "--trust", trust) == 0
    assert "note: dissent by Eve" in (out := capsys.readouterr().out)
    assert "not in the trust pack): the rows are not ours" in out
    assert "\nPASS" not in out
    assert out.rstrip().endswith("honest: PASS"), "who is not trusted stands in the notes only"


def test_a_given_time_is_said_in_every_format(
    demo_copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with api.open_workspace(demo_copy) as opened:
        given = api.check(opened, "honest").assessment.assessed_at
    here = ("honest", "--workspace", demo_copy)
    for form in ("text", "sarif", "junit", "github", "gitlab", "oscal", "json"):
        _check(*here, "--as-of", given, "--format", form)
        assert f"judged as of {given} (given)" in capsys.readouterr().out, form
        _check(*here, "--format", form)
        assert "judged as of" not in capsys.readouterr().out, form


def test_a_misspelt_path_that_is_never_met_is_an_error_of_the_gate(
    demo_copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (HOUSE / "policies" / "gates" / "baseline.yaml").read_text()
    limit = "evidence.group_fairness.demographic_parity_ratio.low >= 0.80"
    assert limit in text
    gate = tmp_path / "ours.yaml"
    here = ("--workspace", demo_copy, "--policy", gate)
    gate.write_text(text)
    assert _check("honest", *here) == 0
    hidden = "evidence.group_fairness.demografic_parity_ratio.low >= 0.90"
    gate.write_text(text.replace(limit, f"{limit} || {hidden}"))
    assert _check("honest", *here) == 2
    assert "did you mean 'group_fairness.demographic_parity_ratio'" in capsys.readouterr().err
    bundle = demo_copy / "reports" / "honest" / "bundle"
    assert _check(bundle, "--trust", demo_copy / "trust", "--policy", gate) == 2


def test_no_old_verdict_survives_a_run_that_cannot_judge(demo_copy: Path, tmp_path: Path) -> None:
    sarif, text = tmp_path / "gate.sarif", tmp_path / "gate.txt"
    here = ("--workspace", demo_copy, "--also", f"sarif={sarif}", "--output", text)
    assert _check("honest", *here) == 0
    assert json.loads(sarif.read_text())["runs"][0]["properties"]["verdict"] == "pass"
    assert _check("nobody", *here) == 2
    assert not sarif.exists()
    assert not text.exists()


def test_what_is_judged_is_what_was_verified(
    demo_copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another writer puts a passing model's dossier in place between verifying and judging."""
    reports = demo_copy / "reports"
    bundle, other = (reports / name / "bundle" for name in ("harmful-lora", "honest"))
    real = verified_bundle

    def exchanged(*args: Any, **fields: Any) -> Any:
        """Verify, and then change what lies in the folder."""
        found = real(*args, **fields)
        shutil.copy(other / "dossier.json", bundle / "dossier.json")
        return found

    monkeypatch.setattr("ftgov.api.bundle_gate.verified_bundle", exchanged)
    with pytest.raises(InvalidBundle, match="changed while"):
        api.check_bundle(bundle, demo_copy / "trust")
