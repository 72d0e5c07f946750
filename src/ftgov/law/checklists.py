"""Checklists drawn from a pack: the duties of a role with their states; nothing is left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from ftgov.law.duty_records import EvidenceSpec
from ftgov.law.pack_records import ObligationSpec, Pack
from ftgov.records.checklist import Checklist, ChecklistLine
from ftgov.records.duty_state import DutyState
from ftgov.records.law import Classification, Obligation


def checklists(
    pack: Pack,
    found: Classification,
    states: Sequence[DutyState],
    existing: Mapping[str, tuple[str, ...]],
    only: Sequence[str] = (),
) -> tuple[Checklist, ...]:
    """Return the checklists of a pack for one system.

    Args:
        pack: The law pack.
        found: The system's classification under it.
        states: How the duties stand.
        existing: For each duty, the ids of the packs in which it exists.
        only: Ids of checklists; empty for all.
    """
    state_of = {state.id: state for state in states}
    owed = {duty.id: duty for duty in found.obligations}
    as_of = date.fromisoformat(found.as_of)
    made = []
    for identity, listed in pack.checklists.items():
        if only and identity not in only:
            continue
        lines = tuple(
            _line(pack.evidence[duty.id], duty, owed.get(duty.id), as_of).model_copy(
                update={"state": state_of[duty.id], "packs": existing.get(duty.id, (pack.id,))}
            )
            for duty in pack.obligations
            if identity in pack.evidence[duty.id].checklists
        )
        made.append(
            Checklist(id=identity, title=listed.title, reference=listed.reference, lines=lines)
        )
    return tuple(made)


def _line(
    spec: EvidenceSpec, duty: ObligationSpec, owed: Obligation | None, as_of: date
) -> ChecklistLine:
    """Return a duty's line; its state and its packs are filled in by the caller."""
    readings = owed.readings if owed else ()
    return ChecklistLine(
        id=duty.id,
        reference=duty.reference,
        who="/".join(duty.who),
        text=duty.text,
        asked_for=duty.evidence,
        decides=spec.decides,
        tool=spec.tool,
        judge=spec.judge,
        controls=spec.controls,
        packs=(),
        readings=readings,
        in_days=(date.fromisoformat(readings[0]) - as_of).days if readings else None,
        state=DutyState(id=duty.id, state="not_applicable"),
    )


def packs_of_duties(packs: Sequence[Pack]) -> dict[str, tuple[str, ...]]:
    """Return, for each duty, the ids of the packs in which it exists."""
    found: dict[str, tuple[str, ...]] = {}
    for pack in packs:
        for duty in pack.obligations:
            found[duty.id] = (*found.get(duty.id, ()), pack.id)
    return found
