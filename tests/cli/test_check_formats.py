"""`ftgov check` ends with the same status in every format, and mistakes say what to do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ftgov import api
from ftgov.api.keys import load_key
from ftgov.cli.command_check import FORMATS
from ftgov.cli.main import execute
from ftgov.records.entry import DecisionsMade
from ftgov.signing.envelope import parse_envelope
from tests_support import HOUSE


def _check(*words: str | Path) -> int:
    return execute(["check", *map(str, words)])


def test_no_format_changes_the_status(demo_copy: Path, tmp_path: Path) -> None:
    here = ("--workspace", demo_copy)
    for form in FORMATS:
        file = tmp_path / form
        assert _check("harmful-full", *here, "--format", form, "--output", file) == 11
        assert file.stat().st_size > 100
        assert _check("honest", *here, "--format", form, "--output", file) == 0
        late = ("--as-of", "2027-06-01T00:00:00Z", "--output", tmp_path / f"late-{form}")
        assert _check("honest", *here, "--format", form, *late) == 12


def test_several_files_hold_the_same_decisions(
    demo_copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words: list[str | Path] = ["harmful-full", "--workspace", demo_copy, "--json"]
    for form in FORMATS:
        words += ["--also", f"{form}={tmp_path / form}"]
    assert _check(*words) == 11
    printed: dict[str, Any] = json.loads(capsys.readouterr().out)
    written = json.loads((tmp_path / "json").read_text())
    assert printed == written
    run = json.loads((tmp_path / "sarif").read_text())["runs"][0]
    assert run["properties"]["assessment"] == printed["assessment"]
    assert [one["ruleId"] for one in run["results"]] == [
        one["rule"] for one in printed["decisions"]
    ]


def test_the_summary_is_added_to_the_file_that_the_runner_names(
    demo_copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = tmp_path / "summary"
    named.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(named))
    assert _check("honest", "--workspace", demo_copy, "--format", "github") == 0
    assert named.read_text().startswith("before\n## honest: PASS\n")
    assert _check("honest", "--workspace", demo_copy) == 0
    assert named.read_text().count("##") == 1, "other formats leave it alone"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path))
    assert _check("honest", "--workspace", demo_copy, "--format", "github") == 1


def test_a_bundle_is_verified_before_it_is_judged(demo_copy: Path) -> None:
    bundle, trust = demo_copy / "reports" / "honest" / "bundle", demo_copy / "trust"
    assert _check(bundle, "--trust", trust) == 0
    assert _check(bundle.with_suffix(".zip"), "--trust", trust) == 0
    harmful = demo_copy / "reports" / "harmful-full" / "bundle"
    assert _check(harmful, "--trust", trust) == 11
    assert _check(bundle, "--trust", trust, "--trust-root", f"sha256:{'0' * 64}") == 12
    dossier = bundle / "dossier.json"
    dossier.write_bytes(dossier.read_bytes().replace(b'"honest"', b'"honesT"', 1))
    assert _check(bundle, "--trust", trust) == 20


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ((), 2),
        (("out/bundle",), 2),
        (("honest", "--format", "xml"), 2),
        (("honest", "--also", "xml=a"), 2),
        (("honest", "--also", "sarif"), 2),
        (("honest", "--also", "sarif=none/at/all"), 1),
        (("honest", "--output", "none/at/all"), 1),
        (("honest", "--key", "nobody"), 12),
        (("honest", "--trust", "none"), 2),
        (("--explain", "FTG-NONE-001"), 2),
        (("--explain", "FTG-FAIR-001"), 0),
        (("--explain", "FTG-FAIR-001", "--policy", "energy-disclosure"), 2),
    ],
)
def test_mistakes(
    finished_demo: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], status: int
) -> None:
    monkeypatch.chdir(finished_demo)
    assert _check(*words) == status


def test_decisions_can_be_signed(demo_copy: Path) -> None:
    assert execute(["keys", "new", "gate", "--unencrypted", "--workspace", str(demo_copy)]) == 0
    assert _check("honest", "--key", "gate", "--workspace", demo_copy) == 0
    with api.open_workspace(demo_copy) as opened:
        last = opened.ledger.history("decision")[-1]
        made = opened.ledger.read(DecisionsMade, last)
        assert made.verdict == "pass"
        assert made.statement is not None
        signed = parse_envelope(opened.evidence.path(made.statement.digest).read_bytes())
        assert signed.signed_by(load_key(opened, "gate").public)


def test_a_rule_is_named_where_it_is_written(
    demo_copy: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(demo_copy)
    shipped = HOUSE / "policies" / "gates" / "baseline.yaml"
    lines = shipped.read_text().splitlines()
    at = next(n for n, line in enumerate(lines, 1) if line.strip() == "id: FTG-QUAL-001")
    assert _check("harmful-full", "--policy", "baseline") == 11
    told = f"rule: policies/gates/baseline.yaml:{at} (shipped with ftgov)\n"
    assert told in capsys.readouterr().out
    assert _check("harmful-full", "--policy", "baseline", "--format", "junit") == 11
    assert told.strip() in capsys.readouterr().out
    Path("gates").mkdir()
    Path("gates/ours.yaml").write_text(shipped.read_text())
    assert _check("harmful-full", "--policy", "gates/ours.yaml") == 11
    assert f"rule: gates/ours.yaml:{at}\n" in capsys.readouterr().out
