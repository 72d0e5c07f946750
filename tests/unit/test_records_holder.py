"""One person under several spellings is one person, wherever holders are told apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftgov.records.holder import folded
from ftgov.signing.keys import SigningKey
from ftgov.signing.standing import people
from ftgov.signing.trust_parts import TrustedKey


@pytest.mark.parametrize(
    "other",
    ["Jane  Doe", "jane doe", " Jane\tDoe ", "Jane\u00a0Doe", "\uff2aane Doe", "JANE DOE"],
)
def test_spellings_of_one_name_are_one_person(other: str) -> None:
    """White space, case and width do not make two people."""
    assert folded(other) == folded("Jane Doe")


def test_other_people_stay_other_people() -> None:
    """Neither another name nor one without its space is the same person."""
    assert len({folded(name) for name in ("Jane Doe", "Jane Roe", "JaneDoe")}) == 3


@given(st.text())
def test_folding_again_changes_nothing(name: str) -> None:
    """A folded name is its own folded form."""
    assert folded(folded(name)) == folded(name)


def test_a_threshold_counts_two_spellings_once() -> None:
    """Two keys of one holder, written with one space and with two, are one person."""
    keys = [
        TrustedKey.of(
            SigningKey.generate().public,
            holder=holder,
            role="auditor",
            not_before="2026-01-01T00:00:00Z",
            valid_days=900,
        )
        for holder in ("Jane Doe", "Jane  Doe")
    ]
    assert people("auditor", keys) == 1
