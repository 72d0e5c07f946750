"""Datasets: rows that cannot be used, rows given twice, test questions among training rows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ftgov.analyzers import figures
from ftgov.analyzers.protocol import Analyzer, Measure
from ftgov.records.dataset import Dataset
from ftgov.records.dossier import AnalysisSettings
from ftgov.records.evidence import EvidenceReader
from ftgov.records.finding import Finding, Outcome, Severity
from ftgov.records.measurement import Measurement
from ftgov.records.subject import Subject
from ftgov.tables.answers import prompt_digest
from ftgov.tables.chats import user_prompts
from ftgov.tables.lines import json_object, json_rows, numbered_lines

_COUNTED = "each line of the recorded files read once, streaming; blank lines are no rows"
_METHODS = {
    "rows": _COUNTED,
    "bytes": "length of the recorded files",
    "unreadable_rows": f"{_COUNTED}; a row is read if it is strict JSON with messages or a prompt",
    "duplicate_rows": f"{_COUNTED}; rows with the same bytes as an earlier row of the dataset",
    "overlap_rows": f"{_COUNTED}; training and validation rows with a user message that stands, "
    "character for character, among the evaluation's prompts",
}
_SEVERITIES: dict[Outcome, Severity] = {"fail": "error", "inconclusive": "warning", "pass": "note"}
_NAMED = 3
_LONGEST_PLACE = 300


@dataclass
class _Tally:
    """What was counted in one dataset."""

    name: str
    learned: bool
    size: int
    rows: int = 0
    unreadable_rows: int = 0
    duplicate_rows: int = 0
    overlap_rows: int = 0
    seen: set[bytes] = field(default_factory=set)
    places: list[str] = field(default_factory=list)

    def note(self, place: str, fault: str) -> None:
        """Remember the first few faults by file and line."""
        if len(self.places) < _NAMED:
            self.places.append(f"{figures.shown(place, _LONGEST_PLACE)}: {fault}")


class DatasetQuality:
    """Counts what is wrong with the recorded data; streaming, so any size will do."""

    id = "dataset_quality"
    title = "Quality of the datasets"
    measures: tuple[Measure, ...] = tuple(
        Measure(id=f"dataset_quality.{name}", unit=unit, better=better, description=_METHODS[name])
        for name, unit, better in (
            ("rows", "row", "neither"),
            ("bytes", "byte", "neither"),
            ("unreadable_rows", "row", "lower"),
            ("duplicate_rows", "row", "lower"),
            ("overlap_rows", "row", "lower"),
        )
    )

    def analyze(
        self, subject: Subject, evidence: EvidenceReader, settings: AnalysisSettings
    ) -> tuple[Finding, ...]:
        """Return one finding over all datasets of the subject.

        Raises:
            FtgovError: If a file is broken as a whole (gzip), or an answers file has a broken line.
        """
        del settings
        if not any(_learned(dataset) for dataset in subject.datasets):
            return figures.not_assessed(
                self.id,
                self.title,
                "No training data is recorded for this model: record it with "
                "`ftgov record dataset`.",
            )
        asked = _asked(subject, evidence)
        tallies = [_count(dataset, evidence, asked) for dataset in subject.datasets]
        return (self._finding(subject, tallies, asked=bool(asked)),)

    def _finding(self, subject: Subject, tallies: list[_Tally], *, asked: bool) -> Finding:
        measurements = tuple(_measurements(subject, tallies, asked=asked))
        total_overlap = measurements[2]
        outcome, summary = _judged(tallies, total_overlap.reason or "")
        return Finding(
            id=self.id,
            analyzer=self.id,
            title=self.title,
            outcome=outcome,
            severity=_SEVERITIES[outcome],
            summary=summary,
            measurements=measurements,
            evidence=figures.evidence_of(measurements),
            method="Exact counts; nothing is sampled.",
        )


def _learned(dataset: Dataset) -> bool:
    return dataset.role in {"train", "validation"}


def _asked(subject: Subject, evidence: EvidenceReader) -> set[bytes]:
    """Return the digests of all prompts that the subject's evaluations ask."""
    asked: set[bytes] = set()
    for run in subject.evaluations:
        with evidence.open(run.answers.digest) as stream:
            for _, row in json_rows(stream, run.answers.name):
                if isinstance(row.get("prompt"), str):
                    asked.add(prompt_digest(row["prompt"]))
    for dataset in subject.datasets:
        if not _learned(dataset):
            for _, _, prompts in _lines(dataset, evidence):
                asked.update(prompts if isinstance(prompts, tuple) else ())
    return asked


def _lines(
    dataset: Dataset, evidence: EvidenceReader
) -> Iterator[tuple[str, bytes, tuple[bytes, ...] | str]]:
    """Yield each row's place, bytes, and its prompts' digests or why it can't be read."""
    for file in dataset.files:
        with evidence.open(file.digest) as stream:
            for number, line in numbered_lines(stream, file.name):
                place = f"{file.name} line {number}"
                try:
                    prompts = user_prompts(json_object(line))
                except ValueError as fault:
                    yield place, line, str(fault)
                else:
                    yield place, line, tuple(prompt_digest(text) for text in prompts)


def _count(dataset: Dataset, evidence: EvidenceReader, asked: set[bytes]) -> _Tally:
    learned = _learned(dataset)
    tally = _Tally(dataset.name, learned, sum(file.bytes for file in dataset.files))
    for place, line, prompts in _lines(dataset, evidence):
        tally.rows += 1
        known = len(tally.seen)
        tally.seen.add(hashlib.sha256(line).digest()[:16])
        tally.duplicate_rows += len(tally.seen) == known
        if isinstance(prompts, str):
            tally.unreadable_rows += 1
            tally.note(place, prompts)
        elif learned and not asked.isdisjoint(prompts):
            tally.overlap_rows += 1
            tally.note(place, "its prompt is asked in the evaluation")
    return tally


def _measurements(subject: Subject, tallies: list[_Tally], *, asked: bool) -> Iterator[Measurement]:
    """Yield the totals, then the figures of each dataset."""
    tests = [run.answers.digest for run in subject.evaluations]
    tests += [f.digest for d in subject.datasets if not _learned(d) for f in d.files]
    files = {d.name: [f.digest for f in d.files] for d in subject.datasets}
    learned_from = [digest for own in files.values() for digest in own]
    every = figures.Grounds(tuple(dict.fromkeys([*learned_from, *tests])))
    unknown = "" if asked else "no evaluation prompt is recorded to compare with"
    for name in ("unreadable_rows", "duplicate_rows"):
        yield _figure(name, tallies, every, {})
    missing = unknown or _missing(subject)
    yield _figure("overlap_rows", tallies, every, {}, "" if _overlap(tallies) else missing)
    for tally in tallies:
        own = figures.Grounds(tuple(files[tally.name]))
        where: figures.Slice = {"dataset": tally.name}
        for name in ("rows", "bytes", "unreadable_rows", "duplicate_rows"):
            yield _figure(name, [tally], own, where)
        if tally.learned:
            both = figures.Grounds(tuple(dict.fromkeys([*files[tally.name], *tests])))
            yield _figure("overlap_rows", [tally], both, where, unknown)


def _missing(subject: Subject) -> str:
    """Return which training data a job names that is not recorded, or nothing."""
    if subject.job and "train" not in subject.job.datasets:
        return f"the job {subject.job.name} names no training dataset"
    known = {dataset.name for dataset in subject.datasets}
    jobs = (*((subject.job,) if subject.job else ()), *subject.earlier_jobs)
    lost = sorted({name for job in jobs for name in job.datasets.values()} - known)
    return f"training data is not recorded: {', '.join(lost)}" if lost else ""


def _overlap(tallies: Iterable[_Tally]) -> int:
    return sum(tally.overlap_rows for tally in tallies)


def _figure(
    name: str,
    tallies: Iterable[_Tally],
    grounds: figures.Grounds,
    where: figures.Slice,
    unknown: str = "",
) -> Measurement:
    """Return a count over datasets, or, where it is unknown, the reason."""
    unit = "byte" if name == "bytes" else "row"
    about = figures.About(f"dataset_quality.{name}", grounds, _METHODS[name], where, unit)
    if unknown:
        return figures.absent(about, unknown)
    field_of = "size" if name == "bytes" else name
    total = sum(getattr(tally, field_of) for tally in tallies)
    return figures.counted_exactly(about, total, sum(tally.rows for tally in tallies))


def _judged(tallies: list[_Tally], unknown: str) -> tuple[Outcome, str]:
    """Return the outcome and the sentence that says it with its figures."""
    rows = sum(tally.rows for tally in tallies)
    unreadable = sum(tally.unreadable_rows for tally in tallies)
    overlap = _overlap(tallies)
    learned = sum(tally.rows for tally in tallies if tally.learned)
    counts = f"{rows} rows in {len(tallies)} datasets were read"
    places = [place for tally in tallies for place in tally.places][:_NAMED]
    if unreadable or overlap:
        return "fail", (
            f"{counts}: {unreadable} cannot be used and {overlap} of {learned} training rows ask "
            f"what the evaluation asks (first: {'; '.join(places)})."
        )
    if empty := [tally.name for tally in tallies if not tally.rows]:
        return "fail", f"{counts}, but none at all in: {', '.join(empty)}."
    if unknown:
        return "inconclusive", (
            f"{counts} and all can be used, but their overlap with the evaluation is unknown: "
            f"{unknown}."
        )
    return "pass", (
        f"{counts}: all can be used, and none of {learned} training rows asks what the "
        "evaluation asks."
    )


ANALYZER: Analyzer = DatasetQuality()
