"""Every shipped rule has tests of every kind, and they notice every moved limit."""

from __future__ import annotations

import pytest

from ftgov.api.soundness import known_paths
from ftgov.policy.form import Gate, Policy
from ftgov.policy.lint import lint_gate
from ftgov.policy.load import load_gate
from ftgov.policy.trial import Trial, try_gate
from ftgov.shipped import shipped
from policy_mutants import mutants

NAMES = [
    "baseline",
    "data-protection",
    "energy-disclosure",
    "eu-transparency",
    "fairness-ll144",
    "high-risk",
    "hosted-fine-tune",
]
GATES = {
    name: load_gate(
        shipped("policies", "gates", f"{name}.yaml").read_text(encoding="utf-8"), name=name
    )
    for name in NAMES
}
RULES = [(gate, policy) for gate in GATES.values() for policy in gate.policies]
EACH = pytest.mark.parametrize(("gate", "policy"), RULES, ids=lambda it: str(getattr(it, "id", "")))
KINDS = ("pass", "fail", "missing", "stale", "inconclusive", "waiver")


def alone(gate: Gate, *policies: Policy) -> Gate:
    return gate.model_copy(update={"policies": policies, "lines": ({},) * len(policies)})


def kind(trial: Trial, waived: bool) -> str:
    """What kind of test a trial is, by what came of it and not by what it is called."""
    if waived:
        return "waiver"
    causes = {None: "pass", "failed": "fail"}
    return causes.get(trial.cause, str(trial.cause))


def asked(policy: Policy) -> set[str]:
    """The kinds that a rule can come to at all."""
    checks = policy.spec.validations
    found = {"pass", "missing", "stale", "waiver"}
    if policy.spec.requires == ("assessment.assessed_at",):
        found.remove("missing")  # no assessment is without its time
    if any(check.otherwise == "fail" for check in checks):
        found.add("fail")
    if any(check.fail_expression for check in checks) and policy.id != "FTG-ENERGY-001":
        found.add("inconclusive")
    return found


def table() -> dict[str, dict[str, int]]:
    """Rule to kind to the number of its tests."""
    found: dict[str, dict[str, int]] = {}
    for gate in GATES.values():
        trials = iter(try_gate(gate))
        for policy in gate.policies:
            row = found.setdefault(policy.id, dict.fromkeys(KINDS, 0))
            for case in policy.tests:
                name = kind(next(trials), bool(case.waivers))
                if name in row:
                    row[name] += 1
    return found


def test_all_gates_ship() -> None:
    folder = shipped("policies", "gates")
    assert sorted(path.stem for path in folder.glob("*.yaml")) == NAMES
    ids = [policy.id for _, policy in RULES]
    assert len(ids) == len(set(ids))


def test_every_rule_has_tests_of_every_kind() -> None:
    found = table()
    lacking = {
        policy.id: lacks
        for _, policy in RULES
        if (lacks := {name for name in asked(policy) if not found[policy.id][name]})
    }
    assert lacking == {}


@pytest.mark.parametrize("name", NAMES)
def test_rules_give_reason_and_reference_and_their_tests_hold(name: str) -> None:
    for policy in GATES[name].policies:
        assert policy.metadata.refs
        assert len(policy.metadata.reason) > 60
        assert len(policy.spec.remedy) > 20
    assert [t.detail for t in try_gate(GATES[name]) if not t.passed] == []


@pytest.mark.parametrize("name", NAMES)
def test_lint_is_content(name: str) -> None:
    assert lint_gate(GATES[name], known_paths()) == ()


@EACH
def test_every_change_to_a_rule_breaks_one_of_its_tests(gate: Gate, policy: Policy) -> None:
    found = mutants(policy)
    assert len(found) >= 3
    trials = try_gate(alone(gate, *(mutant for _, mutant in found)))
    each = len(policy.tests)
    assert len(trials) == each * len(found)
    survivors = [
        what
        for at, (what, _) in enumerate(found)
        if all(trial.passed for trial in trials[at * each : (at + 1) * each])
    ]
    assert survivors == []
