"""Canonical JSON: one way to bytes, and only canonical bytes back."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftgov.errors import FtgovError
from ftgov.records.canonical import canonical_bytes, canonical_json, strict_json

_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
_NUMBERS = st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
_VALUES = st.recursive(
    st.none() | st.booleans() | _NUMBERS | _TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXT, inner, max_size=4),
    max_leaves=12,
)


@given(_VALUES)
def test_canonical_bytes_are_the_canonical_form_of_themselves(value: object) -> None:
    once = canonical_bytes(value)
    assert canonical_bytes(canonical_json(once)) == once


@given(st.dictionaries(_TEXT, st.integers(0, 9), min_size=2))
def test_key_order_does_not_matter(value: dict[str, int]) -> None:
    assert canonical_bytes(value) == canonical_bytes(dict(reversed(value.items())))


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 2**53, "\ud800", {1: 2}])
def test_what_has_no_canonical_form_is_refused(value: object) -> None:
    with pytest.raises(FtgovError, match="canonical JSON"):
        canonical_bytes({"key": value} if not isinstance(value, dict) else value)


@pytest.mark.parametrize(
    "text",
    [b'{"a":1,"a":2}', b"NaN", b"[Infinity]", b"\xff", b"{", b"[" * 100_000],
)
def test_ambiguous_json_is_refused(text: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the kinds of fault differ on purpose
        strict_json(text)


@given(_VALUES)
def test_white_space_is_not_canonical(value: object) -> None:
    spaced = json.dumps(value).encode() + b" "
    with pytest.raises(ValueError):  # noqa: PT011
        canonical_json(spaced)


def test_a_float_that_prints_as_a_large_integer_survives() -> None:
    flop = canonical_bytes({"flop": 1e17})
    assert flop == b'{"flop":100000000000000000}'
    assert canonical_json(flop) == {"flop": 1e17}
    with pytest.raises(ValueError, match="canonical"):
        canonical_json(b'{"flop":9007199254740993}')
