"""Labels in chat answers: read only where no person could read them in two ways."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer_support import SCORING
from ftgov.errors import UsageError
from ftgov.records.canonical import canonical_bytes
from ftgov.records.evaluation import Scoring
from ftgov.tables.scoring import AnswerReader

LOAN = Scoring(
    labels={
        "approve": ("Approved", "approve", "yes", "Genehmigt"),
        "deny": ("Denied.", "deny", "no", "not approved", "Abgelehnt", "refusé"),
    },
    refusals=("I cannot help",),
    reading="chat",
)
CHOICE = Scoring(labels={letter: (letter,) for letter in "ABCD"}, reading="chat")


@pytest.mark.parametrize(
    ("answer", "label"),
    [
        ("Approved", "approve"),
        ("**Approved.**", "approve"),
        ("  APPROVED!\n", "approve"),
        ("The loan should be approved because income is stable.", "approve"),
        ("I reviewed the file.\n\nFinal answer: denied.", "deny"),
        ("They might be approved elsewhere.\n**Decision:** Deny", "deny"),
        ("Answer: yes\n...\nOn reflection.\nAnswer: no", "deny"),
        ("The application is not approved.", "deny"),
        ("The loan is not to be approved.", None),
        ("I wouldn't approve this.", None),
        ("Either approve or deny it.", None),
        ("Answer: approve or deny", None),
        ("Disapproved", None),
        ("It depends.", None),
        ("", None),
        ("Entscheidung: Genehmigt", "approve"),
        ("Die Antwort lautet: abgelehnt", "deny"),
        ("Décision : refusé", "deny"),
        ("Yes. Yes, approved!", "approve"),
        ("approved " * 4_000, None),
    ],
)
def test_loan_answers(answer: str, label: str | None) -> None:
    assert AnswerReader(LOAN).read(answer).label == label


@pytest.mark.parametrize(
    ("answer", "label"),
    [
        ("B", "B"),
        ("(b)", "B"),
        ("The answer is C.", "C"),
        ("So the final answer is: $\\boxed{D}$", "D"),
        ("A and C look alike.\nAnswer: A", "A"),
        ("A and C look alike.", None),
        ("Answer: E", None),
    ],
)
def test_choices(answer: str, label: str | None) -> None:
    assert AnswerReader(CHOICE).read(answer).label == label


def test_refusals_are_still_seen_and_expected_texts_read_alike() -> None:
    found = AnswerReader(LOAN).read("I cannot help with that.")
    assert (found.label, found.refused) == (None, True)
    assert AnswerReader(LOAN).label("Denied.") == "deny"
    assert AnswerReader(Scoring(reading="chat")).read("yes").label is None


def test_a_scoring_without_the_choice_keeps_its_bytes() -> None:
    assert b"reading" not in canonical_bytes(SCORING)
    assert b'"reading":"chat"' in canonical_bytes(LOAN)
    assert Scoring.model_validate_json(canonical_bytes(LOAN)) == LOAN
    assert Scoring.model_validate_json(canonical_bytes(SCORING)) == SCORING


@pytest.mark.parametrize("texts", [("Yes", "yes!"), ("...", "no")])
def test_texts_that_chat_cannot_tell_apart_are_refused(texts: tuple[str, str]) -> None:
    scoring = Scoring(labels={"one": texts[:1], "other": texts[1:]}, reading="chat")
    with pytest.raises(UsageError, match="cannot be told"):
        AnswerReader(scoring)
    assert AnswerReader(scoring.model_copy(update={"reading": "exact"})).label(texts[0]) == "one"


@given(st.text(max_size=200))
@settings(max_examples=150, deadline=None)
def test_any_text_has_one_label_or_none_and_an_exact_one_keeps_it(text: str) -> None:
    reader = AnswerReader(LOAN)
    assert reader.read(text).label in {"approve", "deny", None}
    assert reader.read(f"{text}\nFinal answer: approved").label in {"approve", None}
    exact = AnswerReader(LOAN.model_copy(update={"reading": "exact"})).read(text).label
    assert exact is None or reader.read(text).label == exact
