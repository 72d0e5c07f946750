"""Base against tuned: how often each is right on the same questions, and the change."""

from __future__ import annotations

from collections.abc import Iterator

from ftgov.analyzers import figures
from ftgov.analyzers.protocol import Analyzer, Measure
from ftgov.records.dossier import AnalysisSettings
from ftgov.records.evidence import EvidenceReader
from ftgov.records.finding import Finding
from ftgov.records.measurement import Measurement
from ftgov.records.subject import Subject
from ftgov.statistics.paired import PairedCounts
from ftgov.tables.answers import base_evaluations, evaluations_of
from ftgov.tables.asked import answered_rows
from ftgov.tables.joined import AnsweredTwice, joined

_KINDS = ("decision", "support")
_LIMIT = -0.03
_JUDGED = (
    "share of decision and support rows answered as expected: the same label, or the same text "
    "after trimming, case and white-space folding; rows joined by dataset and id"
)


class BaseVsTuned:
    """Compares accuracy before and after the fine-tune on the rows that both models answered."""

    id = "base_vs_tuned"
    title = "Base against tuned model"
    measures: tuple[Measure, ...] = (
        Measure(
            id="base_vs_tuned.accuracy_base",
            unit="1",
            better="higher",
            description="share of the shared questions that the base model answers as expected",
        ),
        Measure(
            id="base_vs_tuned.accuracy_tuned",
            unit="1",
            better="higher",
            description="share of the shared questions that the tuned model answers as expected",
        ),
        Measure(
            id="base_vs_tuned.accuracy_change",
            unit="1",
            better="higher",
            description="tuned minus base accuracy on the same questions; n_needed is the number "
            f"of cases for a verdict on the reference limit {_LIMIT}",
        ),
    )

    def analyze(
        self, subject: Subject, evidence: EvidenceReader, settings: AnalysisSettings
    ) -> tuple[Finding, ...]:
        """Return one finding, overall and by kind and language.

        Raises:
            FtgovError: If an answers file is unreadable, or one id asks two different questions.
            NotAssessable: If the two files, or a file and its dataset, are not of the same rows.
        """
        tuned = evaluations_of(subject, subject.model.name)
        base = base_evaluations(subject)
        if not (tuned and base):
            reason = _missing(subject, has_tuned=bool(tuned))
            return figures.not_assessed(self.id, self.title, reason)
        pairs = joined(
            answered_rows(subject, base, evidence), answered_rows(subject, tuned, evidence)
        )
        pairs = [
            pair
            for pair in pairs
            if pair.tuned.kind in _KINDS and None not in {pair.base.correct, pair.tuned.correct}
        ]
        if not pairs:
            return figures.not_assessed(
                self.id,
                self.title,
                "No decision or support row with an expected answer was answered by both models "
                "under the same id.",
            )
        digests = tuple(dict.fromkeys(run.answers.digest for run in (*base, *tuned)))
        grounds = figures.Grounds(digests, settings.confidence)
        results = [m for where, part in _parts(pairs) for m in _accuracies(part, grounds, where)]
        return (
            figures.measured(self.id, self.title, _summary(results[:3], pairs), results, _JUDGED),
        )


def _missing(subject: Subject, *, has_tuned: bool) -> str:
    name = subject.base.name if subject.base and has_tuned else subject.model.name
    if has_tuned and subject.base is None:
        return "The model's base is not recorded, so there is nothing to compare with."
    return f"No answers of {name} are recorded: record them with `ftgov record predictions`."


def _parts(pairs: list[AnsweredTwice]) -> Iterator[tuple[figures.Slice, list[AnsweredTwice]]]:
    """Yield all rows, then the rows of each kind and of each language."""
    yield {}, pairs
    for key in ("kind", "language"):
        values = {getattr(pair.tuned, key) for pair in pairs}
        for value in sorted(values, key=lambda value: (value is None, value or "")):
            yield {key: value}, [pair for pair in pairs if getattr(pair.tuned, key) == value]


def _accuracies(
    pairs: list[AnsweredTwice], grounds: figures.Grounds, where: figures.Slice
) -> Iterator[Measurement]:
    """Yield base accuracy, tuned accuracy and the change."""
    of = figures.clustered_rows(pair.tuned for pair in pairs)
    right = [(bool(pair.tuned.correct), bool(pair.base.correct)) for pair in pairs]
    for name, place in (("accuracy_base", 1), ("accuracy_tuned", 0)):
        counted = figures.Counted(sum(row[place] for row in right), of)
        about = figures.About(f"base_vs_tuned.{name}", grounds, _JUDGED, where)
        yield figures.proportion(about, counted)
    counts = PairedCounts(*(right.count(cell) for cell in figures.CELLS))
    about = figures.About("base_vs_tuned.accuracy_change", grounds, _JUDGED, where)
    yield figures.paired_change(about, counts, of, _LIMIT)


def _summary(overall: list[Measurement], pairs: list[AnsweredTwice]) -> str:
    base, tuned, change = overall
    return (
        f"The tuned model answers {figures.percent_of(tuned)} of {len(pairs)} shared questions as "
        f"expected, the base {figures.percent_of(base)}: a change of {figures.change_of(change)}."
    )


ANALYZER: Analyzer = BaseVsTuned()
