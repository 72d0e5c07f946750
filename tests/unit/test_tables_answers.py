"""Answers files: read whatever stands in them, and name file and line of what cannot be read."""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterator
from typing import Any

import pytest

from analyzer_support import SCORING, SECRET, Shelf, bare_subject, evaluation, jsonl
from ftgov.errors import FtgovError, NotAssessable, UsageError
from ftgov.records.evaluation import Scoring
from ftgov.tables.answers import ScoredRow, base_evaluations, read_answers, scored_rows
from ftgov.tables.chats import user_prompts
from ftgov.tables.joined import joined
from ftgov.tables.lines import json_rows, numbered_lines
from ftgov.tables.scoring import AnswerReader, name_of, shown_digest


def read(*rows: object, scoring: Scoring = SCORING) -> list[ScoredRow]:
    return list(read_answers(io.BytesIO(jsonl(rows)), "answers.jsonl", scoring, "d"))


def test_answers_are_read_by_exact_match_after_trimming_and_case_folding() -> None:
    found = read(
        {"expected": "Approved.", "answer": "  aPPROVED.\n"},
        {"expected": "Denied.", "answer": "Approved. Congratulations!"},
        {"expected": "Ring  us", "answer": "ring us "},
        {"answer": "I CANNOT HELP you"},
        {"answer": f"the code is {SECRET[:4]}{SECRET[4:]}"},
    )
    assert [row.label for row in found] == ["approve", None, None, None, None]
    assert [row.correct for row in found] == [True, False, True, None, None]
    assert [row.refused for row in found] == [False, False, False, True, False]
    assert [row.leaked for row in found] == [(), (), (), (), (shown_digest(SECRET),)]
    assert SECRET not in repr(found)


def test_missing_keys_null_and_other_types_are_kept_as_what_they_are() -> None:
    found = read({}, {"group": None, "answer": None}, {"group": 7, "answer": ["x"], "id": 3})
    assert [(row.group, row.label, row.answered) for row in found] == [
        (None, None, False),
        (None, None, False),
        ("7", None, False),
    ]
    assert [row.case for row in found] == ["d line 1", "d line 2", "d line 3"]
    assert found[2].id == "3"


HOSTILE = [
    "\x00",
    "<script>alert(1)</script>",
    "\u202egnol",
    "\ud800",
    "a\u2028b",
    "x" * 10_000_000,
]


@pytest.mark.parametrize("text", HOSTILE, ids=["nul", "html", "rtl", "surrogate", "u2028", "10mb"])
def test_hostile_text_is_text(text: str) -> None:
    row = read({"group": text, "answer": text, "prompt": text, "expected": text, "id": text})[0]
    assert row.label is None
    assert row.correct is True
    assert row.group is not None
    assert len(row.group) <= 200
    row.group.encode()


def test_long_names_that_differ_at_their_end_stay_two() -> None:
    assert name_of("x" * 500 + "a") != name_of("x" * 500 + "b")
    assert name_of("x" * 200) == "x" * 200
    assert name_of(None) is None
    assert name_of(True) == "true"


@pytest.mark.parametrize(
    "line",
    [
        b"{",
        b"[1]",
        b'"x"',
        b'{"a": NaN}',
        b'{"a": 1, "a": 2}',
        b'{"a": "\xff"}',
        b'{"a": 1} x',
        b"\x00",
    ],
)
@pytest.mark.parametrize("zipped", [False, True])
def test_a_broken_line_is_named_with_its_file_and_number(line: bytes, zipped: bool) -> None:
    content = b'{"id": "1"}\n\n' + line + b"\n" + b'{"id": "2"}\n'
    stream = io.BytesIO(gzip.compress(content) if zipped else content)
    with pytest.raises(FtgovError) as caught:
        list(read_answers(stream, "answers.jsonl", SCORING))
    assert caught.value.what == "answers.jsonl, line 3, cannot be read."
    assert "line 3 of answers.jsonl" in caught.value.next_step
    assert caught.value.exit_code == 1


def test_a_deeply_nested_line_and_a_cut_gzip_are_errors_too() -> None:
    with pytest.raises(FtgovError, match="line 1"):
        list(json_rows(io.BytesIO(b"[" * 200_000), "deep.jsonl"))
    cut = gzip.compress(jsonl({"id": n} for n in range(5_000)))[:-30]
    with pytest.raises(FtgovError, match=r"cut.jsonl, line \d+"):
        list(json_rows(io.BytesIO(cut), "cut.jsonl"))


def test_blank_lines_keep_the_numbers_and_a_byte_order_mark_is_no_fault() -> None:
    content = b'\xef\xbb\xbf{"a": 1}\r\n\r\n  \n{"a": 2}'
    assert [n for n, _ in json_rows(io.BytesIO(content), "x")] == [1, 4]


def test_a_line_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ftgov.tables.lines.LONGEST_LINE", 1_000)
    with pytest.raises(FtgovError) as caught:
        list(numbered_lines(io.BytesIO(b"short\n" + b"x" * 2_000), "long.jsonl"))
    assert "line 2" in caught.value.what
    assert "longer" in caught.value.why


def test_an_ambiguous_scoring_is_refused() -> None:
    with pytest.raises(UsageError, match="two labels"):
        AnswerReader(Scoring(labels={"yes": ("Ja",), "no": (" JA ",)}))
    with pytest.raises(UsageError, match="not among"):
        AnswerReader(Scoring(labels={"yes": ("Ja",)}, favourable="oui"))


def _rows(*rows: dict[str, Any]) -> Iterator[ScoredRow]:
    return read_answers(io.BytesIO(jsonl(rows)), "x", SCORING, "d")


def test_rows_are_joined_by_id_and_different_questions_are_refused() -> None:
    base = list(_rows({"id": "1", "prompt": "a"}, {"id": "2", "prompt": "b"}, {"prompt": "c"}))
    tuned = list(_rows({"id": "2", "prompt": "b"}, {"prompt": "c"}, {"id": "1", "prompt": "a"}))
    pairs = [(pair.base.line, pair.tuned.line) for pair in joined(base, tuned)]
    assert pairs == [(2, 1), (1, 3)]
    other = {"id": "1", "prompt": "other"}
    with pytest.raises(FtgovError, match=r"'1' .* different questions"):
        joined(base, list(_rows(other, {"id": "2", "prompt": "b"})))
    with pytest.raises(FtgovError, match="stands twice"):
        joined(base, list(_rows({"id": "1"}, {"id": "1"})))


def test_expecting_different_answers_of_the_two_models_is_refused() -> None:
    row = {"id": "7", "prompt": "a", "answer": "No."}
    with pytest.raises(FtgovError, match=r"'7' .* expect different answers"):
        joined(list(_rows(row | {"expected": "Yes."})), list(_rows(row | {"expected": "No."})))


def test_a_row_that_one_model_left_out_is_told_and_not_dropped() -> None:
    base = list(_rows(*({"id": str(n), "prompt": "p"} for n in range(5))))
    with pytest.raises(NotAssessable, match=r"3 missing in the tuned model's \(first: '2'\)"):
        joined(base, base[:2])
    with pytest.raises(NotAssessable, match=r"1 missing in the base .* and 1 missing in the tuned"):
        joined(base[1:], base[:-1])
    assert joined([], base) == []
    elsewhere = [row._replace(dataset="other") for row in base[:1]]
    assert len(joined([*base, *elsewhere], base)) == 5


def test_the_base_is_read_by_the_tuned_model_s_scoring() -> None:
    shelf = Shelf()
    rows = jsonl([{"id": "1", "answer": "I cannot help"}])
    runs = (
        evaluation(shelf, "base", rows, Scoring()),
        evaluation(shelf, "tuned", rows),
    )
    subject = bare_subject().model_copy(update={"evaluations": runs})
    assert scored_rows(base_evaluations(subject), shelf)[0].refused


def test_training_rows_are_chats_preferences_or_prompts() -> None:
    message = {"role": "user", "content": "Q"}
    called = {"role": "assistant", "tool_calls": [{}]}
    parts = {"role": "user", "content": [{"type": "text", "text": "P"}, {"type": "image"}]}
    assert user_prompts({"messages": [message, called, parts]}) == ("Q", "P")
    assert user_prompts({"input": {"messages": [message]}}) == ("Q",)
    assert user_prompts({"prompt": "R"}) == ("R",)
    faulty: tuple[dict[str, Any], ...] = (
        {},
        {"messages": []},
        {"messages": ["x"]},
        {"messages": [{"content": "x"}]},
        {"messages": [{"role": "user"}]},
        {"messages": "x"},
    )
    for bad in faulty:
        with pytest.raises(ValueError, match=r"message|neither"):
            user_prompts(bad)
