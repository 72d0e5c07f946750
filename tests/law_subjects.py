"""Small subjects for tests of answers and duties: one system, its model and jobs, made by hand."""

from __future__ import annotations

from ftgov.law.effective import Circumstance
from ftgov.records.answer import Answer, Standing, answer_name, purpose_digest
from ftgov.records.digest import digest_record
from ftgov.records.evidence import Evidence
from ftgov.records.finding import Finding, Outcome
from ftgov.records.job import Job
from ftgov.records.model import ModelVersion
from ftgov.records.subject import Subject
from ftgov.records.system import FactValue, System
from law_support import HIRING, NEW

PURPOSE = "Ranks applications for a bank."
FILE = Evidence(digest=digest_record("a file"), bytes=3, name="a.pdf")


def system(purpose: str = PURPOSE, **facts: object) -> System:
    """A system for hiring, of the model `tuned`."""
    values: dict[str, FactValue] = {**HIRING, **facts}  # type: ignore[dict-item]
    return System(
        name="desk", model="tuned", intended_purpose=purpose, facts=values, facts_file=FILE
    )


def job(name: str = "first", **fields: object) -> Job:
    """A job that made the model `tuned` from `base`."""
    return Job.model_validate(
        {"name": name, "method": "lora", "base": "base", "outputs": ["tuned"], **fields}
    )


def answer(question: str, value: FactValue, **fields: object) -> Answer:
    """An answer of Jane Doe about the system `desk`, given after the job `first`."""
    given: dict[str, object] = {
        "name": answer_name("desk", question),
        "system": "desk",
        "question": question,
        "settles": "duty" if "-" in question else "fact",
        "pack": NEW,
        "value": value,
        "author": "Jane Doe",
        "answered_at": "2026-11-01T09:00:00Z",
        "purpose": purpose_digest(PURPOSE),
        "job": "first",
        "evidence": [FILE],
    }
    return Answer.model_validate({**given, **fields})


def now(*answers: Answer, released: bool = False, **parts: object) -> Circumstance:
    """What answers rest on: the system, the job, and the standing."""
    standing = Standing(answers=answers, released=released)
    fields = {"system": system(), "job": job(), "standing": standing, **parts}
    return Circumstance(**fields)  # type: ignore[arg-type]


def subject(*answers: Answer, made: Job | None = None, **fields: object) -> Subject:
    """A subject with these answers."""
    given: dict[str, object] = {
        "model": ModelVersion(name="tuned", kind="tuned", parent="base"),
        "job": made or job(),
        "system": system(),
        "standing": Standing(answers=answers),
    }
    return Subject.model_validate({**given, **fields})


def finding(analyzer: str, outcome: Outcome) -> Finding:
    """A finding of an analyzer with an outcome."""
    return Finding(
        id=f"{analyzer}.one",
        analyzer=analyzer,
        title="One",
        outcome=outcome,
        summary="Something was found.",
        evidence=(FILE.digest,),
    )
