"""The invariance gate: a scorer with opinions about people is measured, named and refused."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from importlib.metadata import EntryPoint
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer_support import Shelf, bare_subject, evaluation, figure, jsonl, only
from ftgov.analyzers.counterfactual_fairness import ANALYZER, scorers
from ftgov.analyzers.counterfactual_fairness.gate import LIMIT, checked_scores, gate
from ftgov.analyzers.counterfactual_fairness.identity_terms import SENTENCES, TERMS
from ftgov.analyzers.counterfactual_fairness.scorers import Length
from ftgov.records.dossier import AnalysisSettings
from ftgov.records.finding import Finding


class Lexicon:
    """A scorer of tone by a list of words, as many are; words count wherever they stand."""

    id = "tone"
    languages: tuple[str, ...] = ("en",)
    description = "share of kind words among the words of a list"

    def __init__(self, **words: float) -> None:
        self.words = words

    def score(self, texts: Sequence[str]) -> Sequence[float]:
        """Return one half, moved by each listed word."""
        return [
            min(1.0, max(0.0, 0.5 + sum(self.words.get(w.strip(".,").lower(), 0.0) for w in t)))
            for t in (text.split() for text in texts)
        ]


FAIR = Lexicon(terrible=-0.4, wonderful=0.4)
BIASED = Lexicon(terrible=-0.4, wonderful=0.4, blind=-0.3, straight=0.1)


class Odd(Lexicon):
    """A scorer whose numbers a test chooses."""

    id = "odd"

    def __init__(self, score: Callable[[Sequence[str]], Any]) -> None:
        super().__init__()
        self._given = score

    def score(self, texts: Sequence[str]) -> Any:
        """Return what the test chose."""
        return self._given(texts)


def counting() -> Callable[[Sequence[str]], list[float]]:
    asked: list[int] = []

    def score(texts: Sequence[str]) -> list[float]:
        asked.append(0)
        return [0.01 * len(asked)] * len(texts)

    return score


def test_a_scorer_that_ignores_who_it_is_about_passes() -> None:
    found = gate(FAIR)
    assert (found.spread, found.reason) == (0.0, "")
    assert found.languages == frozenset({"en"})
    assert found.terms == len(TERMS["en"])


def test_a_scorer_with_opinions_about_people_is_refused_with_its_bias() -> None:
    found = gate(BIASED)
    assert found.spread == pytest.approx(0.4)
    assert (found.lowest, found.highest) == ("blind", "straight")
    assert "its own bias" in found.reason
    assert "0.400" in found.reason


def test_the_terms_of_the_audit_itself_are_tried_too() -> None:
    names = Lexicon(lakisha=-0.3)
    assert gate(names).reason == ""
    found = gate(names, ["Emily", "Lakisha", "{0.__class__}"])
    assert found.lowest == "Lakisha"
    assert found.spread == pytest.approx(0.3)
    assert found.reason


def test_length_reads_no_words_and_passes_in_all_languages() -> None:
    found = gate(Length(), ["Al", "Maximiliane-Alexandra"])
    assert found.languages is None
    assert found.spread is not None
    assert 0 < found.spread < LIMIT
    assert found.reason == ""
    assert Length().score(["", "x" * 100, "x" * 9_000]) == [0.0, 0.05, 1.0]


@pytest.mark.parametrize(
    ("score", "words"),
    [
        (lambda texts: [0.5] * (len(texts) - 1), "scores for"),
        (lambda texts: [math.nan] * len(texts), "outside 0 and 1"),
        (lambda texts: [1.5] * len(texts), "outside 0 and 1"),
        (lambda texts: ["high"] * len(texts), "ValueError"),
        (lambda texts: dict[str, float]()[""], "KeyError"),
        (counting(), "second time"),
    ],
)
def test_a_scorer_that_gives_no_numbers_is_refused(
    score: Callable[[Sequence[str]], Any], words: str
) -> None:
    found = gate(Odd(score))
    assert found.spread is None
    assert words in found.reason


def test_a_language_that_cannot_be_tried_is_not_scored() -> None:
    class Finnish(Lexicon):
        languages: tuple[str, ...] = ("fi",)

    assert "no language" in gate(Finnish()).reason


def test_every_sentence_takes_every_term() -> None:
    for language, sentences in SENTENCES.items():
        assert len(sentences) >= 2
        assert len(set(TERMS[language])) == len(TERMS[language]) > 10
        assert all(sentence.count("{}") == 1 for sentence in sentences)


@given(st.lists(st.text(max_size=30), max_size=20))
@settings(max_examples=40, deadline=None)
def test_scores_are_one_number_for_each_text(texts: list[str]) -> None:
    assert len(checked_scores(Length(), texts)) == len(texts)


def answered(*texts: tuple[str, str, str]) -> Finding:
    """Audit answers given as pair, group and text, all in English but those of group `fr`."""
    rows = [
        {
            "id": str(place),
            "kind": "story",
            "pair": pair,
            "group": group,
            "language": "fr" if group == "fr" else "en",
            "prompt": f"{pair} {group}",
            "expected": "",
            "answer": text,
        }
        for place, (pair, group, text) in enumerate(texts)
    ]
    shelf = Shelf()
    runs = (evaluation(shelf, "tuned", jsonl(rows)),)
    subject = bare_subject().model_copy(update={"evaluations": runs})
    return only(ANALYZER.analyze(subject, shelf, AnalysisSettings()))


def plug_in(monkeypatch: pytest.MonkeyPatch, **plugs: object) -> None:
    class Plug(EntryPoint):
        def load(self) -> object:
            if isinstance(plugs[self.name], Exception):
                raise plugs[self.name]  # type: ignore[misc]
            return plugs[self.name]

    entries = tuple(Plug(name=name, value="x:y", group=scorers.ENTRY_POINTS) for name in plugs)
    monkeypatch.setattr(scorers, "entry_points", lambda group: entries)


STORIES = [
    (f"p{n}", group, f"{'wonderful' if group == 'a' else 'terrible'} story {n}")
    for n in range(12)
    for group in ("a", "b")
]


def test_a_gated_scorer_measures_and_a_biased_one_only_its_own_bias(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plug_in(monkeypatch, tone=FAIR)
    found = answered(*STORIES)
    pair = ({"group": "a"}, {"group": "b"})
    tone = next(
        m for m in found.measurements if m.slice == {"scorer": "tone"} and m.between == pair
    )
    assert tone.value == pytest.approx(0.8)
    assert tone.interval is not None
    assert 0 < tone.interval.low < 0.8
    plug_in(monkeypatch, tone=BIASED)
    found = answered(*STORIES)
    assert figure(found, "scorer_bias", scorer="tone").value == pytest.approx(0.4)
    refused = figure(found, "score_difference", scorer="tone")
    assert refused.value is None
    assert "refused" in (refused.reason or "")


def test_answers_in_another_language_are_not_scored(monkeypatch: pytest.MonkeyPatch) -> None:
    plug_in(monkeypatch, tone=FAIR)
    found = answered(*[(p, "fr" if g == "b" else g, text) for p, g, text in STORIES])
    scored = [m for m in found.measurements if m.id.endswith("score_difference")]
    reasons = {m.slice["scorer"]: m.reason for m in scored}
    assert reasons == {
        "length": None,
        "tone": "no case has answers of both groups that could be scored",
    }


def test_plug_ins_that_cannot_be_used_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    class Nameless(Lexicon):
        id = "Has Spaces"

    class Listed(Lexicon):
        languages = ["en"]  # type: ignore[assignment]

    class Twice(Lexicon):
        id = "length"

    plug_in(monkeypatch, broken=ImportError("gone"), bad=Nameless(), listed=Listed(), taken=Twice())
    usable, unusable = scorers.discover()
    assert [one.id for one in usable] == ["length"]
    assert [one.name for one in unusable] == ["bad", "broken", "listed", "taken"]
    reasons = [figure(answered(*STORIES), "scorer_bias", scorer=one.name) for one in unusable]
    assert all(reason.value is None for reason in reasons)
    assert "ImportError: gone" in (reasons[1].reason or "")


def test_a_scorer_that_breaks_on_an_answer_has_no_scores(monkeypatch: pytest.MonkeyPatch) -> None:
    def score(texts: Sequence[str]) -> list[float]:
        if any("story" in text for text in texts):
            raise RuntimeError("out of memory")
        return [0.5] * len(texts)

    plug_in(monkeypatch, odd=Odd(score))
    found = answered(*STORIES)
    assert figure(found, "scorer_bias", scorer="odd").value == 0
    broken = figure(found, "score_difference", scorer="odd")
    assert "out of memory" in (broken.reason or "")
