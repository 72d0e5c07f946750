"""Answers files at the door: what the audit would refuse is refused here, with its line."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from ftgov.errors import FtgovError
from ftgov.intake.predictions import count_answers

ROW = {"id": "1", "kind": "support", "prompt": "p", "expected": "e", "answer": "a"}
FIRST = json.dumps(ROW).encode() + b"\n"
SECOND = json.dumps(ROW | {"id": "2"})[:-1]


@pytest.mark.parametrize(
    "more",
    [
        ', "score": NaN}',
        ', "score": Infinity}',
        ', "score": [-Infinity]}',
        ', "answer": "b"}',
        ', "extra": {"a": 1, "a": 2}}',
        "",
    ],
)
@pytest.mark.parametrize("name", ["answers.jsonl", "answers.jsonl.gz"])
def test_what_is_no_strict_json_is_refused_with_its_line(
    tmp_path: Path, more: str, name: str
) -> None:
    path = tmp_path / name
    content = FIRST + b"\n" + (SECOND + more).encode() + b"\n"
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    with pytest.raises(FtgovError, match="line 3") as caught:
        count_answers(path)
    assert "strict JSON" in caught.value.why


def test_a_byte_order_mark_and_extra_keys_are_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + FIRST + (SECOND + ', "score": 1.5}\n').encode())
    assert count_answers(path) == 2
