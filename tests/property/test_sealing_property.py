"""Sealing for any content in any chunks: it comes back, from anywhere, and nothing else does."""

from __future__ import annotations

import tempfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftgov.store import sealing

SMALL = 16
"""Segments so short that a few bytes fill several; the construction does not depend on it."""


def read(raw: bytes, at: int, count: int, key: bytes) -> bytes:
    with tempfile.TemporaryFile() as stream:
        stream.write(raw)
        stream.seek(0)
        with sealing.unsealed(stream, key=key) as content:
            content.seek(at)
            return content.read(count)


@settings(max_examples=80)
@given(
    chunks=st.lists(st.binary(max_size=50), max_size=6),
    key=st.binary(min_size=32, max_size=32),
    prefix=st.binary(min_size=7, max_size=7),
    data=st.data(),
)
def test_it_comes_back_from_anywhere_and_no_change_goes_unnoticed(
    chunks: list[bytes], key: bytes, prefix: bytes, data: st.DataObject
) -> None:
    content = b"".join(chunks)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sealing, "SEGMENT", SMALL)
        raw = b"".join(sealing.sealed(chunks, key=key, prefix=prefix))
        assert b"".join(sealing.sealed([content], key=key, prefix=prefix)) == raw
        assert read(raw, 0, -1, key) == content
        at = data.draw(st.integers(0, len(content) + 3))
        count = data.draw(st.integers(0, 60))
        assert read(raw, at, count, key) == content[at : at + count]
        place = data.draw(st.integers(0, len(raw) - 1))
        flip = data.draw(st.integers(1, 255))
        flipped = raw[:place] + bytes([raw[place] ^ flip]) + raw[place + 1 :]
        cut = raw[: data.draw(st.integers(0, len(raw) - 1))]
        for changed in (flipped, cut, raw + data.draw(st.binary(min_size=1, max_size=40))):
            with pytest.raises(ValueError, match="seal"):
                read(changed, 0, -1, key)
