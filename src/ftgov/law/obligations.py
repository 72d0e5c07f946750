"""The duties that follow, each with the day from which it applies, in every reading of the law."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from ftgov.law.facts import Facts
from ftgov.law.findings import Findings
from ftgov.law.pack_records import Clause, Condition, ObligationSpec, Pack
from ftgov.law.truth import NO, NOTHING, YES, Truth, all_of, any_of, negation
from ftgov.records.law import Obligation

_MODEL = frozenset({"gpai_provider"})
_TWO_READINGS = (
    "Open reading: the system is in Annex I Section B, for which Art. 2(2) leaves only few "
    "provisions, and in Annex III as well."
)


class _Timing(NamedTuple):
    """From when a duty applies: one day, or several readings, or none yet."""

    days: tuple[date, ...]
    note: str = ""


class _Routes(NamedTuple):
    """What the day of a duty depends on, worked out once: high-risk at all, and only by Annex I."""

    high: bool
    annex_one_only: bool


def _routes(found: Findings) -> _Routes:
    risk = found.axes.high_risk
    annex_one, annex_three = risk.annex_one.value, risk.annex_three.value
    return _Routes(bool(risk.high.value), bool(annex_one) and not annex_three)


class Duties(NamedTuple):
    """Duties that are owed, ids of those that may be, and the facts that would decide."""

    owed: tuple[Obligation, ...]
    open: tuple[str, ...]
    asked: frozenset[str]


def obligations(
    pack: Pack, facts: Facts, found: Findings, as_of: date, *, with_system: bool
) -> Duties:
    """Return the duties that are owed or may be, and the unknown facts that add or lift one.

    Args:
        pack: The law pack.
        facts: The facts.
        found: What the stages found.
        as_of: The day on which duties are asked for.
        with_system: False where the system is out of scope: its duties are empty then.
    """
    owed: list[Obligation] = []
    still: list[str] = []
    asked = NOTHING
    terms = _terms(found, two_readings=False)
    section_b = found.axes.high_risk.section_b.value
    other = _terms(found, two_readings=True) if section_b else terms
    routes = _routes(found)
    for duty in pack.obligations:
        if not (with_system or set(duty.who) <= _MODEL) or not _concerns(duty, found):
            continue
        truth = evaluated(duty.when, terms, facts)
        asked |= truth.unknown
        reading = NO
        if not truth.value and section_b:
            reading = all_of(found.axes.high_risk.annex_three, evaluated(duty.when, other, facts))
            asked |= reading.unknown
        if truth.value:
            owed.append(_dated(pack, duty, found, routes, as_of))
        elif reading.value:
            owed.append(_contested(_dated(pack, duty, found, routes, as_of)))
        elif truth.may_be(value=True) or reading.may_be(value=True):
            still.append(duty.id)
    return Duties(tuple(owed), tuple(still), asked)


def _concerns(duty: ObligationSpec, found: Findings) -> bool:
    """Return whether someone in a role that is held, or may be held, owes the duty."""
    if set(duty.who) <= _MODEL or not set(duty.who) <= set(found.roles):
        return True  # anyone's duty, or one that others owe to whoever holds a role
    if all(truth.may_be(value=False) for truth in found.roles.values()):
        # Perhaps nobody holds a role: then the system's duties are listed for whoever will.
        return True
    return any(found.roles[who].may_be(value=True) for who in duty.who if who in found.roles)


def _terms(found: Findings, *, two_readings: bool) -> dict[str, Truth]:
    """Return the words that conditions are written in."""
    risk = found.axes.high_risk

    def owed(truth: Truth) -> Truth:
        return truth if two_readings else risk.owed(truth)

    model = found.model
    terms = {
        "in_scope": YES,
        "operator": owed(YES),
        "high_risk": owed(risk.high),
        "annex_III": owed(risk.annex_three),
        "annex_III_except_2": owed(risk.except_point_two()),
        "annex_III_2": owed(risk.of_items("2")),
        "annex_III_or_I_A": owed(any_of(risk.annex_three, risk.section_a)),
        "not_high_risk_by_6_3": risk.filtered,
        "prohibited": any_of(found.axes.prohibitions.any_now, found.axes.prohibitions.any_later),
        "fria": found.fria,
        "gpai": model.provider,
        "gpai_systemic": all_of(model.provider, model.systemic),
        "gpai_documented": model.duties["53(1)(a)"],
        "gpai_representative": model.duties["54(1)"],
        "art25": any_of(*found.chain.values()),
    }
    terms.update({key: owed(truth) for key, truth in found.axes.transparency.items()})
    return terms


def evaluated(condition: Condition | Clause, terms: dict[str, Truth], facts: Facts) -> Truth:
    """Return the truth of a condition: a term, `fact:<id>`, or {all|any|not: [...]}."""
    if isinstance(condition, str):
        if not condition.startswith("fact:"):
            return terms[condition]
        fact = condition.removeprefix("fact:")
        value = facts.values[fact]
        return Truth(bool(value)) if isinstance(value, list) else facts.truth(fact)
    ((word, parts),) = condition.items()
    truths = [evaluated(part, terms, facts) for part in parts]
    if word == "not":
        return negation(truths[0])
    return all_of(*truths) if word == "all" else any_of(*truths)


def _timing(pack: Pack, duty: ObligationSpec, found: Findings, routes: _Routes) -> _Timing:
    if duty.applies_from == "art50_2_due":
        return _Timing((found.marking_due or pack.day("art50"),))
    if set(duty.who) <= _MODEL:
        return _model_timing(pack, duty, found)
    days = (
        (found.high_risk_from or pack.day("high_risk_annex_III"),)
        if duty.applies_from == "high_risk"
        else pack.dates[duty.applies_from].readings(annex_one_only=routes.annex_one_only)
    )
    chapter = duty.applies_from == "high_risk" or duty.applies_from in _CHAPTER
    if found.old_system.value and chapter and routes.high:
        return _spared(found)
    return _Timing(days, _note(pack, duty, days))


_CHAPTER = frozenset({"ch_III_section_5_arts_40_49", "ch_IX_arts_72_73_86"})


def _note(pack: Pack, duty: ObligationSpec, days: tuple[date, ...]) -> str:
    if len(days) < 2:
        return ""
    readings = " or ".join(day.isoformat() for day in days)
    return f"Applies from {readings}: {pack.dates[duty.applies_from].reason}"


def _model_timing(pack: Pack, duty: ObligationSpec, found: Findings) -> _Timing:
    if duty.applies_from == "gpai_chapter_V" and found.old_model.value:
        return _Timing((found.model_day,), "Placed before 2 August 2025 (Art. 111(3)).")
    return _Timing(pack.dates[duty.applies_from].readings())


def _spared(found: Findings) -> _Timing:
    """Article 111(2): no duty before a significant change in design; a last day for authorities."""
    if found.public.value:
        return _Timing(
            (found.public_backstop,), "Legacy system of public authorities: Art. 111(2)."
        )
    return _Timing((), "Legacy system: owed from a significant change in its design (Art. 111(2)).")


def _dated(
    pack: Pack, duty: ObligationSpec, found: Findings, routes: _Routes, as_of: date
) -> Obligation:
    timing = _timing(pack, duty, found, routes)
    applied = {day <= as_of for day in timing.days} or {False}
    contested = len(timing.days) > 1
    notes = (timing.note, f"Owed where: {duty.circumstance}." if duty.circumstance else "")
    return Obligation(
        id=duty.id,
        reference=duty.reference,
        who="/".join(duty.who),
        text=duty.text,
        applies_from=timing.days[0].isoformat() if len(timing.days) == 1 else None,
        applies_today=applied.pop() if len(applied) == 1 else None,
        readings=tuple(day.isoformat() for day in timing.days),
        status="contested" if contested else "settled",
        note=" ".join(note for note in notes if note),
        evidence=duty.evidence,
        controls=pack.evidence[duty.id].controls if duty.id in pack.evidence else (),
    )


def _contested(duty: Obligation) -> Obligation:
    """Return a duty that only one reading of Article 2(2) leaves."""
    today = None if duty.applies_today is not False else False
    return duty.model_copy(
        update={
            "status": "contested",
            "applies_today": today,
            "note": f"{_TWO_READINGS} {duty.note}".strip(),
        }
    )
