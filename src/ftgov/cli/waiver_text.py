"""A waiver for people: everything that its author and its approver put their names to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ftgov.records.printable import one_line

if TYPE_CHECKING:
    from ftgov.records.decision import Decision
    from ftgov.records.waiver import Waiver


def terms_lines(terms: Waiver, failing: Decision | None) -> Iterator[str]:
    """Yield what is signed, one field a line, and the failure that was last decided.

    Args:
        terms: The waiver.
        failing: What the gates last decided by that rule on that model, if anything.
    """
    system = f" in the system {terms.system}" if terms.system else ", for no system"
    yield f"  rule: {terms.rule} {one_line(terms.rule_title or '')}".rstrip()
    versions = f"{terms.version_from or '?'} to {terms.version_to or '?'}"
    yield f"  versions: {versions}, of the gate {one_line(terms.gate or '?')}"
    yield f"  rule's text: {terms.rule_digest or 'not stated, so it cannot count'}"
    yield f"  model: {terms.model}{system}, weights {terms.model_identity or 'not stated'}"
    yield f"  assessment: {terms.assessment}"
    yield f"  reason: {one_line(terms.reason)}"
    yield f"  conditions: {one_line(terms.conditions or 'none')}"
    yield f"  asked by {terms.granted_by} at {terms.granted_at}; ends {terms.expires_at}"
    uses = f"at most {terms.max_uses} assessments" if terms.max_uses else "any number"
    yield f"  uses: {uses}"
    yield f"  {_last(failing)}"


def _last(failing: Decision | None) -> str:
    if failing is None:
        return "last decision: none by this rule on this model"
    limits = ", ".join(f"{one.path} {one.comparison} {one.limit}" for one in failing.limits)
    asked = f" Asked for: {one_line(limits)}." if limits else ""
    return f"last decision: {failing.outcome}: {one_line(failing.message)}{asked}"
