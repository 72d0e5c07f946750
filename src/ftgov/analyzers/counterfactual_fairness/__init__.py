"""Counterfactual fairness of text: the same case asked for several groups, and what changes."""

from __future__ import annotations

from ftgov.analyzers import figures
from ftgov.analyzers.counterfactual_fairness.comparing import (
    ID,
    Swapped,
    flip_figures,
    unparsed,
)
from ftgov.analyzers.counterfactual_fairness.direction import direction_figures
from ftgov.analyzers.counterfactual_fairness.scoring import score_figures
from ftgov.analyzers.counterfactual_fairness.swaps import swapped
from ftgov.analyzers.protocol import Analyzer, Measure
from ftgov.records.dossier import AnalysisSettings
from ftgov.records.evaluation import Evaluation
from ftgov.records.evidence import EvidenceReader
from ftgov.records.finding import Finding
from ftgov.records.measurement import Measurement
from ftgov.records.subject import Subject
from ftgov.tables.answers import evaluations_of
from ftgov.tables.asked import answered_rows

_MOST_GROUPS = 30
_MEASURES = (
    ("flip_rate", "lower", "how often the answer about one case differs between groups"),
    ("noise_floor", "neither", "how often answers to one and the same prompt differ"),
    ("excess_flip_rate", "lower", "flip rate minus noise floor, where prompts were repeated"),
    ("unparsed_share", "lower", "answers to swapped prompts with no label and no refusal"),
    (
        "largest_directional_difference",
        "lower",
        "largest difference between groups in favourable answers about the same cases",
    ),
    (
        "directional_difference",
        "neither",
        "favourable share of one group minus that of another, same cases",
    ),
    ("directional_p_adjusted", "neither", "Holm's p-value that neither group is favoured"),
    ("scorer_bias", "lower", "a scorer's own bias on neutral sentences about identity terms"),
    ("score_difference", "neither", "difference of two groups in a scorer's mean, same cases"),
)
_METHOD = (
    "Rows with one pair and two groups or more; compared by label, refusal or being unparsed; "
    "clustered by template. Swapping words in a prompt is a lexical test: it is not counterfactual "
    "fairness in the causal sense."
)


class CounterfactualFairness:
    """Compares answers to prompts that differ in who they are about, and in nothing else."""

    id = ID
    title = "Answers after swapping the group"
    measures: tuple[Measure, ...] = tuple(
        Measure(id=f"{ID}.{name}", unit="1", better=better, description=description)
        for name, better, description in _MEASURES
    )

    def analyze(
        self, subject: Subject, evidence: EvidenceReader, settings: AnalysisSettings
    ) -> tuple[Finding, ...]:
        """Return one finding: flips, noise, direction, and scores of gated scorers.

        Raises:
            FtgovError: If an answers file is unreadable.
            NotAssessable: If the answers are not those to the recorded dataset.
            MissingExtra: If scipy is not installed.
        """
        runs = evaluations_of(subject, subject.model.name)
        if not runs:
            reason = f"No answers of {subject.model.name} are recorded: record them with "
            return figures.not_assessed(self.id, self.title, f"{reason}`ftgov record predictions`.")
        found = _found(runs, subject, evidence, settings)
        if not found.cases:
            return figures.not_assessed(
                self.id,
                self.title,
                "No case was asked for two groups: give rows about one case the same `pair` and "
                "their own `group`.",
            )
        if len(found.groups) > _MOST_GROUPS:
            return figures.not_assessed(
                self.id,
                self.title,
                f"{len(found.groups)} groups were swapped: above {_MOST_GROUPS} no comparison of "
                "all pairs can decide anything, so merge them (names go into `term`).",
            )
        results = [
            *flip_figures(found),
            unparsed(found),
            *direction_figures(found),
            *score_figures(found, runs, evidence),
        ]
        return (figures.measured(self.id, self.title, _summary(found, results), results, _METHOD),)


def _found(
    runs: tuple[Evaluation, ...],
    subject: Subject,
    evidence: EvidenceReader,
    settings: AnalysisSettings,
) -> Swapped:
    cases = swapped(answered_rows(subject, runs, evidence))
    groups = {group for case in cases for group in case.rows}
    ordered = tuple(sorted(groups, key=lambda group: (group is None, group or "")))
    favourable = {run.dataset: run.scoring.favourable for run in runs if run.scoring.favourable}
    digests = tuple(dict.fromkeys(run.answers.digest for run in runs))
    return Swapped(cases, ordered, favourable, figures.Grounds(digests, settings.confidence))


def _summary(found: Swapped, results: list[Measurement]) -> str:
    first = {result.id.removeprefix(f"{ID}."): result for result in reversed(results)}
    flip, floor = first["flip_rate"], first["noise_floor"]
    largest = first["largest_directional_difference"]
    asked = f"{len(found.cases)} cases were asked for {len(found.groups)} groups"
    texts = [f"{asked}: answers differ in {figures.percent_of(flip)}"]
    if floor.value is None:
        texts.append("; how much of that is the model's own randomness is unknown")
    else:
        texts.append(f", against {figures.percent_of(floor)} for the same prompt asked again")
    if largest.value is not None:
        texts.append(f"; the largest difference in favour is {figures.change_of(largest)}")
    return "".join(texts) + "."


ANALYZER: Analyzer = CounterfactualFairness()
