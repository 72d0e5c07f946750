"""The claim matrix: what ftgov prints about the law is tied to words of the article it names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from ftgov.law import reasons, scope
from ftgov.law.pack_records import Pack
from law_support import NEW, OLD, packs
from law_texts import passage

FOLDER = Path(__file__).parent / "law_claims"
_SMALL = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
WORDS = {word: str(number) for number, word in enumerate(_SMALL, start=1)}
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")


class Claim(NamedTuple):
    """One printable statement: where it comes from, its text and reference, and its needles."""

    name: str
    text: str
    reference: str
    needles: list[dict[str, str]]


def claims_of(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((FOLDER / f"{name}.yaml").read_text("utf-8"))
    return loaded


def statements(pack: Pack) -> Iterator[Claim]:
    """Every statement of a pack; a claim that is missing is a KeyError."""
    duties, facts, points = claims_of("duties"), claims_of("facts"), claims_of("points")
    which = "old" if pack.id == OLD else "new"
    for duty in pack.obligations:
        needles = duties.get(f"{duty.id}@{which}") or duties[duty.id]
        told = f"{duty.text} {duty.circumstance}"
        yield Claim(f"duty {duty.id}", told, duty.reference, needles)
    for question in pack.questions:
        needles = duties.get(f"{question.settles}@{which}") or duties[question.settles]
        told = f"{question.question} {question.why}"
        yield Claim(f"question {question.id}", told, question.reference, needles)
    for name, fact in pack.facts.items():
        told = f"{fact.question} {pack.fact_questions[name].why}"
        yield Claim(f"fact {name}", told, fact.reference, facts[name])
    for name, point in pack.art5_points.items():
        told = f"{point.text} {point.exception}"
        yield Claim(f"art5 {name}", told, f"Art. 5(1)({name})", points["art5"][name])
    for name, item in pack.annex3_items.items():
        told = f"{item.text} {item.exception}"
        yield Claim(f"annex3 {name}", told, "Annex III", points["annex3"][name])
    for name in type(pack.thresholds).model_fields:
        yield Claim(f"threshold {name}", "", "", points["thresholds"][name])


def reason_claims() -> Iterator[Claim]:
    points = claims_of("points")["reasons"]
    texts = {
        **{rule: (words, reference) for rule, (reference, words) in scope.EXCLUSIONS.items()},
        **{rule: (text, f"Art. {rule.split('-')[0]}") for rule, text in reasons._SHOWN.items()},
        **{rule: (text, f"Art. {rule}") for rule, text in reasons._CHAIN.items()},
        "derogation_6_3": (" ".join(reasons._DEROGATION.values()), "Art. 6(3)"),
    }
    for rule, (text, reference) in texts.items():
        yield Claim(f"reason {rule}", text, reference, points[rule])
    source = Path(reasons.__file__).read_text("utf-8")
    for rule, reference in re.findall(r'rule="(\w+)", reference="([^"]+)"', source):
        yield Claim(f"reason {rule}", "", reference, points[rule])


ALL = {f"{pack.id[17:]}: {claim.name}": claim for pack in packs() for claim in statements(pack)} | {
    claim.name: claim for claim in reason_claims()
}


def articles(reference: str) -> set[str]:
    """The articles and annexes that a reference names; guidelines name none."""
    law = re.sub(r"C\(\d{4}\) \d+[^;]*", "", reference)
    law = re.sub(r"\([^)]*\)|(?:sub)?paragraph|points?", " ", law)
    annexes = {f"ANNEX {roman}" for roman in re.findall(r"Annex ([IVX]+)", law)}
    law = re.sub(r"Annex [IVX]+(?: [A-C]\b)?(?:, section \d(?:, 2)?)?", " ", law)
    return annexes | {f"Article {number}" for number in re.findall(r"\b(\d+[a-c]?)\b", law)}


def numbers(text: str, words: dict[str, str] = WORDS) -> set[str]:
    """The figures of a text; millions in full, words as figures, powers of ten as written."""
    text = re.sub(r"\bArt(?:icle|s)?\.? ?[\d(][\w()., -]*", " ", text)
    text = re.sub(r"(\d+(?:\.\d+)?) million", lambda m: str(int(float(m[1]) * 1_000_000)), text)
    text = re.sub(r"\b(" + "|".join(words) + r")\b", lambda m: words[m[1]], text)
    return set(_NUMBER.findall(text))


@pytest.mark.parametrize("claim", ALL.values(), ids=ALL.keys())
def test_a_statement_is_tied_to_words_of_the_article_it_names(
    claim: Claim, shared_folder: Path
) -> None:
    assert claim.needles
    seen = set()
    for needle in claim.needles:
        if "guideline" in needle:
            assert needle["guideline"]
            continue
        name, at = needle.get("source", "act"), needle["at"]
        assert needle["words"] in passage(shared_folder, name, at), (at, needle["words"])
        seen.add(re.sub(r"^Art (\d+[a-c]?).*", r"Article \1", at))
    assert articles(claim.reference) <= seen or claim.name.startswith("fact annex1")


# "One" to "three" count nothing of the law in our words; six are the points of Art. 4a(1), four the
# conditions (a) to (d) of Art. 6(3).
SPOKEN = {word: number for word, number in WORDS.items() if int(number) > 3}
COUNTED = {"duty BIAS-1": {"6"}, "fact cond63": {"4"}}


@pytest.mark.parametrize("claim", ALL.values(), ids=ALL.keys())
def test_the_figures_of_a_statement_stand_in_its_needles(claim: Claim) -> None:
    told = "; ".join(needle.get("words", needle.get("guideline", "")) for needle in claim.needles)
    stated = numbers(claim.text, SPOKEN) - COUNTED.get(claim.name, set())
    assert not stated - numbers(told)


def test_no_claim_is_left_over() -> None:
    duties = {duty.id for pack in packs() for duty in pack.obligations}
    assert {key.split("@")[0] for key in claims_of("duties")} == duties
    assert set(claims_of("facts")) == set(packs()[1].facts)
    assert {pack.id for pack in packs()} == {OLD, NEW}
    assert len(ALL) >= 450
