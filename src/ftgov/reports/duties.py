"""The duties of the law page: by the date from which they apply, each with how evidence stands."""

from __future__ import annotations

from collections.abc import Sequence

from ftgov.records.duty_state import DutyState, ShownBy
from ftgov.records.law import Classification, Obligation
from ftgov.reports.shapes import DutyGroup, ObligationView, Pill, StateCount
from ftgov.reports.words import STATES

_TITLES = ("Apply today, since {}", "Apply later, from {}", "Date contested or not settled")
_OPEN = "May be owed: facts are missing"
_MOST = 4


def duty_groups(owed: Sequence[Obligation], states: Sequence[DutyState]) -> tuple[DutyGroup, ...]:
    """Group duties by the date from which they apply: today first, contested, then open ones.

    A duty that unknown facts may add is printed as well: no unknown drops a duty.
    """
    state_of = {state.id: state for state in states}
    grouped: dict[tuple[int, str], list[Obligation]] = {}
    for duty in owed:
        open_date = duty.status == "contested" or duty.applies_today is None
        rank = 2 if open_date else 0 if duty.applies_today else 1
        date = "" if open_date else duty.applies_from or ""
        grouped.setdefault((rank, date), []).append(duty)
    found = [
        DutyGroup(
            title=_TITLES[rank].format(date or "the start"),
            duties=tuple(_owed(duty, state_of.get(duty.id)) for duty in members),
        )
        for (rank, date), members in sorted(grouped.items())
    ]
    known = {duty.id for duty in owed}
    may_be = [s for s in states if s.state != "not_applicable" and s.id not in known]
    if may_be:
        found.append(DutyGroup(title=_OPEN, duties=tuple(_open(state) for state in may_be)))
    return tuple(found)


def state_counts(states: Sequence[DutyState]) -> tuple[StateCount, ...]:
    """Return how many duties stand in each state, worst first, without states that none has."""
    found = []
    for state, (pill, text) in STATES.items():
        count = sum(each.state == state for each in states)
        if count:
            found.append(StateCount(pill=pill, count=count, text=text))
    return tuple(found)


def not_owed(found: Classification, states: Sequence[DutyState]) -> tuple[str, ...]:
    """Return the ids of the pack's duties that this system does not owe."""
    owed = {duty.id for duty in found.obligations}
    return tuple(s.id for s in states if s.state == "not_applicable" and s.id not in owed)


def _owed(duty: Obligation, state: DutyState | None) -> ObligationView:
    view = ObligationView(
        identity=duty.id,
        reference=duty.reference,
        who=_who(duty.who),
        text=duty.text,
        note=duty.note,
    )
    if state is None:
        return view
    return view.model_copy(
        update={"pill": _pill(state), "shown": _shown(state), "judge": state.judge}
    )


def _open(state: DutyState) -> ObligationView:
    return ObligationView(
        identity=state.id,
        reference=state.reference,
        who=_who(state.who),
        text=state.text,
        note=state.note,
        pill=_pill(state),
        judge=state.judge,
    )


def _pill(state: DutyState) -> Pill:
    """Return the state's pill; of a duty that starts later, how its evidence stands so far."""
    if state.state == "not_yet_applicable" and state.evidence:
        return Pill(word=f"so far {state.evidence}", tone="plain")
    return STATES[state.state][0]


def _shown(state: DutyState) -> tuple[str, ...]:
    """Return what shows the duty: each thing that is not present, then what is, in one line."""
    if state.state == "not_applicable":
        return (state.note,) if state.note else ()
    lacking = [_line(item) for item in state.shown_by if item.state != "present"]
    more = len(lacking) - _MOST
    there = [_name(item) for item in state.shown_by if item.state == "present"]
    return (
        *lacking[:_MOST],
        *((f"{more} more",) if more > 0 else ()),
        *((f"present: {', '.join(there)}",) if there else ()),
    )


def _line(item: ShownBy) -> str:
    if item.by.startswith("finding:"):  # its note names the analyzer
        return item.note.replace("_", " ")
    return f"{_name(item)}: {item.note}"


def _name(item: ShownBy) -> str:
    kind, _, name = item.by.partition(":")
    if kind in {"answer", "sign-off"}:
        return f"{kind} {name}"
    return name.replace("_", " ").replace("-", " ")


def _who(who: str) -> str:
    return who.replace("_", " ")
