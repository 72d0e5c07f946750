"""Classify under a law of another regime: its own terms over its own facts, three-valued."""

from __future__ import annotations

from datetime import date
from typing import Literal

from ftgov.law.facts import Facts
from ftgov.law.obligations import evaluated
from ftgov.law.pack_records import ObligationSpec, RegimePack
from ftgov.law.truth import NOTHING, Truth
from ftgov.records.law import Obligation, Reason, RegimeClassification


def classify_regime(pack: RegimePack, facts: Facts, as_of: date) -> RegimeClassification:
    """Return whether a law applies to the facts on a day, and what it asks for.

    Args:
        pack: The law pack; a later term may use an earlier one.
        facts: Facts that were read for this pack.
        as_of: The day on which duties are asked for.
    """
    terms: dict[str, Truth] = {}
    for name, term in pack.terms.items():
        terms[name] = evaluated(term.when, terms, facts)
    applies = terms["applies"]
    truths = {duty.id: evaluated(duty.when, terms, facts) for duty in pack.obligations}
    hangs = applies.unknown
    if applies.value is not False:
        hangs = NOTHING.union(hangs, *(truth.unknown for truth in truths.values()))
    return RegimeClassification(
        pack=pack.id,
        pack_digest=pack.digest,
        regime=pack.regime,
        as_of=as_of.isoformat(),
        overall=_overall(applies),
        terms={name: truth.value for name, truth in terms.items()},
        missing=tuple(fact for fact in pack.facts if fact in hangs),
        why=tuple(
            Reason(rule=name, reference=term.reference, text=term.text)
            for name, term in pack.terms.items()
            if terms[name].value
        ),
        obligations=tuple(
            _dated(pack, duty, as_of) for duty in pack.obligations if truths[duty.id].value
        ),
        note=pack.unchecked,
    )


def _overall(applies: Truth) -> Literal["applies", "does_not_apply", "undetermined"]:
    if applies.value is None:
        return "undetermined"
    return "applies" if applies.value else "does_not_apply"


def _dated(pack: RegimePack, duty: ObligationSpec, as_of: date) -> Obligation:
    day = pack.day(duty.applies_from)
    return Obligation(
        id=duty.id,
        reference=duty.reference,
        who="/".join(duty.who),
        text=duty.text,
        applies_from=day.isoformat(),
        applies_today=day <= as_of,
        readings=(day.isoformat(),),
        note=f"Owed where: {duty.circumstance}." if duty.circumstance else "",
        evidence=duty.evidence,
    )
