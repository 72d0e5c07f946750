"""The exit codes, their order, and the pinned shape of an error."""

from __future__ import annotations

import pytest

from ftgov.errors import ExitCode, FtgovError, MissingExtra, NotAssessable, worst


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        ([21, 20, 11, 12, 10], 21),
        ([20, 11, 12], 20),
        ([12, 11, 10], 11),
        ([10, 12], 12),
        ([10, 0], 10),
        ([0], 0),
        ([], 0),
        ([2, 0], 2),
    ],
)
def test_several_causes_resolve_to_the_worst(codes: list[int], expected: int) -> None:
    assert worst(ExitCode(code) for code in codes) == expected


def test_an_error_has_a_pinned_json_shape() -> None:
    error = NotAssessable("what", why="why", next_step="next")
    expected = {"error": {"what": "what", "why": "why", "next_step": "next", "exit_code": 12}}
    assert error.as_json() == expected


def test_a_missing_extra_names_the_line_to_type() -> None:
    error = MissingExtra("The PDF report", "pdf")
    assert error.next_step == "pip install 'ftgov[pdf]'"
    assert error.exit_code == ExitCode.OPERATIONAL


def test_an_exit_code_can_be_set_for_one_error() -> None:
    assert FtgovError("x", exit_code=ExitCode.INVALID).exit_code == 20
