"""Text files that a person wrote: their content, or a fault that names file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from ftgov.errors import FtgovError, UsageError
from ftgov.intake.text_files import load_yaml, read_text


def test_text_keeps_its_line_ends_and_yaml_its_literals(tmp_path: Path) -> None:
    path = tmp_path / "facts.yaml"
    path.write_bytes(b"day: 2026-12-01\r\ncount: 3\r\n")
    assert read_text(path) == "day: 2026-12-01\r\ncount: 3\r\n"
    assert load_yaml(path) == {"day": "2026-12-01", "count": 3}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "holds nothing"),
        (b"# a word\n", "holds nothing"),
        (b"a: 1\na: 2\n", "line 2: the key 'a' stands twice"),
        (b"a: 1\n---\nb: 2\n", "line 3: a second YAML document"),
        (b'a: "\\UFFFFFFFF"\n', "line 1: not readable as YAML"),
        (b"a: \xff\n", "cannot be read as UTF-8"),
    ],
)
def test_what_cannot_be_read_is_refused(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "facts.yaml"
    path.write_bytes(content)
    with pytest.raises(FtgovError, match=told) as caught:
        load_yaml(path)
    assert str(path) in caught.value.what
    assert caught.value.next_step


def test_an_absent_file_is_a_wrong_call(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="There is no file"):
        load_yaml(tmp_path / "absent.yaml")
