"""How every duty of a pack stands: six states, computed from stored evidence alone."""

from __future__ import annotations

from ftgov.law.duty_records import EvidenceSpec
from ftgov.law.pack_records import ObligationSpec, Pack
from ftgov.law.shown import Known, shown
from ftgov.records.duty_state import DutyState, Shown, ShownBy
from ftgov.records.law import Obligation

_WORST: tuple[Shown, ...] = ("contradicting", "stale", "missing", "present")


def duty_states(pack: Pack, known: Known) -> tuple[DutyState, ...]:
    """Return the state of each duty of the pack, in its order; none where the pack asks nothing.

    A duty that is not owed is not applicable; one that is owed from a later day is not yet
    applicable, its evidence is told all the same. A contested day counts as today: an open reading
    never lifts a duty. Nor does an unknown fact: a duty that it may add lacks at least that fact.
    """
    found = known.classification
    owed = {duty.id: duty for duty in found.obligations}
    asked = [
        (duty, pack.evidence[duty.id]) for duty in pack.obligations if duty.id in pack.evidence
    ]
    return tuple(
        _told(
            duty,
            spec,
            _open(duty.id, spec)
            if duty.id in found.obligations_open
            else _state(duty.id, spec, owed.get(duty.id), known),
        )
        for duty, spec in asked
    )


def _told(duty: ObligationSpec, spec: EvidenceSpec, state: DutyState) -> DutyState:
    """Return a state that says for itself which duty it is of, and what people must judge."""
    return state.model_copy(
        update={
            "reference": duty.reference,
            "who": "/".join(duty.who),
            "text": duty.text,
            "judge": "" if spec.decides == "information" else spec.judge,
        }
    )


def _state(identity: str, spec: EvidenceSpec, owed: Obligation | None, known: Known) -> DutyState:
    if owed is None:
        return DutyState(id=identity, state="not_applicable", note="not owed")
    if spec.decides == "information":
        note = "for information: no evidence is asked"
        return DutyState(id=identity, state="not_applicable", note=note)
    if "record:special-category-basis" in spec.shown_by and not known.subject.special.held:
        note = "no column is declared as a special category of personal data"
        return DutyState(id=identity, state="not_applicable", note=note)
    items = tuple(shown(by, spec, known) for by in spec.shown_by)
    evidence = worst(items)
    later = owed.applies_today is False
    return DutyState(
        id=identity,
        state="not_yet_applicable" if later else evidence,
        evidence=evidence,
        shown_by=items,
        note=owed.note,
    )


def _open(identity: str, spec: EvidenceSpec) -> DutyState:
    if spec.decides == "information":
        note = "for information: no evidence is asked"
        return DutyState(id=identity, state="not_applicable", note=note)
    note = "whether it is owed is open: facts are missing"
    return DutyState(id=identity, state="missing", evidence="missing", note=note)


def worst(items: tuple[ShownBy, ...]) -> Shown:
    """Return the worst state of several: contradicting, stale, missing, present."""
    states = {item.state for item in items}
    return next(state for state in _WORST if state in states)
