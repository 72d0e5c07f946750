"""The facts that count: those stated, those answered since, less the answers re-opened."""

from __future__ import annotations

from typing import NamedTuple

from ftgov.law.pack_records import Pack
from ftgov.records.answer import Answer, Standing, job_name, purpose_digest
from ftgov.records.job import Job
from ftgov.records.system import FactValue, System

_NEVER_HIGH_RISK = frozenset(
    {"out_of_scope", "model_only", "not_high_risk_by_6_3", "transparency", "minimal"}
)


class Circumstance(NamedTuple):
    """What answers rest on today: the system with its purpose, and the job that made its model."""

    system: System
    job: Job | None
    standing: Standing


class Effective(NamedTuple):
    """The facts that count, and why answers do not: `reopened` maps a question to the reason."""

    values: dict[str, FactValue]
    reopened: dict[str, str]


def may_be_high_risk(overall: str) -> bool:
    """Return whether a class leaves it possible that the system is high-risk or worse."""
    return overall not in _NEVER_HIGH_RISK


def effective_facts(pack: Pack, now: Circumstance, *, high_risk: bool) -> Effective:
    """Return the facts to classify with.

    Args:
        pack: The law pack; it says what each answer rests on.
        now: The system as it is recorded, its job, and what people said.
        high_risk: Whether the system may be high-risk; a new job then re-opens answers once the
            system was released (Art. 43(4)).
    """
    reopened = {
        answer.question: why
        for answer in now.standing.answers
        if (why := reopening(pack, answer, now, high_risk=high_risk))
    }
    values: dict[str, FactValue] = dict(now.system.facts)
    for answer in now.standing.answers:
        if answer.settles != "fact" or answer.question not in pack.facts:
            continue
        stated = values.get(answer.question)
        if answer.question in reopened:
            values[answer.question] = stated
        elif stated is not None and stated != answer.value:
            # Neither side is preferred: the fact is unknown until one of them is withdrawn.
            values[answer.question] = None
            reopened[answer.question] = "the recorded facts say otherwise"
        else:
            values[answer.question] = answer.value
    compute = now.standing.compute
    if values.get("mod_flop") is None and compute is not None and not compute.unknown:
        values["mod_flop"] = {"low": compute.low, "mid": compute.mid, "high": compute.high}
    return Effective(values, reopened)


def reopening(pack: Pack, answer: Answer, now: Circumstance, *, high_risk: bool) -> str | None:
    """Return why an answer no longer counts, or None while it does."""
    rests = rests_on(pack, answer.question)
    if "purpose" in rests and answer.purpose != purpose_digest(now.system.intended_purpose):
        return "the intended purpose was changed since"
    changed = answer.job != job_name(now.job)
    if "job" in rests and changed and now.standing.released and high_risk:
        return "a new job was run on a released system (Art. 43(4))"
    return None


def rests_on(pack: Pack, question: str) -> tuple[str, ...]:
    """Return what an answer rests on: `purpose`, `job`, both or neither."""
    if question in pack.fact_questions:
        return pack.fact_questions[question].rests_on
    for asked in pack.questions:
        if asked.id == question:
            return asked.rests_on
    return ()
