"""Running the tests that travel inside a gate, on the path that real decisions take."""

from __future__ import annotations

from pydantic import ValidationError

from ftgov.policy.case import Case
from ftgov.policy.form import Gate, Policy
from ftgov.policy.invented import assessment_of
from ftgov.policy.isolation import Arbiter, WorkerLost
from ftgov.policy.ruling import rule_on
from ftgov.policy.view import view_of
from ftgov.records.base import Record


class Trial(Record):
    """What became of one test of one policy; `detail` says what differs where it failed."""

    rule: str
    name: str
    expect: str
    outcome: str
    message: str
    passed: bool
    detail: str = ""


def try_gate(gate: Gate) -> tuple[Trial, ...]:
    """Run every test inside a gate, in order; a policy without tests gives no trial.

    A test that cannot be built into an assessment fails, and says why.
    """
    with Arbiter() as arbiter:
        return tuple(
            _trial(arbiter, gate, policy, case) for policy in gate.policies for case in policy.tests
        )


def _trial(arbiter: Arbiter, gate: Gate, policy: Policy, case: Case) -> Trial:
    try:
        view = view_of(assessment_of(case), signatures=case.signatures, now=case.now)
        arbiter.bind(view.values)
    except (ValidationError, WorkerLost) as fault:
        return _verdict(policy, case, "error", "", f"the test cannot be built: {fault}")
    decision = rule_on(arbiter, gate, policy, view, now=case.now, time_source="given")
    why = ""
    if decision.outcome != case.expect:
        why = f"expected {case.expect}, got {decision.outcome}: {decision.message}"
    elif case.reason is not None and case.reason not in decision.message:
        why = f"the message lacks '{case.reason}': {decision.message}"
    elif case.lacks is not None and case.lacks in decision.message:
        why = f"the message must not say '{case.lacks}': {decision.message}"
    return _verdict(policy, case, decision.outcome, decision.message, why)


def _verdict(policy: Policy, case: Case, outcome: str, message: str, why: str) -> Trial:
    return Trial(
        rule=policy.id,
        name=case.name,
        expect=case.expect,
        outcome=outcome,
        message=message,
        passed=not why,
        detail=why,
    )
