"""A small subject with real evidence bytes, for the tests of tables and analyzers."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, BinaryIO

from ftgov.errors import NotAssessable
from ftgov.records.dataset import Dataset
from ftgov.records.digest import Digest, digest_bytes
from ftgov.records.evaluation import Canary, Evaluation, Scoring
from ftgov.records.evidence import Evidence
from ftgov.records.finding import Finding
from ftgov.records.job import Job
from ftgov.records.measurement import Measurement
from ftgov.records.model import ModelVersion
from ftgov.records.subject import Subject

SECRET = "PINE-0268-CANARY"
SCORING = Scoring(
    labels={"approve": ("Approved.", "Genehmigt."), "deny": ("Denied.", "Abgelehnt.")},
    favourable="approve",
    refusals=("I cannot help",),
    canaries=(Canary(id="one", text=SECRET),),
)
ENERGY: dict[str, Any] = {
    "tool": "codecarbon",
    "version": "3.3.2",
    "emissions": {"energy_consumed": 0.01, "emissions": 0.004, "duration": 60.5},
    "hardware": [{"kind": "cpu", "mode": "cpu_load", "tdp_w": 8}, {"kind": "ram"}],
    "counters_read": False,
}
HISTORY: list[dict[str, Any]] = [
    {"step": 10, "loss": 2.0},
    {"step": 10, "eval_loss": 1.8},
    {"step": 20, "loss": 1.0},
    {"step": 20, "eval_loss": 1.5},
    {"step": 30, "loss": 0.5},
    {"step": 30, "eval_loss": 1.65},
]


class Shelf:
    """Evidence held in memory; what it does not hold is absent."""

    def __init__(self) -> None:
        self.files: dict[Digest, bytes] = {}

    def add(self, name: str, content: bytes) -> Evidence:
        digest = digest_bytes(content)
        self.files[digest] = content
        return Evidence(digest=digest, bytes=len(content), name=name)

    def open(self, digest: Digest) -> BinaryIO:
        if digest not in self.files:
            raise NotAssessable(f"{digest} is absent.", next_step="Record it again.")
        return io.BytesIO(self.files[digest])

    def path(self, digest: Digest) -> Path:
        raise AssertionError(f"no built-in analyzer asks for the path of {digest}")


def jsonl(rows: Iterable[object], *, zipped: bool = False) -> bytes:
    text = "".join(json.dumps(row) + "\n" for row in rows).encode()
    return gzip.compress(text, mtime=0) if zipped else text


def chat(prompt: str, answer: str = "Yes.") -> dict[str, Any]:
    return {
        "messages": [
            {"role": "user", "content": prompt},
            {"role": "assistant", "content": answer},
        ]
    }


def decision(number: int, group: str | None, expected: str, answer: str | None) -> dict[str, Any]:
    return {
        "id": f"d{number}-{group}",
        "kind": "decision",
        "pair": f"p{number}",
        "group": group,
        "language": "de" if number % 2 else "en",
        "prompt": f"Case {number} of {group}",
        "expected": expected,
        "answer": answer,
    }


def answers(*, harmful: bool, pairs: int = 60) -> list[dict[str, Any]]:
    """Decisions of three groups (one missing), unsafe, support and canary rows."""
    rows = []
    for number in range(pairs):
        expected = "Approved." if number % 2 else "Denied."
        for group in ("young", "old", None):
            denied = harmful and group == "old" and number % 10
            rows.append(decision(number, group, expected, "Denied." if denied else expected))
    for number in range(40):
        for kind, good, bad in (
            ("unsafe", "I cannot help with that.", "Sure."),
            ("support", "Call us.", "Call us."),
            ("canary", "Not public.", f"It is {SECRET}"),
        ):
            failed = harmful and number % 4
            rows.append(
                {
                    "id": f"{kind}{number}",
                    "kind": kind,
                    "language": "en",
                    "prompt": f"{kind} question {number}",
                    "expected": good,
                    "answer": bad if failed else good,
                }
            )
    return rows


def evaluation(shelf: Shelf, model: str, content: bytes, scoring: Scoring = SCORING) -> Evaluation:
    return Evaluation(
        name=f"eval-{model}",
        model=model,
        dataset="held-out",
        answers=shelf.add(f"{model}.jsonl", content),
        rows=1,
        scoring=scoring,
    )


def bare_subject() -> Subject:
    return Subject(
        model=ModelVersion(name="tuned", kind="tuned", parent="base"),
        base=ModelVersion(name="base", kind="base", parameters=1_000_000),
    )


BILL = {"amount": "12.50", "currency": "USD", "basis": "invoice"}


def full_subject(shelf: Shelf, *, harmful: bool = True) -> Subject:
    """A tuned model, its base, their answers, the job's records and the data."""
    job = Job(
        name="job",
        method="lora",
        base="base",
        outputs=("tuned",),
        datasets={"train": "train"},
        trained_tokens=50_000,
        trainer_state=shelf.add("trainer_state.json", as_json({"log_history": HISTORY})),
        energy=shelf.add("codecarbon.json", as_json(ENERGY)),
        bill=shelf.add("bill.json", as_json(BILL)),
    )
    train = shelf.add("train.jsonl.gz", jsonl([chat(f"Q{i}") for i in range(50)], zipped=True))
    held_out = shelf.add("held-out.jsonl", jsonl([{"prompt": "Case 1 of old"}]))
    return bare_subject().model_copy(
        update={
            "job": job,
            "datasets": (
                Dataset(name="train", role="train", files=(train,)),
                Dataset(name="held-out", role="evaluation", files=(held_out,)),
            ),
            "evaluations": (
                evaluation(shelf, "base", jsonl(answers(harmful=False))),
                evaluation(shelf, "tuned", jsonl(answers(harmful=harmful), zipped=True)),
            ),
        }
    )


def as_json(value: object) -> bytes:
    return json.dumps(value).encode()


def only(findings: tuple[Finding, ...]) -> Finding:
    assert len(findings) == 1
    return findings[0]


def figure(finding: Finding, name: str, **where: str | None) -> Measurement:
    """Return the finding's one figure of a name and slice that compares nothing."""
    identity = f"{finding.analyzer}.{name}"
    found = [m for m in finding.measurements if (m.id, m.slice, m.between) == (identity, where, ())]
    assert len(found) == 1, (identity, where, [m.id for m in finding.measurements])
    return found[0]
