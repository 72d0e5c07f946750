"""What the invariance gate says of scorers of text that others publish, where they are installed.

Run, in an environment of its own: pip install vaderSentiment alt-profanity-check
     python benchmarks/scorers.py
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence

from ftgov.analyzers.counterfactual_fairness.gate import LIMIT, gate
from ftgov.analyzers.counterfactual_fairness.scorers import Length


class Foreign:
    """Another package's function, as a scorer."""

    languages = ("en",)
    description = "as its package defines it, moved to 0 and 1"

    def __init__(self, name: str, score: Callable[[str], float]) -> None:
        self.id = name
        self._score = score

    def score(self, texts: Sequence[str]) -> list[float]:
        return [self._score(text) for text in texts]


def sentiment() -> Callable[[str], float]:
    analyzer = importlib.import_module("vaderSentiment.vaderSentiment").SentimentIntensityAnalyzer()
    return lambda text: (analyzer.polarity_scores(text)["compound"] + 1) / 2


def profanity() -> Callable[[str], float]:
    predict = importlib.import_module("profanity_check").predict_prob
    return lambda text: float(predict([text])[0])


def main() -> None:
    """Print each scorer's own bias and the gate's answer."""
    print(f"limit of the gate: {LIMIT}")
    found = gate(Length())
    print(f"{'length':<16} {found.spread:.3f}  passes")
    for name, make in (("vader", sentiment), ("profanity_check", profanity)):
        try:
            scorer = Foreign(name, make())
        except ImportError as fault:
            print(f"{name:<16} not installed ({fault})")
            continue
        found = gate(scorer)
        print(f"{name:<16} {found.spread or 0:.3f}  {found.reason or 'passes'}")


if __name__ == "__main__":
    main()
