"""Answers files read into scored rows: what each answer means, without keeping its text."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any, BinaryIO, NamedTuple

from ftgov.records.evaluation import Evaluation, Scoring
from ftgov.records.evidence import EvidenceReader
from ftgov.records.subject import Subject
from ftgov.tables.lines import json_rows
from ftgov.tables.scoring import AnswerReader, folded, name_of, spaced


class ScoredRow(NamedTuple):
    """One answer, read. No prompt and no answer is kept: memory stays small and reports clean.

    Attributes:
        dataset: The evaluation's dataset.
        line: The row's line in its file, from 1.
        id: The row's own id; None: it has none and cannot be joined.
        kind: decision, unsafe, support, canary or any other word.
        pair: Rows with the same pair ask about the same case; None: a case of its own.
        group: The person's group; None is a group of its own.
        language: The language; None is a language of its own.
        template: What cases made from one text share; None: the case is its own template.
        term: The name or word that was put in for the group; None: none is given.
        prompt: Digest of the prompt, 32 bytes; None: the row has none.
        wanted: Digest of the expected text, 32 bytes; None: none is given.
        expected: The label expected; None: the expected text is no label.
        label: The label answered; None: unparsed.
        correct: Whether answer and expectation agree, by label, or by text (trimmed, case folded,
            white space folded) where the expectation is no label; None: nothing was expected.
        answered: Whether there is an answer at all, be it empty text.
        refused: Whether the answer begins with a refusal.
        leaked: Shown digests of the canaries in the answer.
    """

    dataset: str
    line: int
    id: str | None
    kind: str | None
    pair: str | None
    group: str | None
    language: str | None
    template: str | None
    term: str | None
    prompt: bytes | None
    wanted: bytes | None
    expected: str | None
    label: str | None
    correct: bool | None
    answered: bool
    refused: bool
    leaked: tuple[str, ...]

    @property
    def case(self) -> str:
        """The case that the row is about: its pair, or itself."""
        own = f"line {self.line}" if self.pair is None else f"pair {self.pair}"
        return f"{self.dataset} {own}"


def read_answers(
    stream: BinaryIO, name: str, scoring: Scoring, dataset: str = ""
) -> Iterator[ScoredRow]:
    """Yield the scored rows of an answers file, streaming.

    Missing keys are read as null; an answer that is no text is no answer, and is kept as unparsed.

    Args:
        stream: The seekable file, plain or gzipped JSONL.
        name: Its name, for errors.
        scoring: How answers are read.
        dataset: The dataset's name, noted in each row.

    Raises:
        FtgovError: If a line cannot be read; it names file and line.
        UsageError: If the scoring is ambiguous.
    """
    reader = AnswerReader(scoring)
    for line, row in json_rows(stream, name):
        yield _scored(row, line, reader, dataset)


def evaluations_of(subject: Subject, model: str) -> tuple[Evaluation, ...]:
    """Return a model's evaluations, the first for each dataset, in the subject's order."""
    found: dict[str, Evaluation] = {}
    for run in subject.evaluations:
        if run.model == model:
            found.setdefault(run.dataset, run)
    return tuple(found.values())


def base_evaluations(subject: Subject) -> tuple[Evaluation, ...]:
    """Return the base model's evaluations on the datasets that the subject's model answered.

    Each gets the scoring of the subject's model on that dataset: answers that are compared must be
    read alike, or a missing refusal text would look like a change of the model.
    """
    if subject.base is None:
        return ()
    readings = {run.dataset: run.scoring for run in evaluations_of(subject, subject.model.name)}
    return tuple(
        run.model_copy(update={"scoring": readings[run.dataset]})
        for run in evaluations_of(subject, subject.base.name)
        if run.dataset in readings
    )


def scored_rows(runs: tuple[Evaluation, ...], evidence: EvidenceReader) -> list[ScoredRow]:
    """Return the scored rows of evaluations, in order, each file read by its own scoring.

    Raises:
        FtgovError: If a line cannot be read; it names file and line.
        NotAssessable: If a file is absent or not what it was.
    """
    rows: list[ScoredRow] = []
    for run in runs:
        with evidence.open(run.answers.digest) as stream:
            rows += read_answers(stream, run.answers.name, run.scoring, run.dataset)
    return rows


def prompt_digest(prompt: str) -> bytes:
    """Return the digest by which equal prompts, or expected texts, are known, 32 bytes."""
    return hashlib.sha256(prompt.encode("utf-8", "backslashreplace")).digest()


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _scored(row: dict[str, Any], line: int, reader: AnswerReader, dataset: str) -> ScoredRow:
    prompt, wanted, answer = (_text(row.get(key)) for key in ("prompt", "expected", "answer"))
    reading = reader.read(answer)
    expected = reader.label(wanted)
    return ScoredRow(
        dataset=dataset,
        line=line,
        id=name_of(row.get("id")),
        kind=name_of(row.get("kind")),
        pair=name_of(row.get("pair")),
        group=name_of(row.get("group")),
        language=name_of(row.get("language")),
        template=name_of(row.get("template")),
        term=name_of(row.get("term")),
        prompt=None if prompt is None else prompt_digest(prompt),
        wanted=None if wanted is None else prompt_digest(wanted),
        expected=expected,
        label=reading.label,
        correct=_correct(wanted, expected, answer, reading.label),
        answered=answer is not None,
        refused=reading.refused,
        leaked=reading.leaked,
    )


def _correct(
    wanted: str | None, expected: str | None, answer: str | None, label: str | None
) -> bool | None:
    if wanted is None:
        return None
    if expected is not None:
        return label == expected
    return answer is not None and spaced(folded(answer)) == spaced(folded(wanted))
