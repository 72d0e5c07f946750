"""Running the tests that travel inside a gate, on the path that real decisions take."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import ValidationError

from ftgov.errors import UsageError
from ftgov.policy.case import Case
from ftgov.policy.decide import Court
from ftgov.policy.form import Gate
from ftgov.policy.invented import assessment_of, signatures_of, signing_of, waivers_of
from ftgov.policy.isolation import Arbiter
from ftgov.policy.ruling import Pardons, Rule, rules_of
from ftgov.policy.view import view_of
from ftgov.records.base import Record
from ftgov.records.decision import Cause, Decision, Outcome


class Trial(Record):
    """What became of one test of one policy; `detail` says what differs where it failed."""

    rule: str
    name: str
    expect: str
    outcome: Outcome
    cause: Cause | None = None
    message: str
    passed: bool
    detail: str = ""


def try_gate(gate: Gate) -> tuple[Trial, ...]:
    """Run every test inside a gate, in order; a policy without tests gives no trial.

    A test that cannot be built into an assessment fails, and says why.
    """
    with Arbiter() as arbiter:
        return tuple(trial for rule in rules_of([gate]) for trial in _trials(arbiter, rule))


def _trials(arbiter: Arbiter, rule: Rule) -> Iterator[Trial]:
    court = Court([rule.gate.model_copy(update={"policies": (rule.policy,)})], arbiter)
    for case in rule.policy.tests:
        yield _trial(court, rule, case)


def _trial(court: Court, rule: Rule, case: Case) -> Trial:
    try:
        decision = _decision(court, rule, case)
    except (ValidationError, UsageError) as fault:
        return _told(rule, case, None, f"the test cannot be built: {fault}")
    why = ""
    if decision.outcome != case.expect:
        why = f"expected {case.expect}, got {decision.outcome}: {decision.message}"
    elif case.cause is not None and decision.cause != case.cause:
        why = f"expected the cause {case.cause}, got {decision.cause}: {decision.message}"
    elif case.reason is not None and case.reason not in decision.message:
        why = f"the message lacks '{case.reason}': {decision.message}"
    elif case.lacks is not None and case.lacks in decision.message:
        why = f"the message must not say '{case.lacks}': {decision.message}"
    return _told(rule, case, decision, why)


def _decision(court: Court, rule: Rule, case: Case) -> Decision:
    assessment = assessment_of(case)
    signatures = signatures_of(case, assessment)
    view = view_of(assessment, signatures=signatures, now=case.now, signing=signing_of(case))
    subject = assessment.subject
    pardons = Pardons(waivers_of(case, rule.policy, subject), subject)
    (decision,) = court.judge(view, now=case.now, time_source="given", pardons=pardons)
    return decision


def _told(rule: Rule, case: Case, decision: Decision | None, why: str) -> Trial:
    return Trial(
        rule=rule.policy.id,
        name=case.name,
        expect=case.expect,
        outcome=decision.outcome if decision else "error",
        cause=decision.cause if decision else None,
        message=decision.message if decision else "",
        passed=not why,
        detail=why,
    )
