"""The level of an interval: narrower is no way to pass."""

from __future__ import annotations

from typing import Any

import pytest

from ftgov.errors import UsageError
from ftgov.policy.case import Case
from ftgov.policy.decide import decide
from ftgov.policy.form import Gate
from ftgov.policy.invented import assessment_of
from ftgov.policy.levels import why_unsure
from ftgov.policy.lint import Known, lint_gate
from ftgov.policy.load import load_gate
from ftgov.records.decision import Decision

NOW = "2026-11-21T09:00:00Z"
READS = "evidence.toy.figure.low >= 0.4"
PARTS = "slices.toy.figure.all(s, s.low >= 0.4)"


def gate(source: str, spec: str = "", name: str = "toy") -> Gate:
    return load_gate(
        "apiVersion: ftgov.dev/policy/v1\nkind: Policy\n"
        "metadata: {id: T-1, version: 1, title: T, reason: R}\n"
        f"spec:\n  remedy: Do better.\n{spec}"
        f'  validations: [{{expression: "{source}", message: "\'said\'"}}]\n',
        name=name,
    )


def figure(level: float | None = None, **more: Any) -> dict[str, Any]:
    stated = {"value": 0.5, "low": 0.4, "high": 0.6, **more}
    return stated if level is None else {**stated, "level": level}


def judged(found: Gate, **fields: Any) -> Decision:
    case = Case.model_validate({"name": "x", "now": NOW, "expect": "pass"} | fields)
    (decision,) = decide([found], assessment_of(case), now=NOW, time_source="given")
    return decision


@pytest.mark.parametrize(
    ("spec", "level", "outcome"),
    [
        ("", 0.51, "error"),
        ("", 0.9499, "error"),
        ("", 0.95, "pass"),
        ("", 0.99, "pass"),
        ("  confidence: 0.90\n", 0.8999, "error"),
        ("  confidence: 0.90\n", 0.90, "pass"),
        ("  confidence: 0.99\n", 0.95, "error"),
    ],
)
def test_a_rule_asks_for_a_level(spec: str, level: float, outcome: str) -> None:
    decision = judged(gate(READS, spec), measures={"toy.figure": figure(level)})
    assert decision.outcome == outcome
    told = f"toy.figure: the interval's level is {level}; at least "
    assert decision.message.startswith(told) == (outcome == "error")


def test_what_is_required_counts_though_no_expression_reads_it() -> None:
    found = gate("true", "  requires: [evidence.toy.figure]\n")
    assert judged(found, measures={"toy.figure": figure(0.51)}).outcome == "error"
    assert judged(found, measures={"toy.figure": figure()}).outcome == "pass"


def test_other_figures_do_not_count() -> None:
    measures = {"toy.figure": figure(), "toy.other": figure(0.51)}
    assert judged(gate(READS), measures=measures).outcome == "pass"


def test_a_figure_that_would_fail_is_an_error_too() -> None:
    found = gate("evidence.toy.figure.low >= 0.9")
    assert judged(found, measures={"toy.figure": figure(0.51)}).outcome == "error"


def test_every_part_that_is_read_has_the_level() -> None:
    good, weak = figure(slice={"g": "a"}), figure(0.51, slice={"g": "b"})
    assert judged(gate(PARTS), slices={"toy.figure": [good]}).outcome == "pass"
    decision = judged(gate(PARTS), slices={"toy.figure": [good, weak]})
    assert decision.outcome == "error"
    assert "slices.toy.figure: the interval's level is 0.51" in decision.message


def test_a_part_without_a_value_has_no_level_to_ask_for() -> None:
    empty = {"value": None, "reason": "no row", "slice": {"g": "b"}}
    found = gate("slices.toy.figure.exists(s, has(s.low))")
    parts = [figure(slice={"g": "a"}), empty]
    assert judged(found, slices={"toy.figure": parts}).outcome == "pass"


def test_an_expression_may_read_the_level() -> None:
    found = gate("evidence.toy.figure.level >= 0.97")
    assert lint_gate(found, Known(["toy.figure"]))[0].key == "tests"
    assert judged(found, measures={"toy.figure": figure(0.96)}).outcome == "fail"
    assert judged(found, measures={"toy.figure": figure(0.97)}).outcome == "pass"


def test_a_figure_without_a_level_is_unsure() -> None:
    values = {"evidence": {"toy": {"figure": {"value": 1.0}}}, "slices": {}}
    assert "level is unknown" in (why_unsure(values, "toy.figure", 0.95) or "")
    values["evidence"]["toy"]["figure"]["level"] = float("nan")
    assert why_unsure(values, "toy.figure", 0.95) is not None
    assert why_unsure(values, "toy.absent", 0.95) is None
    assert why_unsure(values, "subject.model", 0.95) is None


@pytest.mark.parametrize("level", ["95", "1", "1.0", "0.5", "0", "-0.95", ".nan", "'0.95'", "null"])
def test_a_level_that_is_none_is_refused(level: str) -> None:
    with pytest.raises(UsageError, match=r"spec\.confidence:"):
        gate(READS, f"  confidence: {level}\n")


def test_lint_refuses_a_policy_without_any_test() -> None:
    assert [fault.key for fault in lint_gate(gate("true"), Known([]))] == ["tests", "tests"]
