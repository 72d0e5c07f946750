"""The fast way to canonical bytes against rfc8785: never other bytes, and each refusal named."""

from __future__ import annotations

import math
import struct
from datetime import UTC, datetime
from typing import Any

import pytest
import rfc8785
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from ftgov.errors import FtgovError
from ftgov.records.base import Record
from ftgov.records.canonical import canonical_bytes, canonical_json

_NASTY = st.sampled_from(
    [
        "\U0001f600",
        "\uffff",
        "\ue000",
        "\x00",
        "\x1f",
        "\x7f",
        "\u2028",
        '"',
        "\\",
        '":1.0,',
        ",1e5",
    ]
)
_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.lists(
    _NASTY, max_size=4
).map("".join)
_DOUBLES = st.integers(0, 2**64 - 1).map(lambda bits: struct.unpack("<d", struct.pack("<Q", bits)))
_FLOATS = (
    st.floats(allow_nan=False, allow_infinity=False)
    | _DOUBLES.map(lambda found: found[0] if math.isfinite(found[0]) else 0.5)
    | st.sampled_from([-0.0, 1e16, 1e21, 1e-5, 1e-4, 1e-7, 5e-324, 123456789012345.6, 0.1, 1e15])
)
_INTEGERS = st.integers(-(2**53) - 2, 2**53 + 2) | st.sampled_from([10**15 - 1, 10**15, -(10**15)])
_VALUES = st.recursive(
    st.none() | st.booleans() | _INTEGERS | _FLOATS | _TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXT, inner, max_size=4),
    max_leaves=14,
)


class Loose(Record):
    """A record that may hold anything, and a time."""

    type: str = "loose"
    content: Any = None
    when: datetime | None = None
    inner: tuple[Loose, ...] = ()


def _slow(value: object) -> bytes | None:
    try:
        return rfc8785.dumps(value)  # type: ignore[arg-type]
    except rfc8785.CanonicalizationError:
        return None


@settings(max_examples=400)
@given(_VALUES)
@example({"a": 1e15, "b": [9007199254740991, -0.0, 1.0]})
@example({"\U0001f600": 1, "\uffff": 2})
@example([9007199254740992])
def test_the_fast_way_gives_the_bytes_of_the_slow_one(value: object) -> None:
    expected = _slow(value)
    if expected is None:
        with pytest.raises(FtgovError, match="canonical JSON"):
            canonical_bytes(value)
    else:
        assert canonical_bytes(value) == expected


@given(_VALUES)
def test_canonical_text_is_read_as_what_it_was(value: object) -> None:
    text = _slow(value)
    if text is not None:
        assert rfc8785.dumps(canonical_json(text)) == text


@given(st.binary(max_size=40) | _VALUES.map(lambda value: str(value).replace("'", '"').encode()))
def test_only_canonical_text_is_read(text: bytes) -> None:
    try:
        value = canonical_json(text)
    except ValueError:
        return
    assert rfc8785.dumps(value) == text


@pytest.mark.parametrize(
    "text",
    [
        b'{"a":1,"a":1}',
        b'{"b":1,"a":1}',
        b'{"a":-0}',
        b'{"a":1.0}',
        b'{"a":1e3}',
        b'{"a":1E400}',
        b'["\\u0041"]',
        b'["\\ud800"]',
        b"[9007199254740993]",
        b"[" + b"9" * 5000 + b"]",
        b"[" * 100_000 + b"]" * 100_000,
    ],
)
def test_text_of_another_form_is_refused(text: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the kinds of fault differ on purpose
        canonical_json(text)


@pytest.mark.parametrize(
    ("value", "field"),
    [
        (math.nan, "content"),
        ({"b": [0, {"c": math.inf}]}, r"content\.b\[1\]\.c"),
        ([2**53], r"content\[0\]"),
        ({"b": -(2**53)}, r"content\.b"),
        ({"b": "\ud800"}, r"content\.b"),
        ({"\udfff": 1}, "content"),
        (datetime(2026, 11, 21), "content"),  # noqa: DTZ001 - it is what must be refused
    ],
)
def test_the_field_that_cannot_be_written_is_named(value: object, field: str) -> None:
    for holder, path in (
        (Loose(content=value), field),
        (Loose(inner=(Loose(), Loose(content=value))), rf"inner\[1\]\.{field}"),
        ({"content": value}, field),
    ):
        with pytest.raises(FtgovError, match=f"field {path} "):
            canonical_bytes(holder)


@pytest.mark.parametrize("value", [{1: 2}, {"a": [{None: 1}]}, {True: 1}, {"a": {1.5: 1}}])
def test_a_key_that_is_not_text_is_refused(value: object) -> None:
    with pytest.raises(FtgovError, match="not text"):
        canonical_bytes(value)


def test_a_value_that_holds_itself_is_refused() -> None:
    circle: list[Any] = []
    circle.append(circle)
    with pytest.raises(FtgovError, match="canonical JSON"):
        canonical_bytes(circle)


def test_a_time_with_a_zone_is_written_and_one_without_is_not() -> None:
    assert b"2026-11-21T00:00:00Z" in canonical_bytes(
        Loose(when=datetime(2026, 11, 21, tzinfo=UTC))
    )
    with pytest.raises(FtgovError, match=r"field when .* without a time zone"):
        canonical_bytes(Loose(when=datetime(2026, 11, 21)))  # noqa: DTZ001


def test_a_model_outside_the_records_is_judged_too() -> None:
    class Foreign(BaseModel):
        """Not a record: its floats may be anything."""

        score: float

    with pytest.raises(FtgovError, match="field score is nan"):
        canonical_bytes(Foreign(score=math.nan))
