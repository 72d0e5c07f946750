"""Sealed files: any size, any cut of the chunks, read anywhere, and no byte of them can change."""

from __future__ import annotations

import io
import random
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ftgov.store.sealing import SEGMENT, sealed, unsealed

KEY, PREFIX = bytes(range(32)), b"prefix7"
HEADER = b"ftgov-sealed/v1\n" + PREFIX
WHOLE = SEGMENT + 16


def seal(path: Path, content: bytes, *, key: bytes = KEY, cut: int = SEGMENT) -> Path:
    chunks = (content[at : at + cut] for at in range(0, len(content), cut))
    path.write_bytes(b"".join(sealed(chunks, key=key, prefix=PREFIX)))
    return path


def read(path: Path, key: bytes = KEY) -> bytes:
    with path.open("rb") as stream, unsealed(stream, key=key) as content:
        return content.read()


@pytest.mark.parametrize(
    "size", [0, 1, 15, SEGMENT - 1, SEGMENT, SEGMENT + 1, 2 * SEGMENT, 3 * SEGMENT + 17]
)
def test_a_content_of_any_size_comes_back(tmp_path: Path, size: int) -> None:
    content = random.Random(size).randbytes(size)
    path = seal(tmp_path / "a", content)
    segments = max(1, -(-size // SEGMENT))
    assert path.stat().st_size == len(HEADER) + size + 16 * segments
    assert read(path) == content
    for cut in (1000, 999_983, 2 * SEGMENT + 1):
        assert seal(tmp_path / "b", content, cut=cut).read_bytes() == path.read_bytes()


def test_another_reader_opens_it_from_the_published_construction(tmp_path: Path) -> None:
    """STREAM: each segment under prefix, 32-bit number and last flag, the header associated."""
    content = random.Random(1).randbytes(2 * SEGMENT + 5)
    raw = seal(tmp_path / "a", content).read_bytes()
    assert raw.startswith(HEADER)
    parts = [raw[at : at + WHOLE] for at in range(len(HEADER), len(raw), WHOLE)]
    plain = [
        AESGCM(KEY).decrypt(
            PREFIX + n.to_bytes(4, "big") + bytes([n == len(parts) - 1]), part, HEADER
        )
        for n, part in enumerate(parts)
    ]
    assert b"".join(plain) == content
    assert [len(part) for part in plain] == [SEGMENT, SEGMENT, 5]


def test_any_part_is_read_without_the_rest(tmp_path: Path) -> None:
    content = random.Random(2).randbytes(3 * SEGMENT + 999)
    chosen = random.Random(3)
    with seal(tmp_path / "a", content).open("rb") as stream, unsealed(stream, key=KEY) as opened:
        for _ in range(40):
            at, count = chosen.randrange(len(content) + 10), chosen.randrange(1, 3000)
            assert opened.seek(at) == at == opened.tell()
            assert opened.read(count) == content[at : at + count]
        assert opened.seek(-5, io.SEEK_END) == len(content) - 5
        assert opened.read() == content[-5:]
        assert opened.seek(2, io.SEEK_SET) == 2
        assert opened.seek(3, io.SEEK_CUR) == 5
        assert opened.readable()
        assert opened.seekable()
        assert not opened.writable()
        assert b"".join(opened) == content[5:]


def test_no_bit_of_a_sealed_file_can_change(tmp_path: Path) -> None:
    raw = seal(tmp_path / "a", b"a secret of some length").read_bytes()
    for place in range(len(raw)):
        (tmp_path / "b").write_bytes(raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :])
        with pytest.raises(ValueError, match="seal"):
            read(tmp_path / "b")


def test_no_segment_can_be_cut_off_moved_doubled_or_added(tmp_path: Path) -> None:
    content = random.Random(4).randbytes(2 * SEGMENT + 5)
    raw = seal(tmp_path / "a", content).read_bytes()
    parts = [raw[at : at + WHOLE] for at in range(len(HEADER), len(raw), WHOLE)]
    other = seal(tmp_path / "b", content[:SEGMENT], key=KEY).read_bytes()[len(HEADER) :]
    for changed in (
        parts[:2],
        parts[:1],
        parts[1:],
        [parts[1], parts[0], parts[2]],
        [parts[0], parts[0], parts[1], parts[2]],
        [*parts, b"x"],
        [*parts[:2], parts[2][:-1]],
        [other, *parts[1:]],
        [b""],
        [b"too short"],
    ):
        (tmp_path / "c").write_bytes(HEADER + b"".join(changed))
        with pytest.raises(ValueError, match="seal"):
            read(tmp_path / "c")


def test_another_key_and_another_file_open_nothing(tmp_path: Path) -> None:
    path = seal(tmp_path / "a", b"secret")
    with pytest.raises(ValueError, match="not what was sealed"):
        read(path, key=bytes(32))
    for content in (b"", b"ftgov-sealed/v1\n", b"plain text that is long enough to be a file " * 3):
        (tmp_path / "b").write_bytes(content)
        with pytest.raises(ValueError, match="no sealed file"):
            read(tmp_path / "b")


def test_memory_does_not_grow_with_the_content(tmp_path: Path) -> None:
    """64 MiB go through in both directions in a few segments' worth of memory."""
    seal(tmp_path / "a", b"warm up: the cipher's modules are imported")

    def chunks() -> Iterator[bytes]:
        for number in range(64):
            yield bytes([number]) * SEGMENT

    tracemalloc.start()
    with (tmp_path / "b").open("wb") as target:
        for part in sealed(chunks(), key=KEY, prefix=PREFIX):
            target.write(part)
    total = 0
    with (tmp_path / "b").open("rb") as stream, unsealed(stream, key=KEY) as content:
        while part := content.read(100_000):
            total += len(part)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert total == 64 * SEGMENT
    assert peak < 8 * SEGMENT
