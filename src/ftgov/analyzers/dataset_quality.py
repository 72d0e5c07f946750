"""Datasets: rows that cannot be used, rows given twice, test questions among training rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

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
from ftgov.tables.lines import json_rows
from ftgov.tables.row_tally import RowTally, read_rows

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


class _Counted(NamedTuple):
    """What was counted in one dataset."""

    name: str
    learned: bool
    size: int
    tally: RowTally


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
        counted = [_count(dataset, evidence, asked) for dataset in subject.datasets]
        return (self._finding(subject, counted, asked=bool(asked)),)

    def _finding(self, subject: Subject, counted: list[_Counted], *, asked: bool) -> Finding:
        measurements = tuple(_measurements(subject, counted, asked=asked))
        total_overlap = measurements[2]
        outcome, summary = _judged(counted, total_overlap.reason or "")
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
            for file in dataset.files:
                with evidence.open(file.digest) as stream:
                    for read in read_rows(stream, file.name, user_prompts):
                        asked.update(read.prompts)
    return asked


def _count(dataset: Dataset, evidence: EvidenceReader, asked: set[bytes]) -> _Counted:
    learned = _learned(dataset)
    tally = RowTally(user_prompts, asked if learned else frozenset())
    for file in dataset.files:
        with evidence.open(file.digest) as stream:
            tally.add(stream, file.name)
    return _Counted(dataset.name, learned, sum(file.bytes for file in dataset.files), tally)


def _measurements(
    subject: Subject, counted: list[_Counted], *, asked: bool
) -> Iterator[Measurement]:
    """Yield the totals, then the figures of each dataset."""
    tests = [run.answers.digest for run in subject.evaluations]
    tests += [f.digest for d in subject.datasets if not _learned(d) for f in d.files]
    files = {d.name: [f.digest for f in d.files] for d in subject.datasets}
    learned_from = [digest for own in files.values() for digest in own]
    every = figures.Grounds(tuple(dict.fromkeys([*learned_from, *tests])))
    unknown = "" if asked else "no evaluation prompt is recorded to compare with"
    for name in ("unreadable_rows", "duplicate_rows"):
        yield _figure(name, counted, every, {})
    missing = unknown or _missing(subject)
    yield _figure("overlap_rows", counted, every, {}, "" if _overlap(counted) else missing)
    for one in counted:
        own = figures.Grounds(tuple(files[one.name]))
        where: figures.Slice = {"dataset": one.name}
        for name in ("rows", "bytes", "unreadable_rows", "duplicate_rows"):
            yield _figure(name, [one], own, where)
        if one.learned:
            both = figures.Grounds(tuple(dict.fromkeys([*files[one.name], *tests])))
            yield _figure("overlap_rows", [one], both, where, unknown)


def _missing(subject: Subject) -> str:
    """Return which training data a job names that is not recorded, or nothing."""
    if subject.job and "train" not in subject.job.datasets:
        return f"the job {subject.job.name} names no training dataset"
    known = {dataset.name for dataset in subject.datasets}
    jobs = (*((subject.job,) if subject.job else ()), *subject.earlier_jobs)
    lost = sorted({name for job in jobs for name in job.datasets.values()} - known)
    return f"training data is not recorded: {', '.join(lost)}" if lost else ""


def _overlap(counted: Iterable[_Counted]) -> int:
    return sum(one.tally.overlap_rows for one in counted)


def _figure(
    name: str,
    counted: Iterable[_Counted],
    grounds: figures.Grounds,
    where: figures.Slice,
    unknown: str = "",
) -> Measurement:
    """Return a count over datasets, or, where it is unknown, the reason."""
    unit = "byte" if name == "bytes" else "row"
    about = figures.About(f"dataset_quality.{name}", grounds, _METHODS[name], where, unit)
    if unknown:
        return figures.absent(about, unknown)
    each = [one.size if name == "bytes" else getattr(one.tally, name) for one in counted]
    return figures.counted_exactly(about, sum(each), sum(one.tally.rows for one in counted))


def _judged(counted: list[_Counted], unknown: str) -> tuple[Outcome, str]:
    """Return the outcome and the sentence that says it with its figures."""
    rows = sum(one.tally.rows for one in counted)
    unreadable = sum(one.tally.unreadable_rows for one in counted)
    overlap = _overlap(counted)
    learned = sum(one.tally.rows for one in counted if one.learned)
    counts = f"{rows} rows in {len(counted)} datasets were read"
    places = [place for one in counted for place in _places(one.tally)][:_NAMED]
    if unreadable or overlap:
        return "fail", (
            f"{counts}: {unreadable} cannot be used and {overlap} of {learned} training rows ask "
            f"what the evaluation asks (first: {'; '.join(places)})."
        )
    if empty := [one.name for one in counted if not one.tally.rows]:
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


def _places(tally: RowTally) -> list[str]:
    """Return the first rows of a dataset that fail it, by file and line."""
    faults = [*tally.places.get("unreadable", ()), *tally.places.get("overlap", ())]
    return [
        f"{figures.shown(f'{place.file} line {place.line}', _LONGEST_PLACE)}: {place.why}"
        for place in sorted(faults)[:_NAMED]
    ]


ANALYZER: Analyzer = DatasetQuality()
