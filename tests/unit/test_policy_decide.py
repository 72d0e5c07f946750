"""From a view to a decision: outcomes, messages, figures, dates, signatures."""

from __future__ import annotations

from typing import Any

import pytest

from ftgov.errors import UsageError
from ftgov.policy.case import Case
from ftgov.policy.decide import decide
from ftgov.policy.form import Gate
from ftgov.policy.invented import assessment_of
from ftgov.policy.load import load_gate
from ftgov.policy.trial import try_gate
from ftgov.policy.view import view_of
from ftgov.records.decision import Decision, verdict_of
from ftgov.records.digest import digest_record
from ftgov.records.dossier import Assessment
from ftgov.records.verified import VerifiedSignature

NOW = "2026-11-21T09:00:00Z"


def gate(checks: str, spec: str = "", tests: str = "[]") -> Gate:
    return load_gate(
        "apiVersion: ftgov.dev/policy/v1\nkind: Policy\n"
        "metadata: {id: T-1, version: 1, title: T, reason: R}\n"
        f"spec:\n  remedy: Do better.\n{spec}\n  validations: [{checks}]\ntests: {tests}\n",
        name="toy",
    )


def check(expression: str, fail: str = "", message: str = "'said'", otherwise: str = "") -> str:
    more = f', failExpression: "{fail}"' if fail else ""
    more += f", otherwise: {otherwise}" if otherwise else ""
    return f'{{expression: "{expression}", message: "{message}"{more}}}'


def assessment(**fields: Any) -> Assessment:
    fields = {"name": "x", "now": NOW, "expect": "pass"} | fields
    return assessment_of(Case.model_validate(fields))


def only(found: Gate, given: Assessment, **fields: Any) -> Decision:
    (decision,) = decide([found], given, **({"now": NOW, "time_source": "given"} | fields))
    return decision


FIGURE = {"toy.figure": {"value": 0.5, "low": 0.4, "high": 0.6, "n": 12, "n_needed": 90}}
ABOVE = check("evidence.toy.figure.low >= 0.45", "evidence.toy.figure.high < 0.45")


@pytest.mark.parametrize(
    ("limit", "outcome", "message"),
    [
        ("0.4", "pass", "said"),
        ("0.7", "fail", "said"),
        ("0.5", "fail", "Inconclusive: said An n of about 90 would decide it."),
    ],
)
def test_three_values(limit: str, outcome: str, message: str) -> None:
    checks = check(f"evidence.toy.figure.low >= {limit}", f"evidence.toy.figure.high < {limit}")
    decision = only(gate(checks), assessment(measures=FIGURE))
    assert (decision.outcome, decision.message) == (outcome, message)


def test_a_decision_carries_rule_figures_and_digest() -> None:
    found = gate(ABOVE, "  requires: [toy.figure]")
    decision = only(found, assessment(measures=FIGURE))
    assert (decision.rule, decision.gate, decision.policy) == ("T-1", "toy", found.digest)
    assert (decision.decided_at, decision.time_source) == (NOW, "given")
    (figure,) = decision.figures
    assert (figure.measure, figure.low, figure.high, figure.n) == ("toy.figure", 0.4, 0.6, 12)


def test_the_slice_an_aggregate_came_from_is_shown() -> None:
    parts = [
        {"value": 0.5, "between": [{"g": "a"}, {"g": "b"}]},
        {"value": 0.9, "between": [{"g": "a"}, {"g": "c"}]},
    ]
    given = assessment(measures=FIGURE, slices={"toy.figure": parts})
    decision = only(gate(ABOVE), given)
    assert [len(figure.between) for figure in decision.figures] == [0, 2]
    every = only(gate(check("slices.toy.figure.all(s, s.low >= 0.5)")), given)
    assert every.outcome == "pass"
    assert len(every.figures) == 3
    assert only(gate(check("slices.toy.figure.all(s, s.low > 0.5)")), given).outcome == "fail"
    absent = only(gate(check("slices.toy.figure.all(s, s.low > 0.5)")), assessment(measures=FIGURE))
    assert (absent.outcome, absent.message) == ("error", "missing evidence: slices.toy.figure")


@pytest.mark.parametrize(
    ("effective", "outcome"),
    [
        ("2026-11-20", "fail"),
        ("2026-11-21", "fail"),
        ("2026-11-22", "warn"),
        ("2027-01-01", "warn"),
    ],
)
def test_a_future_rule_warns(effective: str, outcome: str) -> None:
    found = gate(check("false"), f"  effectiveOn: {effective}")
    decision = only(found, assessment())
    assert decision.outcome == outcome
    assert (f"in force from {effective}" in decision.message) == (outcome == "warn")


def test_a_future_rule_that_cannot_be_assessed_stays_an_error() -> None:
    found = gate(check("true"), "  effectiveOn: 2027-01-01\n  requires: [toy.figure]")
    assert only(found, assessment()).outcome == "error"


def test_otherwise_makes_not_passing_an_error() -> None:
    assert only(gate(check("false", otherwise="error")), assessment()).outcome == "error"
    assert only(gate(check("false", "false", otherwise="error")), assessment()).outcome == "error"
    both = gate(check("false", otherwise="error") + "," + check("false", message="'bad'"))
    assert only(both, assessment()).outcome == "fail"
    assert only(gate(check("true", otherwise="error")), assessment()).outcome == "pass"


@pytest.mark.parametrize(
    ("checks", "told"),
    [
        (check("true", "true"), "contradicts itself"),
        (check("subject.nothing == 'x'"), "nothing"),
        (check("subject.model"), "must give BOOL, but gives DYN"),
        (check("null"), "must give BOOL, but gives NULL"),
        (check("dyn(null)"), "must give BOOL, but gives DYN"),
        (check("1"), "must give BOOL, but gives INT"),
        (check("true &&"), "does not compile"),
        (check("nothing == 1"), "undeclared reference"),
        (check("true", message="1"), "the message must give STRING"),
        (check("true", message="''"), "has 0 characters"),
        (check("true", message="subject.nothing + ''"), "the message"),
        (check("1 / 0 == 1"), "divi"),
    ],
)
def test_what_cannot_be_evaluated_is_an_error(checks: str, told: str) -> None:
    decision = only(gate(checks), assessment())
    assert decision.outcome == "error"
    assert told in decision.message


def test_a_failure_stays_one_without_its_message() -> None:
    decision = only(gate(check("false", message="subject.nothing + ''")), assessment())
    assert decision.outcome == "fail"
    assert "the message could not be evaluated" in decision.message


def test_alternatives_do_not_hide_missing_evidence() -> None:
    decision = only(gate(check("evidence.toy.figure.low > 0.0 || true")), assessment())
    assert (decision.outcome, decision.message) == ("error", "missing evidence: toy.figure")


def test_missing_evidence_says_what_the_analyzer_said() -> None:
    given = assessment(findings=[{"id": "toy", "outcome": "not_assessed"}])
    decision = only(gate(check("true"), "  requires: [toy.figure]"), given)
    assert decision.message.startswith("missing evidence: toy.figure (not assessed: ")


def signature(given: Assessment, **fields: Any) -> VerifiedSignature:
    every = {"holder": "ada", "role": "approver", "spki": "sha256:1", "signed_at": NOW}
    every |= {"assessment": digest_record(given)}
    return VerifiedSignature.model_validate(every | fields)


def test_signatures_come_from_the_caller_alone() -> None:
    checks = check("signatures.exists(s, s.verified && s.role == 'approver')")
    given = assessment()
    good = signature(given)
    assert only(gate(checks), given).outcome == "fail"
    assert only(gate(checks), given, signatures=[good]).outcome == "pass"
    other = signature(given, role="author")
    assert only(gate(checks), given, signatures=[other]).outcome == "fail"
    elsewhere = signature(given, assessment=digest_record("another"))
    assert only(gate(checks), given, signatures=[elsewhere]).outcome == "fail"
    needed = gate(checks, "  requires: [signatures]")
    assert only(needed, given).message == "missing evidence: signatures"


def test_findings_subject_and_times_are_seen() -> None:
    given = assessment(
        findings=[{"id": "toy.rows", "outcome": "fail", "severity": "error"}],
        subject={"model": "m", "job": "j", "base": "b", "weights": 2, "system": "s"},
        assessed_at="2026-11-20T09:00:00.5Z",
    )
    checks = ",".join(
        check(source)
        for source in (
            "findings.exists(f, f.id == 'toy.rows' && f.outcome == 'fail')",
            "subject.model == 'm' && subject.job == 'j' && subject.weights == 2",
            "subject.system == 's' && subject.kind == 'tuned' && subject.base == 'b'",
            "now - assessment.assessed_at < duration('24h') && assessment.tool == 'policy test'",
        )
    )
    assert only(gate(checks), given).outcome == "pass"


@pytest.mark.parametrize("now", ["2026-11-21", "now", "2026-11-21T09:00:00+01:00", ""])
def test_a_bad_time_is_refused(now: str) -> None:
    with pytest.raises(UsageError, match="is no time"):
        decide([], assessment(), now=now, time_source="given")


def test_no_gate_is_no_pass() -> None:
    assert verdict_of(decide([], assessment(), now=NOW, time_source="given")) == "error"


def test_a_figure_that_stands_twice_or_under_a_false_name_is_not_shown() -> None:
    given = assessment(measures=FIGURE)
    (finding,) = given.findings
    twice = given.model_copy(update={"findings": (finding, finding)})
    view = view_of(twice, now=NOW)
    assert "it stands twice" in (view.why_absent("toy.figure") or "")
    stranger = finding.model_copy(update={"analyzer": "stranger"})
    view = view_of(given.model_copy(update={"findings": (stranger,)}), now=NOW)
    assert "does not own that name" in (view.why_absent("evidence.toy.figure") or "")


def test_a_trial_says_what_differs() -> None:
    tests = (
        f"[{{name: a, now: {NOW}, expect: fail}},"
        f" {{name: b, now: {NOW}, expect: pass, reason: zz}},"
        f" {{name: c, now: {NOW}, expect: pass, measures: {{toy.x: {{value: 1, low: 2}}}}}},"
        f" {{name: d, now: {NOW}, expect: pass, reason: sai}}]"
    )
    trials = try_gate(gate(check("true"), tests=tests))
    assert [trial.passed for trial in trials] == [False, False, False, True]
    assert "expected fail, got pass" in trials[0].detail
    assert "lacks 'zz'" in trials[1].detail
    assert "cannot be built" in trials[2].detail
