"""Rows of any kind are counted as what they are: nothing planted is missed, nothing crashes."""

from __future__ import annotations

import gzip
import io
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ftgov.tables.answers import prompt_digest
from ftgov.tables.row_tally import RowTally
from ftgov.tables.training_shapes import ROLES, SHAPES

_PLAIN = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=4)
)
_NAMES = st.sampled_from(
    ["messages", "role", "content", "type", "text", "weight", "input", "tool_calls",
     "preferred_output", "non_preferred_output", "answer"]
)  # fmt: skip
_ANY = st.recursive(
    _PLAIN | st.sampled_from(ROLES),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=4),
    max_leaves=12,
)
_ROW = st.dictionaries(_NAMES, _ANY, max_size=4)
_PLANTED = st.lists(st.sampled_from(["sound", "copy", "asked", "broken", "misshapen"]), max_size=30)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(SHAPES)), _ROW)
def test_any_row_is_read_or_refused_in_words(method: Any, row: dict[str, Any]) -> None:
    tally = RowTally(SHAPES[method])
    tally.add(io.BytesIO(json.dumps(row).encode()), "rows")
    faults = tally.places.get("unreadable", [])
    assert (tally.rows, tally.unparsed_rows, tally.unreadable_rows) == (1, 0, len(faults))
    assert all(place.why.startswith(("it", "message", "input", *row)) for place in faults)


def _line(kind: str, place: int) -> bytes:
    if kind == "broken":
        return b'{"messages": %d, "messages": 0}' % place
    prompt = {"copy": "again", "asked": f"asked {place}"}.get(kind, f"own {place}")
    answer = [] if kind == "misshapen" else [{"role": "assistant", "content": "yes"}]
    return json.dumps({"messages": [{"role": "user", "content": prompt}, *answer]}).encode()


@settings(max_examples=60, deadline=None)
@given(_PLANTED, st.booleans(), st.integers(0, 30))
def test_the_tally_is_what_was_planted(kinds: list[str], packed: bool, cut: int) -> None:
    lines = [_line(kind, place) for place, kind in enumerate(kinds)]
    asked = {prompt_digest(f"asked {place}") for place in range(len(kinds))}
    tally = RowTally(SHAPES["supervised"], asked)
    for name, part in (("a", lines[:cut]), ("b", lines[cut:])):
        text = b"\n\n".join(part)
        content = gzip.compress(text) if packed else text
        assert tally.add(io.BytesIO(content), name) == len(part)
    count = {kind: kinds.count(kind) for kind in ("copy", "asked", "broken", "misshapen")}
    assert tally.rows == len(kinds)
    assert tally.unparsed_rows == count["broken"]
    assert tally.unreadable_rows == count["broken"] + count["misshapen"]
    assert tally.overlap_rows == count["asked"]
    assert tally.duplicate_rows == max(0, count["copy"] - 1)
    found = {place.row for place in tally.places.get("unreadable", [])}
    planted = [n for n, kind in enumerate(kinds, 1) if kind in {"broken", "misshapen"}]
    assert found == set(planted[:10])
