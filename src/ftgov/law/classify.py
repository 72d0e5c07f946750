"""Classify a system under one law pack: all stages are evaluated, none ends the others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from ftgov.law.consequences import (
    legacy_model,
    legacy_system,
    registration,
    rights_assessment,
    roles,
    value_chain,
)
from ftgov.law.facts import Facts
from ftgov.law.findings import Findings
from ftgov.law.gpai import ModelAxis, model_axis
from ftgov.law.high_risk import derogation_label, high_risk, high_risk_from, routes
from ftgov.law.obligations import obligations
from ftgov.law.overall import Axes, overall
from ftgov.law.pack_records import Pack
from ftgov.law.prohibited import prohibitions
from ftgov.law.reasons import reasons
from ftgov.law.scope import out_of_scope
from ftgov.law.transparency import marking_due, transparency
from ftgov.law.truth import NO, NOTHING, Truth
from ftgov.records.law import Classification


class _System(NamedTuple):
    """The system's own outputs; empty where it is out of scope."""

    fields: dict[str, object]
    missing: frozenset[str]


def classify(pack: Pack, facts: Facts, as_of: date) -> Classification:
    """Return the classification of a system on a day.

    Args:
        pack: The law pack; it need not be the one in force on that day.
        facts: Facts that were read for this pack.
        as_of: The day on which duties are asked for.
    """
    model = model_axis(pack, facts)
    found = _findings(pack, facts, as_of, model)
    system_applies = found.verdict.possible not in {("out_of_scope",), ("model_only",)}
    system_applies &= found.axes.out.value is not True and facts.values["ai_system"] is not False
    system = _system(found) if system_applies else _System({}, NOTHING)
    duties = obligations(pack, facts, found, as_of, with_system=system_applies)
    missing = found.verdict.missing | model.missing() | system.missing | duties.asked
    if found.old_model.value is not False:
        missing |= found.old_model.unknown
    return Classification(
        pack=pack.id,
        pack_digest=pack.digest,
        as_of=as_of.isoformat(),
        overall=found.verdict.overall,
        possible=found.verdict.possible,
        missing=tuple(fact for fact in pack.facts if fact in missing),
        legacy=_legacy(found, with_system=system_applies),
        why=reasons(pack, facts, found, with_system=system_applies),
        obligations=duties.owed,
        obligations_open=duties.open,
        **_model_fields(model),
        **system.fields,
    )


def _findings(pack: Pack, facts: Facts, as_of: date, model: ModelAxis) -> Findings:
    """Evaluate every stage."""
    risk = high_risk(pack, facts)
    shown = transparency(facts)
    axes = Axes(
        out=out_of_scope(facts),
        prohibitions=prohibitions(pack, facts, as_of),
        high_risk=risk,
        transparency=shown,
        provider_of_model=model.provider,
    )
    chain = value_chain(facts, risk)
    due, placed = marking_due(pack, facts, shown["50(2)"])
    return Findings(
        axes=axes,
        verdict=overall(facts, axes),
        model=model,
        chain=chain,
        roles=roles(facts, chain),
        fria=rights_assessment(facts, risk),
        register=registration(facts, risk),
        old_system=legacy_system(facts, risk),
        public=facts.truth("for_public_authorities"),
        old_model=legacy_model(facts, model.provider),
        high_risk_from=high_risk_from(pack, risk),
        marking_due=due,
        marking_hangs_on=placed,
        public_backstop=pack.day("high_risk_public_authority_backstop"),
        model_day=pack.day("gpai_legacy_models_placed_before_2025-08-02"),
    )


def _system(found: Findings) -> _System:
    risk = found.axes.high_risk
    shown = {key: risk.owed(truth) for key, truth in found.axes.transparency.items()}
    truths = [
        *found.roles.values(),
        *found.axes.prohibitions.now.values(),
        *found.axes.prohibitions.later.values(),
        *shown.values(),
        *found.chain.values(),
        *found.register.values(),
        found.fria,
        found.old_system,
        found.public if found.old_system.value is not False else NO,
        risk.high,
        risk.filtered,
        found.marking_hangs_on if shown["50(2)"].value else NO,
    ]
    day = found.high_risk_from
    due = found.marking_due if shown["50(2)"].value else None
    fields: dict[str, object] = {
        "roles": _true(found.roles),
        "prohibited_now": _true(found.axes.prohibitions.now),
        "prohibited_later": _true(found.axes.prohibitions.later),
        "high_risk_route": routes(risk),
        "derogation_6_3": derogation_label(risk),
        "high_risk_from": day.isoformat() if day else None,
        "transparency": _true(shown),
        "art50_2_due": due.isoformat() if due else None,
        "art25": _true(found.chain),
        "fria": found.fria.value,
        "register_under": _true(found.register),
    }
    return _System(fields, _unknown(truths))


def _true(truths: Mapping[str, Truth]) -> tuple[str, ...]:
    return tuple(key for key, truth in truths.items() if truth.value)


def _unknown(truths: Iterable[Truth]) -> frozenset[str]:
    return NOTHING.union(*(truth.unknown for truth in truths))


def _model_fields(model: ModelAxis) -> dict[str, object]:
    # Where two thresholds are possible the lower one is shown: an unknown never lowers a duty.
    limit = model.limits[0] if model.limits else None
    return {
        "gpai_role": model.role,
        "gpai_threshold_flop": float(limit) if limit is not None else None,
        "gpai_threshold_exact": str(limit) if limit is not None else None,
        "gpai_obligations": _true(model.duties),
    }


def _legacy(found: Findings, *, with_system: bool) -> dict[str, str | bool | None] | None:
    """Return what Article 111(2) and (3) say, or None where neither can apply."""
    system = found.old_system if with_system else NO
    if system.value is False and found.old_model.value is False:
        return None
    return {
        "art111_2": system.value,
        "art111_2_by": found.backstop(with_system=with_system),
        "art111_3": found.old_model.value,
        "art111_3_by": found.model_backstop(),
    }
