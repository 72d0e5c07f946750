"""Answers: what a person said about a system, when, and what the answer rests on."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ftgov.records.base import Name, Record, Time
from ftgov.records.digest import Digest, bare, digest_record
from ftgov.records.evidence import Evidence
from ftgov.records.four_eyes import AnswerSignature, UncountedHand, VerifiedHand
from ftgov.records.job import Job
from ftgov.records.system import FactValue


class Answer(Record):
    """One answer to one question about one system; a later answer supersedes it.

    `author` is the id of the party that answered, known by a name as it was typed: that proves no
    identity. Where two people must agree, only signatures count (`records/four_eyes.py`).
    """

    type: Literal["answer"] = "answer"
    name: Name = Field(description="question and system; see answer_name")
    system: Name
    question: str = Field(description="id of a fact, or of a question about a duty")
    settles: Literal["fact", "duty"]
    pack: str = Field(description="the law pack that asked")
    value: FactValue
    reason: str = Field(default="", max_length=20_000)
    evidence: tuple[Evidence, ...] = ()
    author: str = Field(min_length=1, max_length=200)
    answered_at: Time
    purpose: Digest = Field(description="digest of the intended purpose as it read then")
    job: Name | None = Field(description="the job that had made the system's model then")


class JobCompute(Record):
    """The compute of one job, FLOP, as decimal text so that no float rounds it."""

    job: Name
    low: str
    mid: str
    high: str
    method: str
    parameters: tuple[str, str] = Field(description="active parameters, from and to")
    factors: tuple[str, ...] = Field(default=(), description="rows of the factor tables behind it")


class UncountedJob(Record):
    """A job whose compute can't be told, and why."""

    job: Name
    why: str


class ModificationCompute(Record):
    """The compute of all jobs from the base to a model; jobs that lack figures are named.

    What is counted and what is not is as guidelines C(2025) 7719, annex A, list it.
    """

    low: str
    mid: str
    high: str
    jobs: tuple[JobCompute, ...]
    unknown: tuple[UncountedJob, ...] = ()
    counted: tuple[str, ...] = ()
    not_counted: tuple[str, ...] = ()
    counted_if_systemic: tuple[str, ...] = Field(
        default=(), description="counted as well where the base has systemic risk; not known here"
    )


class Standing(Record):
    """What people said about a system, and what can be worked out of its jobs."""

    answers: tuple[Answer, ...] = ()
    released: bool = Field(
        default=False, description="a report was signed for an earlier model of this system"
    )
    compute: ModificationCompute | None = None
    signatures: tuple[AnswerSignature, ...] = Field(
        default=(), description="under the answers as they stand"
    )
    hands: tuple[VerifiedHand, ...] = Field(
        default=(), description="those of the signatures that the workspace's trust pack counted"
    )
    uncounted: tuple[UncountedHand, ...] = ()


def answer_name(system: str, question: str) -> str:
    """Return the name under which the ledger keeps the answer to a question about a system."""
    return f"{question.lower()}.{bare(digest_record([system, question]))[:16]}"


def purpose_digest(text: str) -> Digest:
    """Return the digest of an intended purpose; line breaks and doubled blanks do not count."""
    return digest_record(" ".join(text.split()))


def job_name(job: Job | None) -> str | None:
    """Return the name of a job, or None where there is none."""
    return job.name if job else None
