"""What a command prints and the status it ends with: one document, and the truth."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from ftgov import api
from ftgov.api import nouns
from ftgov.cli.command_audit import status_of
from ftgov.errors import ExitCode
from ftgov.records.finding import Finding, Outcome, Severity
from tests_support import run_ftgov

DIGEST = "sha256:" + "0" * 64
POLICY = """\
apiVersion: ftgov.dev/policy/v1
kind: Policy
metadata:
  id: OUR-X-001
  version: 1
  title: A title
  reason: A reason.
  refs: [eu-ai-act/art-15.1]
spec:
  severity: error
  requires: [base_vs_tuned.accuracy_change]
  validations:
    - expression: evidence.base_vs_tuned.accuracy_change.low > 0.0
      message: "'no'"
  remedy: Train again.
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A workspace with a base model and a dataset."""
    data = tmp_path / "held.jsonl"
    data.write_text("{}\n")
    with api.init(tmp_path / "space") as opened:
        nouns.record_model(opened, "base", kind="base")
        nouns.record_dataset(opened, "held", [data], role="evaluation")
    return tmp_path / "space"


def _file_of(place: Path) -> Path:
    (found,) = [p for p in (place / ".ftgov" / "evidence").rglob("*") if p.is_file()]
    return found


def test_a_tampered_log_is_one_document_and_21(place: Path) -> None:
    file = _file_of(place)
    file.chmod(0o644)
    file.write_text("altered")
    ran = run_ftgov("log", "--verify", "--json", "--workspace", place)
    assert ran.status == 21
    assert ran.json["verdict"] == "tampered"
    assert "next:" in ran.err


def test_an_empty_log_is_nothing_to_verify(tmp_path: Path) -> None:
    assert run_ftgov("init", tmp_path / "empty").status == 0
    ran = run_ftgov("log", "--verify", "--json", "--workspace", tmp_path / "empty")
    assert (ran.status, ran.json["verdict"]) == (12, "nothing to verify")
    assert "nothing to verify" in run_ftgov("log", "--verify", cwd=tmp_path / "empty").out


def test_an_unfinished_copy_is_not_tampering(place: Path) -> None:
    (place / ".ftgov" / "evidence" / ".partial-1").write_bytes(b"cut off")
    ran = run_ftgov("log", "--verify", "--json", "--workspace", place)
    assert (ran.status, ran.json["verdict"]) == (0, "intact")


def test_a_file_that_is_gone_can_be_recorded_again(place: Path) -> None:
    _file_of(place).unlink()
    assert run_ftgov("log", "--verify", "--workspace", place).status == 21
    ran = run_ftgov(
        "record", "dataset", "held", "--file", place.parent / "held.jsonl",
        "--role", "evaluation", "--workspace", place,
    )  # fmt: skip
    assert ran.status == 0, ran.err
    assert run_ftgov("log", "--verify", "--workspace", place).status == 0


def test_a_demo_whose_bundle_is_invalid_prints_one_document(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    without_pdf: None,
) -> None:
    del without_pdf
    from ftgov.api.verification import verify
    from ftgov.cli.main import execute

    def broken(bundle: Path, trust: Path) -> object:
        with (bundle / "dossier.json").open("ab") as stream:
            stream.write(b" ")
        return verify(bundle, trust)

    monkeypatch.setattr("ftgov.api.demonstration.verify", broken)
    status = execute(["demo", str(tmp_path / "demo"), "--json", "--quiet"])
    told = capsys.readouterr()
    assert status == 20
    assert {model["verification"] for model in json.loads(told.out)["models"]} == {"invalid"}
    assert "next:" in told.err


def _finding(outcome: Outcome, severity: Severity) -> Finding:
    seen = outcome not in {"not_assessed", "not_applicable"}
    return Finding(
        id="x", analyzer="x", title="t", outcome=outcome, severity=severity, summary="s",
        evidence=(DIGEST,) if seen else (),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("findings", "status"),
    [
        ([("pass", "note")], ExitCode.DONE),
        ([("measured", "note"), ("not_assessed", "warning")], ExitCode.DONE),
        ([("inconclusive", "warning"), ("not_assessed", "note")], ExitCode.DONE),
        ([("pass", "note"), ("not_assessed", "error")], ExitCode.FINDINGS),
        ([("not_assessed", "error")], ExitCode.FINDINGS),
        ([("fail", "error"), ("not_assessed", "note")], ExitCode.FINDINGS),
        ([("inconclusive", "error")], ExitCode.FINDINGS),
        ([("fail", "warning")], ExitCode.DONE),
        ([("not_assessed", "warning"), ("not_applicable", "note")], ExitCode.NOTHING_TO_AUDIT),
        ([], ExitCode.NOTHING_TO_AUDIT),
    ],
)
def test_the_status_of_an_audit(findings: list[tuple[Outcome, Severity]], status: ExitCode) -> None:
    assert status_of([_finding(*each) for each in findings]) is status


def test_an_audit_that_cannot_read_its_evidence_is_10(demo_copy: Path) -> None:
    with api.open_workspace(demo_copy) as opened:
        for run in api.lineage(opened, "honest")["datasets"]:
            opened.evidence.path(run["files"][0]["digest"]).unlink()
    ran = run_ftgov("audit", "honest", "--workspace", demo_copy, "--json")
    assert ran.status == 10, ran.err
    severities = {f["severity"] for f in ran.json["findings"] if f["outcome"] == "not_assessed"}
    assert "error" in severities


def test_an_audit_with_nothing_to_look_at_is_3(place: Path) -> None:
    ran = run_ftgov("audit", "base", "--workspace", place, "--json")
    assert ran.status == 3, ran.out + ran.err
    assert ran.json["findings"]


def test_a_gate_without_tests_is_not_a_gate_whose_tests_hold(tmp_path: Path) -> None:
    gate = tmp_path / "gate.yaml"
    gate.write_text(POLICY)
    ran = run_ftgov("policy", "test", gate, "--json")
    assert (ran.status, ran.json) == (12, {"tests": [], "untested": [str(gate)]})
    ran = run_ftgov("policy", "test", "baseline", gate)
    assert ran.status == 12
    assert "holds no tests" in ran.out
    assert run_ftgov("policy", "test", "baseline").status == 0


@pytest.mark.parametrize("name", ["../../../esc", "a/b", "", "Upper", "x" * 129])
def test_a_key_cannot_leave_its_folder(place: Path, name: str) -> None:
    before = sorted(place.parent.rglob("*"))
    ran = run_ftgov("keys", "new", "--unencrypted", "--workspace", place, "--", name)
    assert ran.status == 2, ran.out
    assert "cannot be the name of a key" in ran.err
    ran = run_ftgov(
        "keys", "trust-pack", "--key", name, "--holder", "H", "--output", place / "t.json",
        "--workspace", place,
    )  # fmt: skip
    assert ran.status == 2
    assert sorted(place.parent.rglob("*")) == before


def test_the_drawing_of_a_lineage(finished_demo: Path, tmp_path: Path) -> None:
    ran = run_ftgov("lineage", "honest", "--format", "svg", "--workspace", finished_demo)
    assert ran.status == 0, ran.err
    assert ran.out.startswith("<svg")
    assert ran.out.rstrip().endswith("</svg>")
    assert "honest-train" in ran.out
    same = run_ftgov("lineage", "honest", "--format", "svg", "--json", "--workspace", finished_demo)
    assert same.json == {"model": "honest", "svg": ran.out.rstrip("\n")}
    ran = run_ftgov("lineage", "--format", "svg", "--workspace", finished_demo)
    assert ran.status == 2
    assert "ftgov lineage MODEL" in ran.err


def test_the_file_of_a_check_has_its_format_and_stdout_its_own(
    finished_demo: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "demo"
    shutil.copytree(finished_demo, folder)
    out = tmp_path / "out"
    ran = run_ftgov("check", "honest", "--json", "--output", out, "--workspace", folder)
    assert ran.json["model"] == "honest"
    assert out.read_text().rstrip().endswith("honest: PASS")
    ran = run_ftgov("check", "honest", "--format", "json", "--output", out, "--workspace", folder)
    assert ran.out == ""
    assert json.loads(out.read_text())["model"] == "honest"


def test_a_file_holds_no_colour_even_at_a_terminal(
    finished_demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    from ftgov.cli.main import execute

    folder = tmp_path / "demo"
    shutil.copytree(finished_demo, folder)
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    out = tmp_path / "out.txt"
    status = execute(["check", "honest", "--output", str(out), "--workspace", str(folder)])
    assert status == 0
    assert "PASS" in out.read_text()
    assert "\x1b" not in out.read_text()
