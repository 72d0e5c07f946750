"""`pytest --ftgov MODEL`: every rule is a test, and what can't be judged is never a pass."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests_support import environment


def _pytest(place: Path, *arguments: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-ra", *arguments],
        cwd=place,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    return done.returncode, done.stdout


def test_a_harmful_model_fails_rule_by_rule_and_an_honest_one_passes(demo_copy: Path) -> None:
    status, out = _pytest(demo_copy, "--ftgov", "harmful-full", "--ftgov", "honest")
    assert status == 1
    assert "collected 22 items" in out
    assert "3 failed, 19 passed" in out
    assert "limit: group_fairness.demographic_parity_ratio.low >= 0.80" in out
    assert "FAILED ftgov/harmful-full::baseline::FTG-FAIR-001" in out
    assert "FAILED ftgov/harmful-full::verdict" in out
    assert "Traceback" not in out


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("--ftgov", "honest", "-k", "FAIR"), 0, "1 passed, 10 deselected"),
        (("--ftgov", "nobody", "-q"), 1, "11 failed"),
        (("--ftgov", "honest", "--ftgov-workspace", "none"), 2, "There is no workspace in"),
        (("--ftgov", "honest", "--ftgov-trust", "none"), 1, "none does not exist"),
        (("--ftgov", "honest", "--ftgov-trust-root", "x"), 1, "is no fingerprint"),
        (("--ftgov", "honest", "--ftgov-policy", "none"), 2, "There is no gate 'none'"),
        ((), 5, "no tests ran"),
    ],
)
def test_selection_and_mistakes(
    finished_demo: Path, arguments: tuple[str, ...], status: int, said: str
) -> None:
    code, out = _pytest(finished_demo, *arguments)
    assert (code, said in out) == (status, True), out


def test_a_rule_of_ones_own_that_only_warns_is_skipped_with_its_message(demo_copy: Path) -> None:
    gate = demo_copy / "ours.yaml"
    gate.write_text(
        "apiVersion: ftgov.dev/policy/v1\nkind: Policy\n"
        "metadata: {id: OUR-1, version: 1, title: Base, reason: Because.}\n"
        "spec:\n  severity: warning\n  validations:\n"
        "    - {expression: subject.kind == 'base', message: \"'It is ' + subject.kind\"}\n"
        "  remedy: Record it as base.\n"
    )
    status, out = _pytest(demo_copy, "--ftgov", "honest", "--ftgov-policy", "ours.yaml")
    assert status == 1, "no rule of severity error decides"
    assert "fail: It is" in out
    assert "1 failed, 1 skipped" in out
