"""How a duty stands: what stored evidence shows of it, never whether the law is met."""

from __future__ import annotations

from typing import Literal

from ftgov.records.base import Record

Shown = Literal["present", "missing", "stale", "contradicting"]
State = Literal[
    "present", "missing", "stale", "contradicting", "not_applicable", "not_yet_applicable"
]


class ShownBy(Record):
    """One thing that shows a duty, and how it stands.

    Attributes:
        by: `finding:<analyzer>`, `record:<kind>`, `answer:<question>` or `sign-off:<question>`.
        state: How it stands.
        note: Why, in words.
    """

    by: str
    state: Shown
    note: str


class DutyState(Record):
    """How one duty of a pack stands on the day of the classification.

    Attributes:
        id: The duty.
        state: Evidence present, missing, stale or contradicting; or that the duty is not owed, or
            not yet.
        evidence: How the evidence stands although the duty is not owed yet; None where none is
            asked.
        shown_by: Each thing that shows it.
        note: Why it is not applicable, or what is special.
        reference: The duty's article.
        who: Whom it binds.
        text: What it asks for, in our own words.
        judge: What a person must judge: a state says what evidence there is, not what it is worth.
    """

    id: str
    state: State
    evidence: Shown | None = None
    shown_by: tuple[ShownBy, ...] = ()
    note: str = ""
    reference: str = ""
    who: str = ""
    text: str = ""
    judge: str = ""
