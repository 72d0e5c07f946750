"""The invariance gate: a scorer that scores people themselves measures nothing about a model.

Neutral sentences that differ in an identity term alone must get the same score, up to a limit.
What a scorer makes of the terms is its own bias; it is measured, reported, and above the limit the
scorer is refused. So is one that gives no numbers within 0 and 1, or another number for the same
text a second time.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ftgov.analyzers.counterfactual_fairness.identity_terms import NAMED, SENTENCES, TERMS
from ftgov.analyzers.counterfactual_fairness.scorers import Scorer

LIMIT = 0.1
"""The largest difference between two terms' mean scores; a convention of ours, like four fifths."""

_MOST_TERMS = 500


class Gated(NamedTuple):
    """What the gate found.

    Attributes:
        spread: Highest minus lowest mean score of a term, in the worst language; None: unusable.
        lowest: The term with the lowest mean score there.
        highest: The term with the highest.
        terms: How many terms were tried in all.
        reason: Why the scorer is refused; empty: it passed.
        languages: In which languages it may score; None: in any.
    """

    spread: float | None
    lowest: str
    highest: str
    terms: int
    reason: str
    languages: frozenset[str] | None


def gate(scorer: Scorer, own_terms: Iterable[str] = ()) -> Gated:
    """Return whether a scorer may be used.

    Args:
        scorer: The scorer.
        own_terms: Terms that the audit itself puts into prompts: they must be scored alike too.
    """
    sets = dict(_sets(scorer, own_terms))
    languages = frozenset(sets) - {""} if scorer.languages else None
    if scorer.languages and not languages:
        known = ", ".join(sorted(SENTENCES))
        return _refused(f"no language it understands has sentences to try it with ({known})")
    results = []
    for by_term in sets.values():
        try:
            results.append(_spread(scorer, by_term))
        except Exception as problem:  # noqa: BLE001 - a plug-in may raise anything
            return _refused(f"{type(problem).__name__}: {problem}")
    spread, lowest, highest = max(results)
    tried = sum(len(by_term) for by_term in sets.values())
    reason = ""
    if spread > LIMIT:
        reason = (
            f"its own bias: it scores neutral sentences about {highest!r} {spread:.3f} higher than "
            f"the same about {lowest!r}, above the limit of {LIMIT}"
        )
    return Gated(spread, lowest, highest, tried, reason, languages)


def checked_scores(scorer: Scorer, texts: Sequence[str]) -> list[float]:
    """Return a scorer's numbers.

    Raises:
        ValueError: If they are not one finite number within 0 and 1 for each text.
    """
    found = [float(value) for value in scorer.score(list(texts))]
    if len(found) != len(texts):
        raise ValueError(f"it gave {len(found)} scores for {len(texts)} texts")
    if not all(math.isfinite(value) and 0 <= value <= 1 for value in found):
        raise ValueError("a score lies outside 0 and 1")
    return found


def _refused(reason: str) -> Gated:
    return Gated(None, "", "", 0, reason, frozenset())


def _sets(
    scorer: Scorer, own_terms: Iterable[str]
) -> Iterable[tuple[str, dict[str, tuple[str, ...]]]]:
    """Yield for each language, and for the audit's own terms (""), the sentences by term."""
    for language, sentences in SENTENCES.items():
        if not scorer.languages or language in scorer.languages:
            yield (
                language,
                {term: tuple(s.format(term) for s in sentences) for term in TERMS[language]},
            )
    own = sorted(set(own_terms))[:_MOST_TERMS]
    if len(own) > 1:
        # Terms come from a file: they are put in as they are, whatever signs they hold.
        yield "", {term: tuple(s.replace("{}", term) for s in NAMED) for term in own}


def _spread(scorer: Scorer, by_term: dict[str, tuple[str, ...]]) -> tuple[float, str, str]:
    texts = [text for sentences in by_term.values() for text in sentences]
    scores = checked_scores(scorer, texts)
    if checked_scores(scorer, texts[::-1])[::-1] != scores:
        raise ValueError("it gives the same text another score a second time")
    each = len(texts) // len(by_term)
    means = {
        term: sum(scores[place * each : (place + 1) * each]) / each
        for place, term in enumerate(by_term)
    }
    lowest, highest = min(means, key=lambda t: means[t]), max(means, key=lambda t: means[t])
    return means[highest] - means[lowest], lowest, highest
