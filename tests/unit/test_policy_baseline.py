"""The shipped baseline gate: its own tests hold, its limits are pinned, lint finds its faults."""

from __future__ import annotations

import re

import pytest

from ftgov.policy.form import Policy
from ftgov.policy.lint import Known, lint_gate
from ftgov.policy.load import load_gate
from ftgov.policy.trial import try_gate
from ftgov.shipped import shipped

TEXT = shipped("policies", "gates", "baseline.yaml").read_text(encoding="utf-8")
GATE = load_gate(TEXT, name="baseline")
MEASURES = (
    "base_vs_tuned.accuracy_change",
    "dataset_quality.overlap_rows",
    "dataset_quality.unreadable_rows",
    "energy.job_energy",
    "group_fairness.demographic_parity_ratio",
    "guardrail_regression.refusal_change",
    "memorisation.canary_reproduction",
    "training_dynamics.final_loss_excess",
)


def test_the_rules() -> None:
    assert [policy.id for policy in GATE.policies] == [
        f"FTG-{area}-001"
        for area in [
            "FAIR",
            "SAFE",
            "MEM",
            "QUAL",
            "TRAIN",
            "DATA",
            "ENERGY",
            "LAW",
            "LIN",
            "FRESH",
        ]
    ]


def test_its_own_tests_hold() -> None:
    assert [trial.detail for trial in try_gate(GATE) if not trial.passed] == []


def test_lint_is_content() -> None:
    assert lint_gate(GATE, Known(MEASURES)) == ()


def test_every_rule_explains_itself() -> None:
    for policy in GATE.policies:
        assert policy.metadata.refs
        assert policy.metadata.reason
        expected = {case.expect for case in policy.tests}
        assert {"pass", "error"} <= expected, policy.id


OPERATORS = {">=": ">", "<=": "<", ">": ">=", "<": "<=", "==": "!=", "!=": "==", "&&": "||"}


def mutants(policy: Policy) -> list[tuple[int, str, str]]:
    """Every expression with one limit moved or one comparison changed."""
    found = []
    for index, check in enumerate(policy.spec.validations):
        for field in ("expression", "fail_expression"):
            source = getattr(check, field) or ""
            for hit in re.finditer(r"(?<![\w.])-?\d+(\.\d+)?(?=h'|\b)", source):
                step = 0.0001 if "." in hit.group() else 1
                for moved in (float(hit.group()) - step, float(hit.group()) + step):
                    text = f"{moved:.4f}" if "." in hit.group() else f"{moved:.0f}"
                    found.append((index, field, source[: hit.start()] + text + source[hit.end() :]))
            for hit in re.finditer(r">=|<=|==|!=|&&|>|<", source):
                swapped = OPERATORS[hit.group()]
                found.append((index, field, source[: hit.start()] + swapped + source[hit.end() :]))
    return found


def with_source(policy: Policy, index: int, field: str, source: str) -> Policy:
    checks = list(policy.spec.validations)
    checks[index] = checks[index].model_copy(update={field: source})
    spec = policy.spec.model_copy(update={"validations": tuple(checks)})
    return policy.model_copy(update={"spec": spec})


@pytest.mark.parametrize("step", [-0.0001, 0.0001])
@pytest.mark.parametrize("policy", GATE.policies[:7], ids=lambda policy: str(policy.id))
def test_a_moved_level_of_confidence_breaks_a_test(policy: Policy, step: float) -> None:
    moved = round(policy.spec.confidence + step, 4)
    spec = policy.spec.model_copy(update={"confidence": moved})
    changed = policy.model_copy(update={"spec": spec})
    trials = try_gate(GATE.model_copy(update={"policies": (changed,)}))
    assert not all(trial.passed for trial in trials)


def test_only_energy_accepts_a_lower_level() -> None:
    levels = {policy.id: policy.spec.confidence for policy in GATE.policies}
    assert {rule for rule, level in levels.items() if level != 0.95} == {"FTG-ENERGY-001"}
    assert levels["FTG-ENERGY-001"] == 0.9


@pytest.mark.parametrize("policy", GATE.policies, ids=lambda policy: str(policy.id))
def test_every_moved_limit_breaks_a_test(policy: Policy) -> None:
    found = mutants(policy)
    assert found
    changed = tuple(with_source(policy, *mutant) for mutant in found)
    trials = try_gate(GATE.model_copy(update={"policies": changed}))
    each = len(policy.tests)
    assert len(trials) == each * len(found)
    survivors = [
        source
        for at, (_, _, source) in enumerate(found)
        if all(trial.passed for trial in trials[at * each : (at + 1) * each])
    ]
    assert survivors == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "requires: [energy.job_energy]",
            "requires: [energy.job_enrgy]",
            "declares the measure 'energy.job_enrgy': did you mean 'energy.job_energy'?",
        ),
        ("requires: [energy.job_energy]", "requires: [energy.job_energy.low]", "did you mean"),
        ("energy.job_energy.high > 0.0", "energy.job_energy.hihg > 0.0", "mean 'high'?"),
        ("evidence.memorisation.canary_reproduction.high", "evidence.memorisation.canary.high", ""),
        ("classification.overall != 'p", "classification.overal != 'p", "mean 'overall'?"),
        ("[subject.job, subject.base", "[subject.jobs, subject.base", "mean 'job'?"),
        ("subject.weights > 0", "subject.weights", "must give BOOL, but gives DYN"),
        ("subject.weights > 0", "subject.weights > ", "does not compile"),
        ("now - assessment.assessed_at <", "now - assessment.assessed <", "mean 'assessed_at'?"),
        ("subject.weights > 0", "has(subject.weights) && subject != null", "read as a whole"),
    ],
)
def test_lint_finds_a_fault_and_its_line(old: str, new: str, told: str) -> None:
    changed = TEXT.replace(old, new, 1)
    assert changed != TEXT
    faults = lint_gate(load_gate(changed, name="mine.yaml"), Known(MEASURES))
    assert faults
    assert any(told in fault.text for fault in faults)
    lines = changed.splitlines()
    for fault in faults:
        assert fault.message.startswith(f"mine.yaml:{fault.line}: spec.")
        last = fault.key.split(".")[-1]
        assert last.isdigit() or last in lines[fault.line - 1]


def test_lint_asks_for_tests() -> None:
    policy = GATE.policies[0]
    bare = policy.model_copy(update={"tests": ()})
    gate = GATE.model_copy(update={"policies": (bare,), "lines": GATE.lines[:1]})
    assert [fault.text.split(",")[0] for fault in lint_gate(gate, Known(MEASURES))] == [
        "no test expects pass",
        "no test expects anything but pass",
        "no test expects error",
    ]
    again = policy.model_copy(update={"tests": (*policy.tests, policy.tests[0])})
    gate = gate.model_copy(update={"policies": (again,)})
    assert "stands twice" in lint_gate(gate, Known(MEASURES))[0].text
