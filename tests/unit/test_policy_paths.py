"""Which evidence a CEL source reads."""

from __future__ import annotations

import pytest

from ftgov.policy.paths import blind_reads, measures_read, reads


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("evidence.a.b.low >= 0.8", ("a.b",)),
        ("evidence . a . b . low >= evidence.c.d.high", ("a.b", "c.d")),
        ("evidence['a'][\"b\"].low > 0.0", ("a.b",)),
        ("evidence[r'a'].b > 0.0", ("a.b",)),
        ("'evidence.a.b' == subject.model", ()),
        ("true // evidence.a.b", ()),
        ("true // '\n && evidence.a.b.n > 0", ("a.b",)),
        ("x.evidence.a.b", ()),
        ("f().evidence.a.b", ()),
        (".evidence.a.b", ("a.b",)),
        ("1 in .evidence.a.b", ("a.b",)),
        ("slices.a.b.all(s, s.low > 0.0)", ("slices.a.b",)),
        (r"r'\' != '' && evidence.a.b.n > 0 || '' == r'\'", ("a.b",)),
        (r"'\'' == '' && evidence.a.b.n > 0", ("a.b",)),
        ("'''it's''' == '' && evidence.a.b.n > 0", ("a.b",)),
        ("has(evidence.a.b) || true", ("a.b",)),
    ],
)
def test_measures_read(source: str, found: tuple[str, ...]) -> None:
    assert measures_read(source) == found
    assert blind_reads(source) == ()


def test_a_called_name_is_no_measure() -> None:
    (read,) = reads("evidence.a.exists(k, true)")
    assert read.call
    assert read.names == ("evidence", "a")
    assert blind_reads("evidence.a.exists(k, true)") == ("evidence.a.exists",)


def test_other_roots_are_found() -> None:
    found = [read.parts for read in reads("classification.overall == subject.kind")]
    assert found == [("classification", "overall"), ("subject", "kind")]
