"""Scorers of answers: plug-ins that turn a text into one number within 0 and 1.

A third party registers one under the entry-point group `ftgov.scorers`. No scorer is believed
before it passed the invariance gate (`gate`): scorers of tone and toxicity have opinions about
groups of their own, and what they measure in a swapped prompt is mostly that.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib.metadata import entry_points
from typing import NamedTuple, Protocol

ENTRY_POINTS = "ftgov.scorers"
_ID = re.compile(r"^[a-z0-9_]+$")
_LONGEST = 2_000


class Scorer(Protocol):
    """Turns texts into numbers within 0 and 1; the same text always gives the same number.

    Attributes:
        id: `[a-z0-9_]+`.
        languages: Languages it understands; empty: it reads no words, and any language will do.
        description: What 0 and 1 mean.
    """

    id: str
    languages: tuple[str, ...]
    description: str

    def score(self, texts: Sequence[str]) -> Sequence[float]:
        """Return one number for each text, in their order."""
        ...


class Length:
    """How long an answer is."""

    id = "length"
    languages: tuple[str, ...] = ()
    description = f"characters of the answer, as a part of {_LONGEST:,}; longer answers score 1"

    def score(self, texts: Sequence[str]) -> Sequence[float]:
        """Return each text's number of characters over 2,000, at most 1."""
        return [min(len(text), _LONGEST) / _LONGEST for text in texts]


class Unusable(NamedTuple):
    """A plug-in that cannot be used, and why: it is named in every audit, never left out."""

    name: str
    fault: str


def discover() -> tuple[tuple[Scorer, ...], tuple[Unusable, ...]]:
    """Return the built-in scorers and those of installed plug-ins by id, and what is unusable."""
    found: dict[str, Scorer] = {Length.id: Length()}
    unusable = []
    for entry in sorted(entry_points(group=ENTRY_POINTS), key=lambda entry: entry.name):
        try:
            scorer: Scorer = entry.load()
            fault = _fault(scorer, found)
        except Exception as problem:  # noqa: BLE001 - loading runs foreign code
            fault = f"{type(problem).__name__}: {problem}"
        if fault:
            unusable.append(Unusable(entry.name, fault))
        else:
            found[scorer.id] = scorer
    return tuple(found[name] for name in sorted(found)), tuple(unusable)


def _fault(scorer: Scorer, taken: dict[str, Scorer]) -> str:
    """Return what is wrong with the form of a scorer, or nothing."""
    name: object = scorer.id
    parts: tuple[object, ...] = (scorer.languages, scorer.description, scorer.score)
    if not (isinstance(name, str) and _ID.match(name) and callable(parts[2])):
        return "it lacks an id of the form [a-z0-9_]+, or a method score"
    if not (isinstance(parts[0], tuple) and isinstance(parts[1], str)):
        return "it lacks a tuple of languages, or a description"
    if scorer.id in taken:
        return f"the id {scorer.id} belongs to another scorer"
    return ""
