"""The one YAML reader: what it keeps, what it refuses, and where it says a fault stands."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ftgov.errors import ExitCode, UsageError
from ftgov.strict_yaml import (
    DEPTH_LIMIT,
    SIZE_LIMIT,
    YamlFault,
    line_of,
    lines_of,
    literals,
    parse,
    parse_one,
    texts,
)

SCALARS = """\
date: 2026-12-01
word: yes
octal: 0o7
exponent: 1e3
decimal: -1.5e-3
whole: 12
long: 1000000000000000000
vast: 1.0e999
quoted: '12'
block: |-
  true
time: 12:30
truth: true
absent:
tilde: ~
loud: NULL
"""
AS_LITERALS = {
    "date": "2026-12-01",
    "word": "yes",
    "octal": "0o7",
    "exponent": "1e3",
    "decimal": -0.0015,
    "whole": 12,
    "long": "1000000000000000000",
    "vast": "1.0e999",
    "quoted": "12",
    "block": "true",
    "time": "12:30",
    "truth": True,
    "absent": None,
    "tilde": None,
    "loud": "NULL",
}


def fault_of(text: str) -> YamlFault:
    with pytest.raises(YamlFault) as caught:
        parse_one(text, "f.yaml")
    return caught.value


def test_only_decimal_numbers_true_false_and_null_are_more_than_text() -> None:
    found = literals(parse_one(SCALARS, "f.yaml"))
    assert found == AS_LITERALS
    assert [type(value) for value in found.values()] == [type(v) for v in AS_LITERALS.values()]


def test_as_text_every_scalar_is_what_was_written() -> None:
    as_text = {"decimal": "-1.5e-3", "whole": "12", "truth": "true"}
    assert texts(parse_one(SCALARS, "f.yaml")) == {**AS_LITERALS, **as_text}
    assert texts(parse_one("[1.0, [~, '~'], {1: no}]", "f")) == ["1.0", [None, "~"], {"1": "no"}]


@pytest.mark.parametrize("text", ["", "# a word\n", "---\n", "~"])
def test_an_empty_text_is_null(text: str) -> None:
    assert literals(parse_one(text, "f.yaml")) is None
    assert texts(parse_one(text, "f.yaml")) is None


def test_every_document_is_read_with_the_lines_of_its_keys() -> None:
    first, empty, last = parse("a: 1\n---\n---\n\nb:\n  - c.d:\n      e\n  - f\n", "f.yaml")
    assert literals(first) == {"a": 1}
    assert literals(empty) is None
    lines = lines_of(last)
    assert lines == {"": 5, "b": 5, "b.0": 6, "b.0.c.d": 6, "b.1": 8}
    assert [line_of(lines, key) for key in ("b.1", "b.0.c.d.x.y", "b.7", "z")] == [8, 6, 5, 5]


@pytest.mark.parametrize(
    ("text", "line", "key", "told"),
    [
        ("a: b\nc: &x d\n", 2, "c", "anchors and aliases"),
        ("a: *x\n", 1, "a", "anchors and aliases"),
        ("a: 1\n&x b: 2\n", 2, "", "anchors and aliases"),
        ("*x : 1\n", 1, "", "anchors and aliases"),
        ("a: [1, !!str 2]\n", 1, "a.1", "tags"),
        ("!!set {a}\n", 1, "", "tags"),
        ("a: {b: 1,\n  <<: {c: 2}}\n", 2, "a.<<", "merge keys"),
        ("a:\n  b: 1\n  b: 2\n", 3, "a.b", "the key 'b' stands twice (first on line 2)"),
        ("? [a]\n: b\n", 1, "", "a key must be plain text"),
        ("? {a: b}\n: c\n", 1, "", "a key must be plain text"),
        ("a: 1\nb: \x00\n", 2, "", "control characters"),
        ("a: 1\nb: \ud800\n", 2, "", "surrogates"),
        ('a: 1\nb: ["\\0"]\n', 2, "b.0", "control characters"),
        ('a: 1\nb: "\\ud800"\n', 2, "", "not readable as YAML"),
        ('"\\x1b": 1\n', 1, "", "control characters"),
        ('a: 1\nb: "\\UFFFFFFFF"\n', 2, "", "not readable as YAML"),
        (f"%YAML 1.{'9' * 5000}\n---\na: 1\n", 1, "", "not readable as YAML"),
        ("a: b\nc: [\n", 3, "", "not readable as YAML"),
        ("a: 'b\n", 2, "", "not readable as YAML"),
        ("a: 1\n---\nb: 2\n", 3, "", "a second YAML document"),
        ("a: 1\n---\n", 3, "", "a second YAML document"),
        (" " * (SIZE_LIMIT + 1), 1, "", "at most"),
        ("[" * 20_000, 1, ".".join("0" * (DEPTH_LIMIT + 1)), "nested deeper"),
        ("- " * 20_000, 1, ".".join("0" * (DEPTH_LIMIT + 1)), "nested deeper"),
        ("? " * 20_000, 1, "", "a key must be plain text"),
    ],
)
def test_a_trap_is_refused_with_its_line_and_key(text: str, line: int, key: str, told: str) -> None:
    fault = fault_of(text)
    assert (fault.line, fault.key) == (line, key)
    assert told in fault.text
    assert fault.what == f"f.yaml, line {line}: {fault.text}"
    assert fault.next_step == f"Correct line {line} of f.yaml."
    assert isinstance(fault, UsageError)
    assert fault.exit_code is ExitCode.USAGE


def test_the_depth_limit_is_exact() -> None:
    assert parse_one("[" * (DEPTH_LIMIT + 1) + "]" * (DEPTH_LIMIT + 1), "f.yaml")
    assert "nested deeper" in fault_of("[" * (DEPTH_LIMIT + 2) + "]" * (DEPTH_LIMIT + 2)).text


PIECES = [*"ab:-[]{}'\"#&*!|>?%@,\n \t01.e~<\\\x00\ud800", "---\n", "\\U", "\\x", "FF", "%YAML 1."]


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(
        st.text(st.characters(), max_size=60),
        st.lists(st.sampled_from(PIECES), max_size=40).map("".join),
    )
)
@example('"\\U00110000"')
@example("{" * 3000)
@example("-\n" + "".join(" " * depth + "-\n" for depth in range(1, 400)))
def test_any_text_is_a_tree_or_the_one_fault(text: str) -> None:
    try:
        lines = [line for node in parse(text, "f.yaml") for line in lines_of(node).values()]
    except YamlFault as fault:
        lines = [fault.line]
    assert all(1 <= line <= len(text) + 1 for line in lines)


# Line separators are folded by YAML, so they are left out.
WRITTEN = st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), max_size=12)
TREES = st.recursive(
    WRITTEN,
    lambda below: st.one_of(
        st.lists(below, max_size=3),
        st.dictionaries(WRITTEN.filter(lambda key: key != "<<"), below, max_size=3),
    ),
    max_leaves=8,
)


@settings(max_examples=100, deadline=None)
@given(TREES)
def test_what_is_written_as_json_is_read_alike(tree: object) -> None:
    node = parse_one(json.dumps(tree, ensure_ascii=False), "f.yaml")
    assert literals(node) == tree
    assert texts(node) == tree
