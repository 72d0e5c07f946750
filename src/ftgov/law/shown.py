"""How one thing that a duty asks for stands: a finding, a stored record, or a person's answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from ftgov.law.duty_records import EvidenceSpec, QuestionSpec
from ftgov.records.answer import Answer, job_name
from ftgov.records.digest import digest_record
from ftgov.records.duty_state import Shown, ShownBy
from ftgov.records.finding import Finding
from ftgov.records.four_eyes import unmet
from ftgov.records.job import Job
from ftgov.records.law import Classification
from ftgov.records.special_category import basis_faults
from ftgov.records.subject import Subject


class Known(NamedTuple):
    """Everything that can show a duty.

    Attributes:
        subject: What was recorded, answers included.
        findings: What the analyzers found.
        findings_stale: Whether records changed since the findings were made.
        reopened: Answers that no longer count, with the reason.
        classification: The class of the system.
        questions: The pack's questions by id.
        as_of: The day.
    """

    subject: Subject
    findings: Sequence[Finding]
    findings_stale: bool
    reopened: Mapping[str, str]
    classification: Classification
    questions: Mapping[str, QuestionSpec]
    as_of: date


def shown(by: str, spec: EvidenceSpec, known: Known) -> ShownBy:
    """Return how one thing stands."""
    kind, _, name = by.partition(":")
    if kind == "finding":
        state, note = _finding(name, known)
    elif kind == "answer":
        state, note = _answer(name, spec, known)
    elif kind == "sign-off":
        state, note = _sign_off(name, known)
    else:
        state, note = _record(name, known)
    return ShownBy(by=by, state=state, note=note)


def _finding(analyzer: str, known: Known) -> tuple[Shown, str]:
    found = [finding for finding in known.findings if finding.analyzer == analyzer]
    judged = {finding.outcome for finding in found} - {"not_applicable", "not_assessed"}
    if not judged:
        return "missing", f"no finding of {analyzer}"
    if known.findings_stale:
        return "stale", f"records changed since {analyzer} ran"
    if "fail" in judged:
        return "contradicting", f"{analyzer} found a failure"
    if judged == {"inconclusive"}:
        return "missing", f"{analyzer} is inconclusive"
    return "present", f"{analyzer}: {', '.join(sorted(judged))}"


def _answer(name: str, spec: EvidenceSpec, known: Known) -> tuple[Shown, str]:
    answer, question = _given(name, known), known.questions[name]
    if answer is None:
        return "missing", "not answered"
    if name in known.reopened:
        return "stale", f"re-opened: {known.reopened[name]}"
    if answer.value is False:
        return "contradicting", f"answered no by {answer.author}"
    if question.evidence == "required" and not answer.evidence:
        return "missing", "answered, but no file backs it"
    state, note = _age(answer, question, spec, known)
    if not question.four_eyes or f"sign-off:{name}" in spec.shown_by:
        return state, note
    # A pack of before sign-offs were named: the answer alone shows nothing until it is signed.
    signed, signers = _sign_off(name, known)
    return (state, f"{note}; {signers}") if signed == "present" else (signed, signers)


def _given(name: str, known: Known) -> Answer | None:
    """Return the answer to a question that stands."""
    answers = known.subject.standing.answers
    return next((each for each in answers if each.question == name), None)


def _sign_off(name: str, known: Known) -> tuple[Shown, str]:
    """Return whether two people of the trust pack signed the answer that stands."""
    answer, standing = _given(name, known), known.subject.standing
    if answer is None:
        return "missing", "nothing to sign yet"
    if name in known.reopened:
        return "stale", f"re-opened: {known.reopened[name]}"
    if fault := unmet(digest_record(answer), standing.hands, standing.uncounted):
        return "missing", f"answered by {answer.author}, but {fault}"
    mine = [hand for hand in standing.hands if hand.answer == digest_record(answer)]
    return "present", f"signed by {', '.join(f'{hand.holder} ({hand.hand})' for hand in mine)}"


def _age(
    answer: Answer, question: QuestionSpec, spec: EvidenceSpec, known: Known
) -> tuple[Shown, str]:
    days = (known.as_of - date.fromisoformat(answer.answered_at[:10])).days
    if spec.fresh_days is not None and days > spec.fresh_days:
        return "stale", f"answered {days} days ago, more than {spec.fresh_days}"
    if "job" in question.rests_on and answer.job != job_name(known.subject.job):
        return "stale", f"answered before the job {job_name(known.subject.job)}"
    return "present", f"answered by {answer.author} on {answer.answered_at[:10]}"


def _record(kind: str, known: Known) -> tuple[Shown, str]:
    subject = known.subject
    if kind == "data-origin":
        return _origin(subject)
    if kind == "special-category-basis":
        faults = basis_faults(subject.special)
        return ("missing", "; ".join(faults)) if faults else ("present", "six points or a basis")
    runs = [run for run in subject.evaluations if run.model == subject.model.name]
    provider = [party for party in subject.parties if party.role == "provider"]
    named = [party for party in provider if party.legal_name and party.contact]
    unknown_compute = {"mod_flop", "base_flop"} & set(known.classification.missing)
    there: dict[str, tuple[bool, str]] = {
        "purpose": (subject.system is not None, "the intended purpose is recorded"),
        "classification": (known.classification.overall != "undetermined", "classified"),
        "data-files": (bool(subject.datasets), "files are kept under their digests"),
        "evaluations": (bool(runs), "answers of these weights are recorded"),
        "job": (subject.job is not None, "the job is recorded"),
        "provider-identity": (bool(named), "a provider with legal name and contact is recorded"),
        "ledger": (True, "the ledger was recomputed before this was said"),
        "compute": (not unknown_compute, "the compute is known or covered by the fallback"),
    }
    holds, words = there[kind]
    return ("present", words) if holds else ("missing", f"not so: {words}")


def _origin(subject: Subject) -> tuple[Shown, str]:
    wanted = {name for job in (subject.job, *subject.earlier_jobs) if job for name in _data(job)}
    used = [data for data in subject.datasets if data.name in wanted]
    lacking = [data.name for data in used if not (data.origin and data.licence)]
    if not used:
        return "missing", "no job names a dataset"
    if lacking:
        return "missing", f"no origin or licence: {', '.join(lacking)}"
    return "present", f"origin and licence of {len(used)} datasets"


def _data(job: Job) -> list[str]:
    return list(job.datasets.values())
