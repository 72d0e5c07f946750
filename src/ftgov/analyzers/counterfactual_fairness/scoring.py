"""Scores of answers to swapped prompts, by scorers that passed the gate; of the others, why not."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from ftgov.analyzers import figures
from ftgov.analyzers.counterfactual_fairness.comparing import ID, Swapped
from ftgov.analyzers.counterfactual_fairness.gate import LIMIT, Gated, checked_scores, gate
from ftgov.analyzers.counterfactual_fairness.scorers import Scorer, discover
from ftgov.analyzers.counterfactual_fairness.swaps import Case, Group
from ftgov.records.evaluation import Evaluation
from ftgov.records.evidence import EvidenceReader
from ftgov.records.measurement import Measurement, exact
from ftgov.statistics.clustered import clustered_mean, spread_of
from ftgov.statistics.simultaneous import bonferroni, pair_count
from ftgov.tables.lines import json_rows

_BATCH = 256
_BIAS = (
    "highest minus lowest mean score of neutral sentences that differ in an identity term alone "
    f"(after Dixon et al. 2018); above {LIMIT} a scorer is refused"
)
_DIFFERENCE = (
    "mean score of the first group's answers minus that of the second's, averaged over the cases "
    "scored for both"
)
_MEAN = (
    "Student's interval over templates and terms, Bonferroni over {} pairs of groups, all hold at "
    "once"
)

_LONGEST = 500

_Place = tuple[str, int]


class _Judged:
    """A scorer, what the gate said, and the scores it gave; a fault while scoring is kept."""

    def __init__(self, scorer: Scorer, result: Gated) -> None:
        self.scorer = scorer
        self.result = result
        self.fault = result.reason
        self.scores: dict[_Place, float] = {}
        self._waiting: list[tuple[_Place, str]] = []

    def add(self, place: _Place, language: str | None, text: str) -> None:
        """Take an answer, if the scorer understands its language."""
        known = self.result.languages
        if self.fault or (known is not None and language not in known):
            return
        self._waiting.append((place, text))
        if len(self._waiting) >= _BATCH:
            self.finish()

    def finish(self) -> None:
        """Score what is waiting; after a fault the scorer has no scores at all."""
        try:
            found = checked_scores(self.scorer, [text for _, text in self._waiting])
        except Exception as problem:  # noqa: BLE001 - a plug-in may raise anything
            self.fault = f"{type(problem).__name__}: {problem}"
            self.scores = {}
        else:
            places = (place for place, _ in self._waiting)
            self.scores.update(zip(places, found, strict=True))
        self._waiting = []


def score_figures(
    found: Swapped, runs: tuple[Evaluation, ...], evidence: EvidenceReader
) -> Iterator[Measurement]:
    """Yield for each scorer its own bias, and the difference in score of each pair of groups.

    Raises:
        FtgovError: If an answers file cannot be read.
    """
    scorers, unusable = discover()
    rows = [row for case in found.cases for each in case.rows.values() for row in each]
    terms = {row.term for row in rows if row.term}
    judged = [_Judged(scorer, gate(scorer, terms)) for scorer in scorers]
    languages = {(row.dataset, row.line): row.language for row in rows}
    _score(judged, languages, runs, evidence)
    for one in judged:
        about = _about(found, "scorer_bias", _BIAS, one.scorer.id)
        if one.result.spread is None:
            yield figures.absent(about, f"the scorer is refused: {one.result.reason}"[:_LONGEST])
        else:
            bias = figures.tidy(one.result.spread)
            yield figures.figure(about, bias, exact(bias, "counted, not estimated"))
        yield from _differences(found, one)
    for name, fault in unusable:
        reason = f"the plug-in {name} cannot be used: {fault}"[:_LONGEST]
        for part, method in (("scorer_bias", _BIAS), ("score_difference", _DIFFERENCE)):
            yield figures.absent(_about(found, part, method, name), reason)


def _about(found: Swapped, part: str, method: str, scorer: str) -> figures.About:
    return figures.About(f"{ID}.{part}", found.grounds, method, {"scorer": scorer})


def _score(
    judged: list[_Judged],
    languages: dict[_Place, str | None],
    runs: tuple[Evaluation, ...],
    evidence: EvidenceReader,
) -> None:
    """Read the answers once more, streaming: no text is kept once it is scored."""
    for run in runs:
        with evidence.open(run.answers.digest) as stream:
            for line, row in json_rows(stream, run.answers.name):
                place, answer = (run.dataset, line), row.get("answer")
                if place in languages and isinstance(answer, str):
                    for one in judged:
                        one.add(place, languages[place], answer)
    for one in judged:
        one.finish()


def _differences(found: Swapped, judged: _Judged) -> Iterator[Measurement]:
    method = f"{_DIFFERENCE}; {judged.scorer.description}"
    about = _about(found, "score_difference", method, judged.scorer.id)
    if judged.fault:
        yield figures.absent(about, f"the scorer is refused: {judged.fault}"[:_LONGEST])
        return
    for pair in combinations(found.groups, 2):
        result = _difference(found, about, judged.scores, pair)
        yield result.model_copy(update={"between": tuple({"group": group} for group in pair)})


def _difference(
    found: Swapped,
    about: figures.About,
    scores: dict[_Place, float],
    pair: tuple[Group, Group],
) -> Measurement:
    cases = []
    for case in found.cases:
        lists = [_known(case, group, scores) for group in pair]
        if all(lists):
            cases.append((case, lists))
    if not cases:
        return figures.absent(about, "no case has answers of both groups that could be scored")
    sides = [
        [sum(score for _, score in lists[side]) / len(lists[side]) for _, lists in cases]
        for side in (0, 1)
    ]
    means = [sum(side) / len(side) for side in sides]
    influence, templates, terms = [], [], []
    for case, lists in cases:
        for side, sign in ((0, 1.0), (1, -1.0)):
            for term, score in lists[side]:
                weight = sign / (len(lists[side]) * len(cases))
                influence.append(weight * (score - means[side]))
                templates.append(case.template)
                terms.append((side, term))
    level, value = found.grounds.level, means[0] - means[1]
    pairs = pair_count(len(found.groups))
    spread = spread_of(influence, templates, terms)
    differing = zip(cases, *sides, strict=True)
    moved = len({case.template for (case, _), one, other in differing if one != other})
    low, high = clustered_mean(value, spread, bonferroni(level, pairs), moved=moved)
    ends = figures.interval(max(low, -1.0), min(high, 1.0), level, _MEAN.format(pairs))
    return figures.figure(about, value, ends, len(cases))


def _known(case: Case, group: Group, scores: dict[_Place, float]) -> list[tuple[str, float]]:
    """Return term and score of a group's answers about a case that were scored."""
    rows = case.rows.get(group, [])
    return [
        (row.term or f"{row.dataset} line {row.line}", scores[row.dataset, row.line])
        for row in rows
        if (row.dataset, row.line) in scores
    ]
