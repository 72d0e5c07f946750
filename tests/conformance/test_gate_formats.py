"""Each format of a gate's result by its schema or documented fields, and by a foreign reader."""

from __future__ import annotations

import copy
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import xmlschema
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from junitparser import JUnitXml

import gate_samples
from ftgov.cli.command_check import FORMATS
from ftgov.exports import Judged, gate_formats, render_gate
from ftgov.exports.gate_github import ANNOTATIONS, SUMMARY_BYTES, summary
from ftgov.records.decision import Decision

HERE = Path(__file__).parent
ALL = [gate_samples.judged(gate_samples.dossier(pattern)) for pattern in gate_samples.PATTERNS]
RICH = ALL[16]
"""The one with every outcome."""

HOSTILE = (
    "\x1b[2J::error::x\r\n::set-output name=a::b|`</failure><!-- & ]]> @all "
    "[x](y) \u202e\x00\ufffe %0A"
)


def _with_text(judged: Judged, text: str) -> Judged:
    def said(one: Decision) -> Decision:
        return one.model_copy(update={"message": text or "-", "title": text or "-", "remedy": text})

    return judged._replace(decisions=tuple(said(one) for one in judged.decisions))


def test_a_format_is_a_file_of_the_room_and_the_command_offers_each() -> None:
    assert set(gate_formats()) == set(FORMATS)
    assert FORMATS[0] == "text"


@pytest.fixture(scope="module")
def sarif_form() -> Any:
    return json.loads((HERE / "sarif_form.json").read_text())


@pytest.mark.parametrize("place", range(20))
def test_sarif_has_its_form(sarif_form: Any, place: int) -> None:
    log = json.loads(render_gate("sarif", ALL[place]))
    checker = jsonschema_rs.validator_for(sarif_form, validate_formats=True)
    checker.validate(log)
    rules = log["runs"][0]["tool"]["driver"]["rules"]
    for result in log["runs"][0]["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    broken = copy.deepcopy(log)
    broken["runs"][0]["columnKind"] = "bytes"
    assert not checker.is_valid(broken)


def test_sarif_is_valid_by_the_oasis_schema(shared_folder: Path) -> None:
    file = shared_folder / "spec" / "sarif" / "sarif-schema-2.1.0.json"
    if not file.is_file():
        pytest.skip("the OASIS schema of SARIF is not among the sample data")
    checker = jsonschema_rs.validator_for(json.loads(file.read_text()))
    for judged in ALL:
        checker.validate(json.loads(render_gate("sarif", judged)))


def test_sarif_tools_reads_it(tmp_path: Path) -> None:
    (tmp_path / "gate.sarif").write_text(render_gate("sarif", RICH))
    sarif = Path(sys.executable).with_name("sarif")
    done = subprocess.run(
        [sarif, "summary", tmp_path / "gate.sarif"], capture_output=True, text=True, check=True
    )
    counts = dict(re.findall(r"^(error|warning|note): (\d+)", done.stdout, re.MULTILINE))
    # The waived rules keep their level and are suppressed; this reader counts them all the same.
    assert counts == {"error": "4", "warning": "2", "note": "2"}, done.stdout


@pytest.mark.parametrize("place", range(20))
def test_junit_has_its_form(place: int) -> None:
    schema = xmlschema.XMLSchema(HERE / "junit_form.xsd")
    schema.validate(render_gate("junit", ALL[place]))
    assert not schema.is_valid(render_gate("junit", ALL[place]).replace("tests=", "test="))


def test_junitparser_reads_it() -> None:
    read = JUnitXml.fromstring(render_gate("junit", RICH).encode())
    by_name = {str(case.name).split()[0]: case for suite in read for case in suite}
    words = {name: [type(one).__name__ for one in case.result] for name, case in by_name.items()}
    assert words["OURS-001"] == []
    assert words["OURS-002"] == ["Failure"]
    assert words["OURS-003"] == ["Error"]
    assert words["OURS-004"] == ["Skipped"]
    assert (read.tests, read.failures, read.errors) == (10, 1, 2)
    assert "Ada Example, approved by Ben Example" in str(by_name["OURS-004"].result[0].text)


def test_gitlab_has_the_documented_fields() -> None:
    issues = json.loads(render_gate("gitlab", RICH))
    for issue in issues:
        assert set(issue) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert issue["severity"] in {"info", "minor", "major", "critical", "blocker"}
        path = issue["location"]["path"]
        assert not path.startswith(("/", "./"))
        assert issue["location"]["lines"]["begin"] >= 1
    prints = [issue["fingerprint"] for issue in issues]
    assert len(set(prints)) == len(prints)
    assert next(one for one in issues if one["check_name"] == "OURS-002")["location"] == {
        "path": "gates/ours file.yaml",
        "lines": {"begin": 17},
    }
    again = json.loads(render_gate("gitlab", RICH._replace(assessed_at="2026-11-22T00:00:00Z")))
    assert [issue["fingerprint"] for issue in again] == prints


def test_oscal_is_valid_by_its_schema(shared_folder: Path) -> None:
    schema = json.loads(
        (shared_folder / "spec" / "oscal" / "oscal_complete_schema.json").read_text()
    )
    checker = jsonschema_rs.validator_for(schema)
    for judged in [*ALL, _with_text(RICH, HOSTILE)]:
        document = json.loads(render_gate("oscal", judged))
        assert not [fault.message for fault in checker.iter_errors(document)]
        assert render_gate("oscal", judged) == render_gate("oscal", judged)
    del document["assessment-results"]["import-ap"]
    assert not checker.is_valid(document)


COMMAND = re.compile(
    r"^::(error|warning|notice) file=([^,:\n]+),line=(\d+),title=([^,:\n]*)::(.*)$"
)


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ((0,), "PASS"),
        ((0, 3), "PASS (1 waived)"),
        ((3, 8), "PASS (2 waived)"),
        ((1, 3), "FAIL (1 waived)"),
    ],
)
def test_a_verdict_that_rests_on_waivers_says_how_many(pattern: tuple[int, ...], said: str) -> None:
    found = gate_samples.judged(gate_samples.dossier(pattern))
    assert found.verdict_text.partition(",")[0] == said
    for form in ("text", "github"):
        told = render_gate(form, found)
        assert f"{said}," in told
        assert ("waived)" in told) == ("waived" in said)


def test_github_annotates_within_its_limits() -> None:
    many = gate_samples.judged(gate_samples.dossier((6,) * 30 + (1,) * 4 + (5,) * 9))
    lines = render_gate("github", many).splitlines()
    commands = [line for line in lines if line.startswith("::")]
    assert len(commands) == ANNOTATIONS
    assert [COMMAND.match(line).group(1) for line in commands[:4]] == ["error"] * 4  # type: ignore[union-attr]
    assert commands[-1].startswith("::warning title=34 more rules::See the summary: OURS-")


def test_a_github_summary_stays_below_its_limit_and_counts_what_it_leaves_out() -> None:
    long = _with_text(gate_samples.judged(gate_samples.dossier((1,) * 600)), "x" * 3_900)
    text = summary(long)
    assert len(text.encode()) < SUMMARY_BYTES
    left_out = int(re.search(r"\| (\d+) more \| left out", text).group(1))  # type: ignore[union-attr]
    assert left_out + text.count("| `OURS-") == 600


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60).map(lambda text: text + HOSTILE) | st.just(HOSTILE))
def test_text_from_elsewhere_breaks_no_format(sarif_form: Any, text: str) -> None:
    judged = _with_text(RICH, text)
    jsonschema_rs.validator_for(sarif_form).validate(json.loads(render_gate("sarif", judged)))
    read = JUnitXml.fromstring(render_gate("junit", judged).encode())
    assert (read.tests, read.failures, read.errors) == (10, 1, 2)
    assert len(json.loads(render_gate("gitlab", judged))) == 9, "eight rules, one given time"
    json.loads(render_gate("json", judged))
    for line in render_gate("github", judged).splitlines()[:-1]:
        assert COMMAND.match(line) or line == f"note: {judged.notes[0]}", line
    rows = [line for line in summary(judged).splitlines() if line.startswith("| ")]
    assert len(rows) == 11
    for form in ("text", "github"):
        shown = render_gate(form, judged)
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202e]", shown)
        assert len(shown.splitlines()) == len(render_gate(form, RICH).splitlines())
