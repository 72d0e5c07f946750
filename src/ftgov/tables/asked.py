"""Answers held against the recorded dataset that they are answers to."""

from __future__ import annotations

from typing import NamedTuple

from ftgov.errors import NotAssessable
from ftgov.records.dataset import Dataset
from ftgov.records.evaluation import Evaluation
from ftgov.records.evidence import EvidenceReader
from ftgov.records.subject import Subject
from ftgov.tables.answers import ScoredRow, prompt_digest, scored_rows
from ftgov.tables.lines import json_object, numbered_lines
from ftgov.tables.scoring import name_of


class _Asked(NamedTuple):
    """What a row of the dataset asks: digests of its prompt and of what it expects."""

    prompt: bytes
    expected: bytes | None
    states: bool


def answered_rows(
    subject: Subject, runs: tuple[Evaluation, ...], evidence: EvidenceReader
) -> list[ScoredRow]:
    """Return the scored rows of evaluations, after holding them against their recorded datasets.

    Where the rows of a dataset have `id` and `prompt`, each must be answered exactly once, and
    every answered row must be one of them, with its prompt and, where the dataset states one, its
    expected answer. Rows of another form (chats) have no id to compare by, and a dataset that is
    not recorded cannot be compared with.

    Raises:
        FtgovError: If a line of the answers cannot be read; it names file and line.
        NotAssessable: If answers and dataset contradict each other, if the dataset cannot be read,
            or if a file is absent.
    """
    rows = scored_rows(runs, evidence)
    known = {dataset.name: dataset for dataset in subject.datasets}
    for run in runs:
        asked = _asked(known[run.dataset], evidence) if run.dataset in known else {}
        if asked:
            _compare(run, asked, [row for row in rows if row.dataset == run.dataset])
    return rows


def _asked(dataset: Dataset, evidence: EvidenceReader) -> dict[str, _Asked]:
    """Return what a dataset asks, by id; empty where its rows have no id and prompt."""
    found: dict[str, _Asked] = {}
    for file in dataset.files:
        with evidence.open(file.digest) as stream:
            for number, line in numbered_lines(stream, file.name):
                place = f"{file.name}, line {number}"
                try:
                    row = json_object(line)
                except ValueError as fault:
                    raise _contradiction(f"{place}, cannot be read: {fault}") from fault
                name, prompt = name_of(row.get("id")), row.get("prompt")
                if name is None or not isinstance(prompt, str):
                    continue
                if name in found:
                    raise _contradiction(f"{place}: the id {name!r} stands twice in {dataset.name}")
                found[name] = _Asked(
                    prompt_digest(prompt), _text_digest(row.get("expected")), "expected" in row
                )
    return found


def _compare(run: Evaluation, asked: dict[str, _Asked], rows: list[ScoredRow]) -> None:
    seen: set[str] = set()
    for row in rows:
        place = f"{run.answers.name}, line {row.line}"
        if row.id is None or row.id not in asked:
            raise _contradiction(f"{place}: the id {row.id!r} is not among the rows of the dataset")
        if row.id in seen:
            raise _contradiction(f"{place}: the id {row.id!r} was answered before")
        seen.add(row.id)
        own = asked[row.id]
        if row.prompt != own.prompt:
            raise _contradiction(f"{place}: the prompt of {row.id!r} is not the dataset's")
        if own.states and row.wanted != own.expected:
            raise _contradiction(f"{place}: what {row.id!r} expects is not what the dataset does")
    lost = asked.keys() - seen
    if lost:
        raise _contradiction(
            f"{run.answers.name} answers {len(seen)} of {len(asked)} rows; {len(lost)} ids are "
            f"missing (first: {min(lost)!r})"
        )


def _text_digest(value: object) -> bytes | None:
    return prompt_digest(value) if isinstance(value, str) else None


def _contradiction(what: str) -> NotAssessable:
    return NotAssessable(
        f"The answers cannot be held against their dataset: {what}.",
        why="Figures over other rows than the recorded dataset's would be of another evaluation.",
        next_step="Record the dataset that was asked, and the answers to all of its rows.",
    )
