"""Waivers at work: a failure that two people accepted is waived, and nothing else is.

What could not be assessed is never waived: a waiver accepts a known failure, not an unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from ftgov.records.decision import AppliedWaiver, Decision
from ftgov.records.digest import Digest
from ftgov.records.subject import Subject
from ftgov.records.waiver import LONGEST_DAYS, VerifiedWaiver, is_blank, weights_of


def settle(
    decision: Decision,
    waivers: Sequence[VerifiedWaiver],
    subject: Subject,
    *,
    rule: Callable[[], Digest],
    now: str,
) -> Decision:
    """Return a decision as the waivers leave it; one that can't count is named in the message.

    Args:
        decision: What the rule concluded; only outcome `fail` can become `waived`.
        waivers: All that were verified for the workspace; those of other scope are passed over.
        subject: What is judged: the waiver names the model by its weights, and the system.
        rule: Gives the digest of the rule that decided; a waiver of an id is one of this text only.
        now: The time of the decision, RFC 3339 UTC text.
    """
    if decision.outcome != "fail":
        return decision
    mine = [each for each in waivers if _is_about(each, decision, subject)]
    faults = [_unbound(each, rule()) or why_not(each, now) for each in mine]
    for each, fault in zip(mine, faults, strict=True):
        if fault is None:
            return _waived(decision, each)
    refused = " ".join(
        f"The waiver {each.terms.name} does not count: {fault}."
        for each, fault in zip(mine, faults, strict=True)
    )
    return decision.model_copy(update={"message": f"{decision.message} {refused}".rstrip()})


def why_not(waiver: VerifiedWaiver, now: str) -> str | None:
    """Return why a waiver does not count at a time, as a clause, or None where it does."""
    terms, moment = waiver.terms, datetime.fromisoformat(now)
    granted, ends = (datetime.fromisoformat(t) for t in (terms.granted_at, terms.expires_at))
    if waiver.fault or waiver.statement is None:
        return waiver.fault or "nobody signed it"
    if ends - granted > timedelta(days=LONGEST_DAYS):
        return f"it lasts longer than {LONGEST_DAYS} days"
    if moment >= ends:
        return f"it expired on {terms.expires_at}"
    if moment < granted:
        return f"it was granted on {terms.granted_at}, which is later"
    if terms.max_uses is not None and waiver.uses >= terms.max_uses:
        return f"it was used up by {waiver.uses} other assessments"
    return None


def _unbound(waiver: VerifiedWaiver, rule: Digest) -> str | None:
    """Return why a waiver says too little, or is of another rule of the same id; None if not."""
    if is_blank(waiver.terms.reason):
        return "it gives no reason"
    if waiver.terms.rule_digest == rule:
        return None
    if waiver.terms.rule_digest is None:
        return "it does not say which text of the rule it is for"
    return "it was signed for another text of the rule than this one"


def _is_about(waiver: VerifiedWaiver, decision: Decision, subject: Subject) -> bool:
    terms = waiver.terms
    system = subject.system.name if subject.system else None
    return (
        terms.rule == decision.rule
        and (terms.model, terms.system) == (subject.model.name, system)
        and terms.model_identity == weights_of(subject)
        and terms.version_from is not None
        and terms.version_to is not None
        and terms.version_from <= decision.version <= terms.version_to
    )


def _waived(decision: Decision, waiver: VerifiedWaiver) -> Decision:
    terms = waiver.terms
    assert waiver.statement is not None, "one without a statement does not count"
    applied = AppliedWaiver(
        name=terms.name,
        statement=waiver.statement,
        reason=terms.reason,
        conditions=terms.conditions,
        expires_at=terms.expires_at,
        author=waiver.author,
        approver=waiver.approver,
    )
    said = f"{decision.message} Waived until {terms.expires_at} by {terms.name}."
    return decision.model_copy(update={"outcome": "waived", "message": said, "waiver": applied})
