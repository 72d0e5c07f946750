"""Questionnaires: open questions, an answers file with its faults, and the template."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftgov.dossier.assess import classify_subject
from ftgov.errors import UsageError
from ftgov.law.answer_template import answer_template
from ftgov.law.questionnaire import Asked, Given, open_questions, parse_answers
from ftgov.records.subject import Subject
from law_subjects import answer, subject, system
from law_support import packs

PACK = packs()[1]


def questions(about: Subject) -> dict[str, Asked]:
    found = classify_subject(about, PACK, date(2027, 12, 2))
    assert found.classification
    asked = open_questions(PACK, found.classification, found.duties, found.reopened)
    return {question.id: question for question in asked}


def parsed(text: str) -> tuple[str, tuple[Given, ...]]:
    return parse_answers(text, PACK, "answers.yaml")


def test_every_question_says_why_who_and_by_which_article() -> None:
    asked = questions(subject())
    assert {"art5", "rms-1", "fria-a"} <= set(asked) | {"fria-a"}
    for question in asked.values():
        assert question.why
        assert question.who
        assert question.reference


def test_an_answered_question_is_no_longer_open() -> None:
    assert "rms-4" in questions(subject())
    assert "rms-4" not in questions(subject(answer("rms-4", value=True)))


def test_a_changed_purpose_reopens_the_question_and_says_why() -> None:
    moved = subject(answer("rms-4", value=True), system=system("Ranks tenants."))
    asked = questions(moved)["rms-4"]
    assert asked.state == "re-opened"
    assert "intended purpose was changed" in asked.note


def test_a_missing_fact_is_asked_until_it_is_answered() -> None:
    assert "interacts" in questions(subject())
    assert "interacts" not in questions(subject(answer("interacts", value=False)))


def test_an_answers_file_in_both_forms() -> None:
    text = (
        "author: Jane Doe\nanswers:\n  rms-4: {value: yes, reason: looked at, evidence: [a.pdf]}\n"
        '  data-1: Short prompts.\n  "interacts": no\n  annex3_open: [4b]\n  keep-1:\n    value:\n'
        "  mod_flop: {value: {low: 1e17, mid: 2e17, high: 3e17}}\n"
    )
    author, given_ = parsed(text)
    assert author == "Jane Doe"
    assert given_ == (
        Given("rms-4", value=True, reason="looked at", evidence=("a.pdf",)),
        Given("data-1", "Short prompts."),
        Given("interacts", value=False),
        Given("annex3_open", ["4b"]),
        Given("mod_flop", {"low": "1e17", "mid": "2e17", "high": "3e17"}),
    )


FAULTS = [
    ("answers:\n  rms-44: yes\n", 2, "the nearest is 'rms-4'"),
    ("answers:\n  interats: yes\n", 2, "the nearest is 'interacts'"),
    ("answers:\n  rms-4: perhaps\n", 2, "neither yes nor no"),
    ("answers:\n  keep-1: soon\n", 2, "no date"),
    ("answers:\n  upstream: gpai_modle\n", 2, "the nearest is 'gpai_model'"),
    ("answers:\n  base_flop: .nan\n", 2, "no decimal number"),
    ("answers:\n  base_flop: .inf\n", 2, "no decimal number"),
    ("answers:\n  mod_override: {value: false}\n", 2, "needs a reason"),
    ("answers:\n  rms-4:\n    value: yes\n    reasons: x\n", 4, "value, reason or evidence"),
    ("answers: [rms-4]\n", 1, "must be a mapping"),
    ("answer:\n  rms-4: yes\n", 1, "'author' and 'answers'"),
    ("answers:\n  rms-4: yes\n  rms-4: no\n", 3, "stands twice"),
    ("answers:\n  5: yes\n", 2, "there is no question '5'"),
    ("answers:\n  rms-44:\n", 2, "there is no question"),
]


@pytest.mark.parametrize(("text", "line", "told"), FAULTS)
def test_a_fault_names_file_line_and_the_nearest_id(text: str, line: int, told: str) -> None:
    with pytest.raises(UsageError) as caught:
        parsed(text)
    assert f"answers.yaml, line {line}:" in caught.value.what
    assert told in caught.value.what


def test_the_template_is_an_answers_file_without_answers() -> None:
    asked = questions(subject())
    text = answer_template("desk", asked.values())
    assert parsed(text) == ("", ())
    for question in asked.values():
        assert f'"{question.id}":' in text
        assert question.reference in text


WORDS = st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), max_size=40)


@given(st.dictionaries(WORDS, WORDS, max_size=4))
@settings(max_examples=80, deadline=None)
def test_any_text_is_read_or_refused_with_a_line(entries: dict[str, str]) -> None:
    text = "answers:\n" + "".join(f"  {key}: {value}\n" for key, value in entries.items())
    known = {*PACK.facts, *(question.id for question in PACK.questions)}
    told = _told(text)
    assert told.startswith("answers.yaml, line ") or set(told.split()) <= known


def _told(text: str) -> str:
    """The ids of the questions that were answered, or the fault's sentence."""
    try:
        _, found = parsed(text)
    except UsageError as fault:
        return fault.what
    return " ".join(each.question for each in found)
