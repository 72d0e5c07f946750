"""The shipped baseline gate: its own tests hold, its limits are pinned, lint finds its faults."""

from __future__ import annotations

import pytest

from ftgov.policy.lint import Known, lint_gate
from ftgov.policy.load import load_gate
from ftgov.policy.trial import try_gate
from ftgov.shipped import shipped

TEXT = shipped("policies", "gates", "baseline.yaml").read_text(encoding="utf-8")
GATE = load_gate(TEXT, name="baseline")
MEASURES = (
    "base_vs_tuned.accuracy_change",
    "dataset_quality.bytes",
    "dataset_quality.duplicate_rows",
    "dataset_quality.overlap_rows",
    "dataset_quality.rows",
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


def test_only_energy_accepts_a_lower_level() -> None:
    levels = {policy.id: policy.spec.confidence for policy in GATE.policies}
    assert {rule for rule, level in levels.items() if level != 0.95} == {"FTG-ENERGY-001"}
    assert levels["FTG-ENERGY-001"] == 0.9


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
