"""The reference pages say what the code says: commands, exit codes, policies, facts."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from ftgov import analyzers
from ftgov.api.law import shipped_packs
from ftgov.errors import ExitCode, worst
from ftgov.policy.lint import Known, lint_gate
from ftgov.policy.load import load_gate
from ftgov.policy.trial import try_gate
from ftgov.records.law import Classification
from tests_support import HOUSE, environment

DOCS = HOUSE / "docs"
GENERATOR = HOUSE / ".ci" / "command_reference.py"
MEASURES = [measure.id for analyzer in analyzers.discover() for measure in analyzer.measures]
_POLICY = re.compile(
    r"^```yaml\n(apiVersion: ftgov\.dev/policy/v1\n.*?)^```", re.MULTILINE | re.DOTALL
)
POLICIES = [
    (page, text)
    for page in sorted(DOCS.rglob("*.md"))
    for text in _POLICY.findall(page.read_text(encoding="utf-8"))
]


def _page(*parts: str) -> str:
    return DOCS.joinpath(*parts).read_text(encoding="utf-8")


@pytest.mark.parametrize("columns", ["40", "200"])
def test_the_page_of_commands_is_what_the_commands_say_at_any_width(columns: str) -> None:
    done = subprocess.run(
        [sys.executable, str(GENERATOR), "--check"],
        env=environment({"COLUMNS": columns}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_check_of_the_page_of_commands_can_fail(tmp_path: Path) -> None:
    copied = tmp_path / ".ci" / GENERATOR.name
    page = tmp_path / "docs" / "reference" / "commands.md"
    for place in (copied, page):
        place.parent.mkdir(parents=True)
    copied.write_text(GENERATOR.read_text(encoding="utf-8"), encoding="utf-8")
    page.write_text(_page("reference", "commands.md").replace("--seed", "--sead"), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(copied), "--check"],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "--sead" in done.stdout


def test_the_table_of_exit_codes_is_that_of_the_code() -> None:
    rows = re.findall(r"^\| (\d+) \| .+ \|$", _page("reference", "exit-codes.md"), re.MULTILINE)
    assert [int(row) for row in rows] == [int(code) for code in ExitCode]


def test_the_order_of_exit_codes_is_that_of_the_code() -> None:
    found = re.search(r"Several causes at once: ([^.]*)\.", _page("reference", "exit-codes.md"))
    assert found is not None
    stated = [ExitCode(int(digits)) for digits in re.findall(r"\d+", found[1])]
    assert len(stated) == 5
    left = list(stated)
    while left:
        assert worst(reversed(left)) == left.pop(0)


@pytest.mark.parametrize(("page", "text"), POLICIES, ids=lambda value: getattr(value, "stem", ""))
def test_a_policy_in_a_page_has_no_fault_and_its_tests_hold(page: Path, text: str) -> None:
    gate = load_gate(text, name=page.stem)
    assert lint_gate(gate, Known(MEASURES)) == ()
    trials = try_gate(gate)
    assert trials
    assert not [trial.detail for trial in trials if not trial.passed]


def test_there_are_policies_in_pages() -> None:
    assert {page.stem for page, _ in POLICIES} >= {"policies", "gate-a-release"}


def test_every_measure_is_explained() -> None:
    text = _page("explanation", "figures.md")
    lacking = []
    for measure in MEASURES:
        analyzer, _, name = measure.partition(".")
        known = f"`{name}`" in text or f"`{name.removeprefix('base_')}`" in text
        lacking += [] if known and f"## {analyzer}" in text else [measure]
    assert not lacking


def test_every_fact_and_every_field_of_a_classification_is_named() -> None:
    text = _page("reference", "law.md")
    facts = {fact for each in shipped_packs() for fact in each.pack.facts}
    fields = {field.alias or name for name, field in Classification.model_fields.items()}
    assert not sorted(name for name in facts | fields if f"`{name}`" not in text)


def test_every_rule_of_the_baseline_gate_is_named() -> None:
    gate = (HOUSE / "policies" / "gates" / "baseline.yaml").read_text(encoding="utf-8")
    rules = re.findall(r"^  id: (\S+)$", gate, re.MULTILINE)
    assert rules
    assert not [rule for rule in rules if f"| {rule} |" not in _page("reference", "policies.md")]
