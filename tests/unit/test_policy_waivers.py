"""A waiver turns a failure, and only a failure of its own scope and time, into `waived`."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

import report_samples
from ftgov.policy.waivers import settle, why_not
from ftgov.records.base import time_text
from ftgov.records.canonical import canonical_bytes, canonical_json, plain
from ftgov.records.decision import Decision
from ftgov.records.digest import digest_bytes
from ftgov.records.waiver import VerifiedWaiver, Waiver, weights_of

NOW = "2026-11-21T09:30:00Z"
_OCTOBER, _FEBRUARY = datetime.fromisoformat("2026-10-01"), datetime.fromisoformat("2027-02-01")
SUBJECT = report_samples.subject()
RULE = digest_bytes(b"the rule")


def failed(outcome: str = "fail", *, rule: str = "FTG-FAIR-001") -> Decision:
    return report_samples.decision(rule, "Title", outcome, "Ratio 0.5; the lower limit is 0.8.")  # type: ignore[arg-type]


def waiver(**changes: object) -> VerifiedWaiver:
    terms = {
        "name": "ftg-fair-001.loan-triage-tuned.1",
        "rule": "FTG-FAIR-001",
        "model": SUBJECT.model.name,
        "system": "loan-desk",
        "reason": "The queue is checked by hand until the next training.",
        "granted_by": "party-1",
        "granted_at": "2026-11-01T00:00:00Z",
        "expires_at": "2026-12-31T00:00:00Z",
        "version_from": 1,
        "version_to": 1,
        "model_identity": weights_of(SUBJECT),
        "rule_digest": RULE,
    }
    outer = {k: changes.pop(k) for k in ("uses", "fault") if k in changes}
    return VerifiedWaiver.model_validate(
        {
            "terms": Waiver.model_validate({**terms, **changes}),
            "statement": digest_bytes(b"statement"),
            "author": "Ada Example",
            "approver": "Ben Example",
            **outer,
        }
    )


def settled(decision: Decision, *waivers: VerifiedWaiver, now: str = NOW) -> Decision:
    return settle(decision, waivers, SUBJECT, rule=lambda: RULE, now=now)


def test_a_failure_in_scope_is_waived_and_says_by_whom_until_when() -> None:
    found = settled(failed(), waiver())
    assert found.outcome == "waived"
    assert found.waiver is not None
    assert (found.waiver.author, found.waiver.approver) == ("Ada Example", "Ben Example")
    assert "Waived until 2026-12-31T00:00:00Z" in found.message
    assert "Ratio 0.5" in found.message


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"expires_at": "2026-11-21T09:30:00Z"}, "it expired on 2026-11-21T09:30:00Z"),
        ({"granted_at": "2026-11-21T09:30:01Z"}, "which is later"),
        ({"granted_at": "2026-09-01T00:00:00Z"}, "it lasts longer than 90 days"),
        ({"max_uses": 2, "uses": 2}, "it was used up by 2 other assessments"),
        ({"fault": "nobody approved it"}, "nobody approved it"),
        ({"rule_digest": digest_bytes(b"another")}, "it was signed for another text of the rule"),
        ({"rule_digest": None}, "it does not say which text of the rule it is for"),
        ({"reason": "\u200b \n"}, "it gives no reason"),
    ],
)
def test_one_that_does_not_count_leaves_the_failure_and_is_named(
    changes: dict[str, object], why: str
) -> None:
    found = settled(failed(), waiver(**changes))
    assert found.outcome == "fail"
    assert found.waiver is None
    assert f"The waiver ftg-fair-001.loan-triage-tuned.1 does not count: {why}" in (
        found.message.replace("it was granted on 2026-11-21T09:30:01Z, ", "")
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"rule": "FTG-FAIR-002"},
        {"model": "another"},
        {"system": None},
        {"system": "another"},
        {"version_from": 2, "version_to": 2},
        {"version_from": None, "version_to": None},
        {"model_identity": digest_bytes(b"other weights")},
        {"model_identity": None},
    ],
)
def test_one_of_another_scope_changes_nothing(changes: dict[str, object]) -> None:
    assert settled(failed(), waiver(**changes)) == failed()


@pytest.mark.parametrize("outcome", ["pass", "warn", "error"])
def test_only_a_failure_can_be_waived(outcome: str) -> None:
    assert settled(failed(outcome), waiver()) == failed(outcome)


def test_the_first_that_counts_is_applied_beside_one_that_does_not() -> None:
    found = settled(failed(), waiver(expires_at="2026-11-02T00:00:00Z"), waiver(name="second"))
    assert found.waiver is not None
    assert found.waiver.name == "second"


@settings(max_examples=50)
@given(st.datetimes(_OCTOBER, _FEBRUARY), st.integers(0, 3), st.integers(1, 3))
def test_it_counts_exactly_within_its_dates_and_uses(
    moment: datetime, uses: int, most: int
) -> None:
    at = moment.replace(tzinfo=UTC)
    inside = (
        datetime(2026, 11, 1, tzinfo=UTC)
        <= at.replace(microsecond=0)
        < datetime(2026, 12, 31, tzinfo=UTC)
    )
    counts = why_not(waiver(uses=uses, max_uses=most), time_text(at)) is None
    assert counts == (inside and uses < most)


def test_a_decision_without_a_waiver_keeps_its_old_bytes() -> None:
    written = plain(failed())
    assert "waiver" not in written
    again = settled(failed(), waiver())
    assert Decision.model_validate(canonical_json(canonical_bytes(again))) == again


def test_a_waiver_of_old_has_its_old_bytes_and_versions_are_in_order() -> None:
    old = waiver(version_from=None, version_to=None, model_identity=None).terms
    assert not {"version_from", "model_identity", "max_uses"} & set(old.model_dump(mode="json"))
    with pytest.raises(ValidationError, match="lies before the first"):
        waiver(version_from=3, version_to=2)
