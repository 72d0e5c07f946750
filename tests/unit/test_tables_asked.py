"""Answers against the recorded dataset: other rows, fewer rows and other questions are told."""

from __future__ import annotations

from typing import Any

import pytest

from analyzer_support import Shelf, bare_subject, chat, evaluation, jsonl
from ftgov.errors import NotAssessable
from ftgov.records.dataset import Dataset
from ftgov.records.subject import Subject
from ftgov.tables.answers import evaluations_of
from ftgov.tables.asked import answered_rows

ASKED: list[dict[str, Any]] = [
    {"id": str(number), "prompt": f"Q{number}", "expected": "Yes."} for number in range(3)
]
ANSWERED = [row | {"answer": "Yes."} for row in ASKED]


def read(asked: bytes, answered: list[dict[str, Any]], dataset: str = "held-out") -> int:
    shelf = Shelf()
    file = shelf.add("heldout.jsonl", asked)
    subject: Subject = bare_subject().model_copy(
        update={
            "datasets": (Dataset(name=dataset, role="evaluation", files=(file,)),),
            "evaluations": (evaluation(shelf, "tuned", jsonl(answered)),),
        }
    )
    return len(answered_rows(subject, evaluations_of(subject, "tuned"), shelf))


def test_answers_to_all_rows_of_the_dataset_are_read_in_any_order() -> None:
    assert read(jsonl(ASKED, zipped=True), ANSWERED[::-1]) == 3
    loose = [{"id": row["id"], "prompt": row["prompt"]} for row in ASKED]
    assert read(jsonl(loose), ANSWERED) == 3


def test_a_dataset_without_ids_and_one_that_is_not_recorded_are_not_compared() -> None:
    assert read(jsonl([chat("another question")]), ANSWERED) == 3
    assert read(jsonl([{"prompt": "another question"}]), ANSWERED) == 3
    assert read(jsonl(ASKED), ANSWERED[:1], dataset="other") == 1


@pytest.mark.parametrize(
    ("answered", "words"),
    [
        (ANSWERED[:1], r"1 of 3 rows; 2 ids are missing \(first: '1'\)"),
        ([*ANSWERED, {"id": "9", "prompt": "Q9"}], r"line 4: the id '9' is not among"),
        ([*ANSWERED, {"prompt": "Q9"}], r"line 4: the id None is not among"),
        ([*ANSWERED, ANSWERED[0]], r"line 4: the id '0' was answered before"),
        ([ANSWERED[0] | {"prompt": "easier"}, *ANSWERED[1:]], r"line 1: the prompt of '0'"),
        ([ANSWERED[0] | {"expected": "No."}, *ANSWERED[1:]], r"line 1: what '0' expects"),
    ],
)
def test_answers_that_contradict_the_dataset_are_not_assessable(
    answered: list[dict[str, Any]], words: str
) -> None:
    with pytest.raises(NotAssessable, match=words) as caught:
        read(jsonl(ASKED), answered)
    assert "tuned.jsonl" in caught.value.what
    assert caught.value.next_step


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (jsonl(ASKED) + b"{oops\n", r"heldout\.jsonl, line 4, cannot be read"),
        (jsonl([*ASKED, ASKED[0]]), r"heldout\.jsonl, line 4: the id '0' stands twice"),
    ],
)
def test_a_dataset_that_cannot_be_compared_with_is_named(asked: bytes, words: str) -> None:
    with pytest.raises(NotAssessable, match=words):
        read(asked, ANSWERED)
