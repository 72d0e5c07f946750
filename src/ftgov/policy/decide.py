"""Deciding: gates and an assessment in, one decision per rule out."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import TypeAdapter, ValidationError

from ftgov.errors import UsageError
from ftgov.policy.case import SignatureSeen
from ftgov.policy.form import Gate
from ftgov.policy.isolation import Arbiter
from ftgov.policy.ruling import TimeSource, rule_on
from ftgov.policy.view import view_of
from ftgov.policy.waivers import settle
from ftgov.records.base import Time
from ftgov.records.decision import Decision
from ftgov.records.dossier import Assessment
from ftgov.records.waiver import VerifiedWaiver


def decide(
    gates: Sequence[Gate],
    assessment: Assessment,
    *,
    signatures: Sequence[SignatureSeen] = (),
    now: str,
    time_source: TimeSource,
    waivers: Sequence[VerifiedWaiver] = (),
) -> tuple[Decision, ...]:
    """Judge an assessment by every rule of every gate, in their order.

    Whatever keeps a rule from being evaluated (absent evidence, a figure without a value, an
    expression that fails or never ends) is a decision with outcome `error`, never an exception and
    never a pass.

    Args:
        gates: The gates, as `load_gate` gives them.
        assessment: What was found about one model.
        signatures: What the caller's verification says about sign-offs; roles come from there.
        now: The time of the decision, RFC 3339 UTC text such as 2026-11-21T09:30:00Z.
        time_source: Where that time comes from: `system-clock` or `given`.
        waivers: Waivers as they were verified; each is judged by its own dates and scope here.

    Raises:
        UsageError: If `now` is no such time.
    """
    try:
        TypeAdapter(Time).validate_python(now)
    except ValidationError as fault:
        raise UsageError(
            f"The time of decision '{now}' is no time.",
            why=str(fault.errors()[0]["msg"]),
            next_step="Give it in UTC, for example --as-of 2026-11-21T09:30:00Z.",
        ) from fault
    view = view_of(assessment, signatures=signatures, now=now)
    with Arbiter() as arbiter:
        arbiter.bind(view.values)
        found = [
            rule_on(arbiter, gate, policy, view, now=now, time_source=time_source)
            for gate in gates
            for policy in gate.policies
        ]
    return tuple(settle(each, waivers, assessment.subject, now=now) for each in found)
