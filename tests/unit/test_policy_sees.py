"""What rules see beside figures, which limits they state, and what straddling one counts as."""

from __future__ import annotations

from typing import Any

import pytest

from ftgov.dossier.kept import read_assessment
from ftgov.errors import NotAssessable, UsageError
from ftgov.policy.case import Case
from ftgov.policy.decide import Court, decide
from ftgov.policy.form import Gate
from ftgov.policy.invented import assessment_of, signing_of
from ftgov.policy.lint import Known, declared, lint_gate
from ftgov.policy.load import load_gate
from ftgov.policy.paths import limits_of
from ftgov.policy.view import view_of
from ftgov.records.canonical import canonical_bytes, plain
from ftgov.records.decision import Decision, verdict_of
from ftgov.records.digest import digest_bytes
from ftgov.records.verified import SigningTime

NOW = "2026-11-21T09:00:00Z"
FIGURE = {"toy.figure": {"value": 0.5, "low": 0.4, "high": 0.6, "n": 12}}
KNOWN = Known(["toy.figure"], ["HO-1", "TRA-1"])


def gate(expression: str, fail: str = "", spec: str = "", message: str = "'said'") -> Gate:
    more = f'\n      failExpression: "{fail}"' if fail else ""
    return load_gate(
        "apiVersion: ftgov.dev/policy/v1\nkind: Policy\n"
        "metadata: {id: T-1, version: 1, title: T, reason: R}\n"
        f"spec:\n  remedy: Do better.\n{spec}"
        f'  validations:\n    - expression: "{expression}"{more}\n      message: "{message}"\n',
        name="toy",
    )


def judged(found: Gate, **fields: Any) -> Decision:
    case = Case.model_validate({"name": "x", "now": NOW, "expect": "pass"} | fields)
    assessment = assessment_of(case)
    (decision,) = decide(
        [found], assessment, now=NOW, time_source="given", signing=signing_of(case)
    )
    return decision


@pytest.mark.parametrize(
    ("expression", "fields"),
    [
        ("duties['HO-1'].state == 'present'", {"duties": {"HO-1": {"state": "present"}}}),
        ("duties['HO-1'].note == ''", {"duties": {"HO-1": {"state": "stale"}}}),
        (
            "job.provider == 'openai' && job.train == 't'",
            {"job": {"provider": "openai", "train": "t"}},
        ),
        ("job.state == 'succeeded' && job.seed == 3", {"job": {"seed": 3}}),
        ("!special.declared && special.faults.size() == 0", {}),
        ("signing.time == 'unproven'", {}),
        ("signing.signed_at < now", {"signed_at": "2026-11-20T09:00:00Z"}),
        ("signing.time == 'rfc3161'", {"signed_at": "2026-11-20T09:00:00Z"}),
    ],
)
def test_rules_see_records(expression: str, fields: dict[str, Any]) -> None:
    assert judged(gate(expression), **fields).outcome == "pass"


@pytest.mark.parametrize(
    "expression",
    [
        "signing.signed_at < now",
        "duties['HO-1'].state == 'present' || true",
        "job.region == 'eu'",
        "duties['TRA-1'].evidence == 'present'",
    ],
)
def test_what_is_not_there_is_an_error(expression: str) -> None:
    found = judged(gate(expression), duties={"TRA-1": {"state": "missing"}}, job={})
    assert found.outcome == "error"


def test_a_duty_that_stands_twice_is_not_there() -> None:
    case = Case.model_validate(
        {"name": "x", "now": NOW, "expect": "pass", "duties": {"HO-1": {"state": "present"}}}
    )
    assessment = assessment_of(case)
    twice = assessment.model_copy(update={"duties": assessment.duties * 2})
    assert "HO-1" in view_of(assessment, now=NOW).values["duties"]
    assert view_of(twice, now=NOW).why_absent("duties.HO-1") == "missing evidence: duties.HO-1"


@pytest.mark.parametrize("whole", ["duties.all(d, true)", "size(duties) > 0", "evidence.toy == 1"])
def test_nothing_is_read_as_a_whole(whole: str) -> None:
    with pytest.raises(UsageError, match="names no measure"):
        gate(whole)


@pytest.mark.parametrize(
    ("stated", "outcome", "verdict"),
    [("", "fail", "fail"), ("warn", "warn", "error"), ("error", "error", "error")],
)
def test_straddling_counts_as_the_policy_says_by_name(
    stated: str, outcome: str, verdict: str
) -> None:
    spec = f"  onInconclusive: {stated}\n" if stated else ""
    sources = ("evidence.toy.figure.low >= 0.5", "evidence.toy.figure.high < 0.5")
    found = judged(gate(*sources, spec), measures=FIGURE)
    assert (found.outcome, found.cause) == (outcome, "inconclusive")
    passing = found.model_copy(update={"outcome": "pass"})
    assert verdict_of((found,)) == ("pass" if stated == "warn" else verdict)
    assert verdict_of((passing, found)) == ("pass" if stated == "warn" else verdict)


@pytest.mark.parametrize(
    ("assessed", "cause"),
    [
        ("2026-11-21T09:00:00Z", None),
        ("2026-11-14T09:00:01Z", None),
        ("2026-11-14T09:00:00Z", "stale"),
        ("2026-11-21T09:00:01Z", "stale"),
    ],
)
def test_every_rule_has_its_greatest_age(assessed: str, cause: str | None) -> None:
    found = judged(gate("true", spec="  maxAgeDays: 7\n"), assessed_at=assessed)
    assert (found.outcome, found.cause) == ("error" if cause else "pass", cause)


def test_causes_and_limits_are_kept() -> None:
    sources = ("evidence.toy.figure.low >= 0.45", "evidence.toy.figure.high < 0.45")
    found = judged(gate(*sources), measures=FIGURE)
    assert found.cause == "inconclusive"
    (limit,) = found.limits
    assert (limit.path, limit.comparison, limit.limit) == ("toy.figure.low", ">=", "0.45")
    assert judged(gate("evidence.toy.figure.low > 0.3"), measures=FIGURE).cause is None
    assert judged(gate("evidence.toy.figure.low > 0.9"), measures=FIGURE).cause == "failed"
    assert judged(gate("evidence.toy.figure.low > 0.9")).cause == "missing"
    assert judged(gate("1 / 0 == 1")).cause == "unassessable"


@pytest.mark.parametrize(
    ("source", "limits"),
    [
        ("evidence.a.b.low >= -0.05 && x", [("evidence.a.b.low", ">=", "-0.05")]),
        ("subject.kind != 'base'", []),
        ("evidence['a'].b.n==3", [("evidence.a.b.n", "==", "3")]),
        ("0.8 <= evidence.a.b.low", []),
        ("evidence.a.b.low >= evidence.a.c.low", []),
        ("special.faults.size() == 0", []),
        ("evidence.a.b.low >", []),
        ("'evidence.a.b.low > 1'", []),
    ],
)
def test_limits_are_read_off(source: str, limits: list[tuple[str, str, str]]) -> None:
    found = [(".".join(read.parts), sign, limit) for read, sign, limit in limits_of(source)]
    assert found == limits


@pytest.mark.parametrize(
    ("expression", "told"),
    [
        ("evidence.toy.figure.low > 'a'", "no matching overload"),
        ("evidence.toy.figure.n > 0.5", "no matching overload"),
        ("evidence.toy.figure.unit > 3", "no matching overload"),
        ("evidence.toy.figure.low >= 1", "no matching overload"),
        ("subject.weights == 'one'", "no matching overload"),
        ("evidence.toy.figur.low > 0.5", "did you mean 'toy.figure'?"),
        ("evidence.toy.figure.lo > 0.5", "did you mean 'low'?"),
        ("duties['HO1'].state == 'present'", "did you mean 'HO-1'?"),
        ("duties['HO-1'].stat == 'present'", "did you mean 'state'?"),
        ("job.regoin == 'eu'", "did you mean 'region'?"),
        ("special.fault.size() == 0", "did you mean 'faults'?"),
        ("signing.signed < now", "did you mean 'signed_at'?"),
    ],
)
def test_lint_knows_types_and_names(expression: str, told: str) -> None:
    faults = lint_gate(gate(expression), KNOWN)
    assert any(told in fault.text and fault.line == 7 for fault in faults), faults


def test_lint_accepts_what_is_right() -> None:
    for expression in (
        "evidence.toy.figure.low > 0.5 && evidence.toy.figure.n > 3",
        "has(evidence.toy.figure.n_needed) || evidence.toy.figure.unit == 'row'",
        "slices.toy.figure.all(s, s.low > 0.5)",
        "duties['HO-1'].state in ['present']",
        "now - assessment.assessed_at < duration('1h') && signing.time == 'rfc3161'",
        "signatures.exists(s, s.role == 'x') && findings.exists(f, f.id == 'toy')",
    ):
        assert {fault.key for fault in lint_gate(gate(expression), KNOWN)} == {"tests"}, expression


def test_a_worker_that_was_lost_knows_the_types_again() -> None:
    wrong = gate("evidence.toy.figure.low > 'a'")
    with declared(KNOWN) as worker:
        before = lint_gate(wrong, KNOWN, worker)
        worker._stop()
        assert lint_gate(wrong, KNOWN, worker) == before
    assert "no matching overload" in before[0].text


def test_one_worker_judges_many_models() -> None:
    found = gate("evidence.toy.figure.low >= 0.45", "evidence.toy.figure.high < 0.45")
    outcomes = []
    with Court([found]) as court:
        for low, high in ((0.5, 0.6), (0.4, 0.44), (0.4, 0.6), (0.5, 0.6)):
            measures = {"toy.figure": {"value": low, "low": low, "high": high}}
            fields = {"name": "x", "now": NOW, "expect": "pass", "measures": measures}
            view = view_of(assessment_of(Case.model_validate(fields)), now=NOW)
            (decision,) = court.judge(view, now=NOW, time_source="given")
            outcomes.append(decision.cause)
    assert outcomes == [None, "failed", "inconclusive", None]


def test_a_signing_time_is_proven_or_silent() -> None:
    assert SigningTime().signed_at is None
    for fields in ({"time": "rfc3161"}, {"signed_at": NOW}):
        with pytest.raises(ValueError, match="exactly where"):
            SigningTime.model_validate(fields)


def test_a_kept_assessment_is_whole() -> None:
    whole = assessment_of(Case(name="x", now=NOW, expect="pass"))
    content = plain(whole)
    del content["duties"]
    for changed, told in (
        (canonical_bytes(content), "lacks fields"),
        (canonical_bytes(plain(whole) | {"more": 1}), "cannot be read"),
        (b"{}", "cannot be read"),
        (b"", "cannot be read"),
        (b" " + canonical_bytes(whole), "cannot be read"),
    ):
        with pytest.raises(NotAssessable, match=told):
            read_assessment(changed, digest_bytes(changed))
