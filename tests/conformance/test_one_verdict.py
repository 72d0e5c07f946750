"""One verdict: gate, PDF, HTML and every format say the same of twenty dossiers, rule by rule."""

from __future__ import annotations

import json
import re
import subprocess
import xml.etree.ElementTree as ET
from html import unescape
from pathlib import Path
from typing import Any

import pytest

import gate_samples
from ftgov.errors import ExitCode
from ftgov.exports import render_gate
from ftgov.exports.judged import EXIT_CODES, UNDECIDED
from ftgov.records.decision import verdict_of
from ftgov.records.dossier import Dossier
from ftgov.reports.html import render_html
from ftgov.reports.pdf import render_pdf
from ftgov.reports.verdicts import sentence_of
from ftgov.reports.view import build_view

WORDS = {"warn": "warning", "error": "not assessed"}
"""Outcomes as the report prints them, where the word is another."""

PILLS = {"pass": "PASS", "fail": "FAIL", "error": "NOT ASSESSED"}


def _stated(of: Dossier) -> dict[str, str]:
    return {one.rule: one.outcome for one in of.decisions}


def _expected(of: Dossier) -> str:
    """Return the verdict by the words of the reference, apart from the code that gives it."""
    counted = [one.outcome for one in of.decisions if one.severity == "error"]
    if "fail" in counted:
        return "fail"
    if any(one.outcome == "error" for one in of.decisions) or not counted:
        return "error"
    return "pass"


def _document(form: str, of: Dossier) -> Any:
    return json.loads(render_gate(form, gate_samples.judged(of)))


DOSSIERS = [gate_samples.dossier(pattern) for pattern in gate_samples.PATTERNS]


def test_there_are_twenty_and_every_verdict_is_among_them() -> None:
    assert len(DOSSIERS) == 20
    assert {of.verdict for of in DOSSIERS} == {"pass", "fail", "error"}
    assert {one.outcome for of in DOSSIERS for one in of.decisions} == {
        "pass", "fail", "warn", "waived", "error"
    }  # fmt: skip


def test_exit_codes_are_those_of_the_table() -> None:
    assert {verdict: ExitCode(code) for verdict, code in EXIT_CODES.items()} == {
        "pass": ExitCode.DONE,
        "fail": ExitCode.GATE_FAILED,
        "error": ExitCode.NOT_ASSESSABLE,
    }


@pytest.fixture(params=range(20), ids=lambda place: f"dossier{place}")
def of(request: pytest.FixtureRequest) -> Dossier:
    place: int = request.param
    return DOSSIERS[place]


def test_gate_and_dossier_follow_from_the_decisions(of: Dossier) -> None:
    assert of.verdict == verdict_of(of.decisions) == _expected(of)


def test_json_says_so(of: Dossier) -> None:
    found = _document("json", of)
    assert found["verdict"] == of.verdict
    assert {one["rule"]: one["outcome"] for one in found["decisions"]} == _stated(of)


def test_text_says_so(of: Dossier) -> None:
    text = render_gate("text", gate_samples.judged(of))
    seen = re.findall(r"^ *(pass|fail|warn|waived|error)  (OURS-\d+)", text, re.MULTILINE)
    assert {rule: outcome for outcome, rule in seen} == _stated(of)
    last = text.splitlines()[-1]
    assert last.startswith(f"loan-triage-tuned: {of.verdict.upper()}")


def test_sarif_says_so(of: Dossier) -> None:
    run = _document("sarif", of)["runs"][0]
    assert run["properties"]["verdict"] == of.verdict
    assert run["invocations"][0]["exitCode"] == EXIT_CODES[of.verdict]
    seen = {one["ruleId"]: one["properties"]["outcome"] for one in run["results"]}
    assert {rule: seen[rule] for rule in seen if rule != UNDECIDED} == _stated(of)
    loud = [
        one
        for one in run["results"]
        if one["kind"] == "fail" and one["level"] == "error" and not one.get("suppressions")
    ]
    assert bool(loud) == (of.verdict != "pass")
    waived = {one["ruleId"] for one in run["results"] if one.get("suppressions")}
    assert waived == {rule for rule, outcome in _stated(of).items() if outcome == "waived"}


def test_junit_says_so(of: Dossier) -> None:
    root = ET.fromstring(render_gate("junit", gate_samples.judged(of)))
    failures, errors = int(root.get("failures", "")), int(root.get("errors", ""))
    assert (failures + errors > 0) == (of.verdict != "pass")
    assert (failures > 0) == (of.verdict == "fail")
    tags = {str(case.get("name")).split()[0]: [child.tag for child in case] for case in
            root.iter("testcase")}  # fmt: skip
    for one in of.decisions:
        stops = "failure" if one.severity == "error" else "skipped"
        wanted = {"pass": [], "fail": [stops], "error": ["error"]}.get(one.outcome, ["skipped"])
        assert tags[one.rule] == wanted


def test_gitlab_says_so(of: Dossier) -> None:
    issues = _document("gitlab", of)
    stopping = [one for one in issues if one["severity"] in {"blocker", "critical"}]
    assert bool(stopping) == (of.verdict != "pass")
    assert any(one["severity"] == "blocker" for one in issues) == (of.verdict == "fail")
    notes = [one for one in issues if one["check_name"] == "FTG-NOTE"]
    assert all(one["severity"] == "info" for one in notes)
    named = {one["check_name"] for one in issues if one not in notes} - {UNDECIDED}
    assert named == {rule for rule, outcome in _stated(of).items() if outcome != "pass"}


def test_github_says_so(of: Dossier) -> None:
    from ftgov.exports.gate_github import summary

    text = render_gate("github", gate_samples.judged(of))
    assert ("::error " in text) == (of.verdict != "pass")
    said = re.findall(r"^(?:ftgov check|##) loan-triage-tuned: ([A-Z]+)\b", text, re.MULTILINE)
    assert said[-1:] == [of.verdict.upper()]
    table = summary(gate_samples.judged(of))
    assert re.match(rf"## loan-triage-tuned: {of.verdict.upper()}\b", table)
    seen = re.findall(r"^\| (\w+) \| `(OURS-\d+)`", table, re.MULTILINE)
    assert {rule: outcome for outcome, rule in seen} == _stated(of)


def test_oscal_says_so(of: Dossier) -> None:
    result = _document("oscal", of)["assessment-results"]["results"][0]
    stated = {prop["name"]: prop["value"] for prop in result["props"]}
    assert stated["verdict"] == of.verdict
    seen, satisfied = {}, {}
    for finding in result["findings"]:
        props = {prop["name"]: prop["value"] for prop in finding["props"]}
        rule = finding["target"]["target-id"]
        seen[rule] = props["outcome"]
        satisfied[rule] = finding["target"]["status"]["state"] == "satisfied"
    assert {rule: seen[rule] for rule in seen if rule != UNDECIDED} == _stated(of)
    assert satisfied == {rule: outcome == "pass" for rule, outcome in seen.items()}
    approved = {risk["title"].split()[0] for risk in result.get("risks", ())
                if risk["status"] == "deviation-approved"}  # fmt: skip
    assert approved == {rule for rule, outcome in _stated(of).items() if outcome == "waived"}


def test_the_report_says_so_in_html_and_in_pdf(of: Dossier, tmp_path: Path) -> None:
    view = build_view(of)
    page = render_html(view)
    rows = re.findall(
        r'<td><span class="pill \w+">([^<]+)</span></td>\s*'
        r'<th scope="row"><code>(OURS-\d+)',
        page,
    )  # fmt: skip
    assert {rule: word for word, rule in rows} == {
        rule: WORDS.get(outcome, outcome) for rule, outcome in _stated(of).items()
    }
    sentence = sentence_of(of)
    assert sentence in unescape(page)
    file = tmp_path / "report.pdf"
    file.write_bytes(render_pdf(view, identifier=b"0" * 16))
    text = subprocess.run(
        ["pdftotext", "-layout", file, "-"], capture_output=True, text=True, check=True
    ).stdout
    seen = re.findall(r"^ *(\w+(?: assessed)?) {2,}(OURS-\d+)", text, re.MULTILINE)
    assert {rule: word for word, rule in seen} == {rule: word for word, rule in rows}
    assert sentence in " ".join(text.split())
    assert re.search(rf"^\s*{PILLS[of.verdict]}\s", text, re.MULTILINE)
    others = [pill for verdict, pill in PILLS.items() if verdict != of.verdict]
    assert not [pill for pill in others if re.search(rf"^\s*{pill}\b", text, re.MULTILINE)]
