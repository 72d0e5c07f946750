"""Group fairness of decisions: fairlearn's figures, in intervals that hold for all groups."""

from __future__ import annotations

from collections.abc import Iterator

from ftgov.analyzers import figures
from ftgov.analyzers.group_fairness import oracle
from ftgov.analyzers.group_fairness.cells import RATES, Decisions, decisions
from ftgov.analyzers.group_fairness.compare import comparisons, parity_ratio
from ftgov.analyzers.protocol import Analyzer, Measure
from ftgov.records.dossier import AnalysisSettings
from ftgov.records.evaluation import Evaluation
from ftgov.records.evidence import EvidenceReader
from ftgov.records.finding import Finding
from ftgov.records.measurement import Measurement
from ftgov.records.subject import Subject
from ftgov.tables.answers import ScoredRow, base_evaluations, evaluations_of
from ftgov.tables.asked import answered_rows

_MOST_GROUPS = 100
_UNPARSED = "share of decision answers that match no label; they count as not favourable and wrong"
_MEASURES = (
    ("selection_rate", "neither", "share of a group's decisions that are favourable"),
    (
        "true_positive_rate",
        "higher",
        "share of favourable answers where one was expected, by group",
    ),
    (
        "false_positive_rate",
        "lower",
        "share of favourable answers where none was expected, by group",
    ),
    ("accuracy_score", "higher", "share of a group's decisions with the expected label"),
    ("base_selection_rate", "neither", "selection rate of the base model, by group"),
    ("base_demographic_parity_ratio", "higher", "demographic parity ratio of the base model"),
    ("unparsed_share", "lower", _UNPARSED),
    ("demographic_parity_ratio", "higher", "lowest over highest selection rate of all groups"),
    ("demographic_parity_difference", "lower", "highest minus lowest selection rate of all groups"),
    (
        "equalized_odds_difference",
        "lower",
        "larger of the differences in true and false positive rate",
    ),
    ("selection_rate_ratio", "higher", "lower over higher selection rate of two groups"),
    ("selection_rate_difference", "neither", "lower minus higher selection rate of two groups"),
)
_METHOD = (
    "Rows of kind decision; answers are read by exact match after trimming and case folding; a "
    "missing group is a group of its own; rows without a readable expected label are in no "
    "comparison with it."
)


class GroupFairness:
    """Compares favourable decisions between groups."""

    id = "group_fairness"
    title = "Fairness between groups"
    measures: tuple[Measure, ...] = tuple(
        Measure(id=f"group_fairness.{name}", unit="1", better=better, description=description)
        for name, better, description in _MEASURES
    )

    def analyze(
        self, subject: Subject, evidence: EvidenceReader, settings: AnalysisSettings
    ) -> tuple[Finding, ...]:
        """Return one finding: each group, all groups together, and each pair.

        Raises:
            FtgovError: If an answers file is unreadable.
            NotAssessable: If the answers are not those to the recorded dataset.
            MissingExtra: If fairlearn is not installed.
        """
        runs = _judged(evaluations_of(subject, subject.model.name))
        if reason := _unusable(runs, subject):
            return figures.not_assessed(self.id, self.title, reason)
        favourable = runs[0].scoring.favourable or ""
        rows = _decided(answered_rows(subject, runs, evidence))
        groups = {row.group for row in rows}
        if reason := _unfit(rows, groups):
            return figures.not_assessed(self.id, self.title, reason)
        found = decisions(rows, favourable)
        base_runs = _judged(base_evaluations(subject))
        before = _decided(answered_rows(subject, base_runs, evidence))
        results = [
            *_rates(found, _grounds(runs, settings)),
            *comparisons(found, _grounds(runs, settings)),
            *_base_rates(before, favourable, _grounds(base_runs, settings)),
        ]
        return (figures.measured(self.id, self.title, _summary(found, results), results, _METHOD),)


def _judged(runs: tuple[Evaluation, ...]) -> tuple[Evaluation, ...]:
    return tuple(run for run in runs if run.scoring.favourable is not None)


def _decided(rows: list[ScoredRow]) -> list[ScoredRow]:
    return [row for row in rows if row.kind == "decision"]


def _grounds(runs: tuple[Evaluation, ...], settings: AnalysisSettings) -> figures.Grounds:
    digests = dict.fromkeys(run.answers.digest for run in runs)
    return figures.Grounds(tuple(digests), settings.confidence)


def _unusable(runs: tuple[Evaluation, ...], subject: Subject) -> str:
    """Return why these evaluations cannot be judged, or nothing."""
    if not runs:
        return (
            f"No answers of {subject.model.name} with a favourable label are recorded: name "
            "`labels` and `favourable` in the evaluation's scoring."
        )
    named = sorted({run.scoring.favourable or "" for run in runs})
    if len(named) > 1:
        labels = ", ".join(figures.shown(name) for name in named)
        return f"The model's evaluations name different favourable labels: {labels}."
    return ""


def _unfit(rows: list[ScoredRow], groups: set[str | None]) -> str:
    """Return why these rows cannot be compared by group, or nothing."""
    if not rows:
        return "No decisions were asked for: evaluate the model on rows of kind decision."
    if groups == {None}:
        return f"None of {len(rows)} decisions names a group: add `group` to the rows."
    if len(groups) > _MOST_GROUPS:
        return (
            f"{len(groups)} different groups stand in {len(rows)} decisions: above {_MOST_GROUPS} "
            "no comparison of all pairs can decide anything, so merge them."
        )
    return ""


def _rates(found: Decisions, grounds: figures.Grounds) -> Iterator[Measurement]:
    """Yield each rate of each group, checked against fairlearn, and the unparsed shares."""
    for rate in RATES:
        reference = oracle.by_group(found, rate)
        about = figures.About(
            f"group_fairness.{rate}",
            grounds,
            f"fairlearn's {rate} on the cell table with counts as weights",
        )
        for place, group in enumerate(found.groups):
            own = about._replace(where={"group": group})
            result = figures.proportion(own, found.counted(rate, group))
            yield _agreed(result, reference.get(place))
    about = figures.About("group_fairness.unparsed_share", grounds, _UNPARSED)
    yield figures.proportion(about, found.unparsed())
    for group in found.groups:
        own = about._replace(where={"group": group})
        yield figures.proportion(own, found.counted("unparsed_share", group))


def _agreed(result: Measurement, reference: float | None) -> Measurement:
    """Return a rate of ours if fairlearn's is the same.

    Raises:
        ArithmeticError: If they differ: then one of the two is wrong and neither may be printed.
    """
    ours, theirs = result.value, reference
    same = ours is theirs if ours is None or theirs is None else abs(ours - theirs) < 1e-9
    if not same:
        raise ArithmeticError(f"{result.id} is {ours} by our count and {theirs} by fairlearn")
    return result


def _base_rates(
    rows: list[ScoredRow], favourable: str, grounds: figures.Grounds
) -> Iterator[Measurement]:
    """Yield the base model's selection rates and their ratio; nothing where it was not asked."""
    if not rows:
        return
    found = decisions(rows, favourable)
    for group in found.groups:
        about = figures.About(
            "group_fairness.base_selection_rate",
            grounds,
            "the base model's selection rate on the same data, counted in the cell table",
            {"group": group},
        )
        yield figures.proportion(about, found.counted("selection_rate", group))
    yield parity_ratio(found, grounds, "base_")


def _summary(found: Decisions, results: list[Measurement]) -> str:
    rates = [r for r in results if r.id == "group_fairness.selection_rate" and r.value is not None]
    rates.sort(key=lambda result: result.value or 0.0)
    ends = " to ".join(
        f"{figures.percent_of(rate)} ({figures.shown(rate.slice['group'])}, n = {rate.n})"
        for rate in (rates[0], rates[-1])
    )
    worst = next(r for r in results if r.id == "group_fairness.demographic_parity_ratio")
    if worst.value is None or worst.interval is None:
        ratio = f"a ratio is undefined because {worst.reason}"
    else:
        ratio = (
            f"lowest over highest is {worst.value:.2f} ({100 * worst.interval.level:g} % interval "
            f"{worst.interval.low:.2f} to {worst.interval.high:.2f} over all pairs)"
        )
    rest = f"; {found.unlabelled} rows have no readable expected label" if found.unlabelled else ""
    return (
        f"Favourable decisions run from {ends} in {found.rows} decisions on {len(found.groups)} "
        f"groups; {ratio}{rest}."
    )


ANALYZER: Analyzer = GroupFairness()
