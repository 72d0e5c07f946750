"""Evidence files: stored once, checked on every open, and nothing lost when a copy fails."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from ftgov.errors import FtgovError, NotAssessable, UsageError
from ftgov.records.digest import bare, digest_bytes
from ftgov.records.evidence import EvidenceReader
from ftgov.records.media_type import media_type_of
from ftgov.store.evidence import EvidenceStore

CONTENT = b'{"id": 1}\n' * 1000


@pytest.fixture
def store(tmp_path: Path) -> EvidenceStore:
    root = tmp_path / "evidence"
    root.mkdir()
    return EvidenceStore(root)


def files(tmp_path: Path) -> list[Path]:
    return [path for path in (tmp_path / "evidence").rglob("*") if path.is_file()]


def test_a_file_is_kept_under_its_digest(store: EvidenceStore, tmp_path: Path) -> None:
    source = tmp_path / "train.jsonl"
    source.write_bytes(CONTENT)
    kept = store.put_file(source)
    assert (kept.name, kept.bytes, kept.digest) == (
        "train.jsonl",
        len(CONTENT),
        digest_bytes(CONTENT),
    )
    assert kept.media_type == "application/jsonl"
    name = bare(kept.digest)
    place = store.path(kept.digest)
    assert place == tmp_path / "evidence" / name[:2] / name
    assert stat.S_IMODE(place.stat().st_mode) == 0o444
    assert store.has(kept.digest)
    assert store.verify() == ()
    reader: EvidenceReader = store
    with reader.open(kept.digest) as stream:
        assert stream.read() == CONTENT
    assert source.read_bytes() == CONTENT


def test_the_same_content_is_kept_once(store: EvidenceStore, tmp_path: Path) -> None:
    first = store.put_bytes(CONTENT, name="a.csv")
    before = store.path(first.digest).stat()
    again = store.put_bytes(CONTENT, name="b.bin", media_type="text/plain")
    after = store.path(first.digest).stat()
    assert again.digest == first.digest
    assert (again.name, again.media_type) == ("b.bin", "text/plain")
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    assert len(files(tmp_path)) == 1


def test_a_file_larger_than_a_chunk_and_an_empty_one(store: EvidenceStore, tmp_path: Path) -> None:
    large = os.urandom(3 * (1 << 20) + 17)
    source = tmp_path / "large.bin"
    source.write_bytes(large)
    assert store.put_file(source, name="renamed.txt").digest == digest_bytes(large)
    empty = store.put_bytes(b"", name="empty.txt")
    with store.open(empty.digest) as stream:
        assert stream.read() == b""
    assert store.verify() == ()


@pytest.mark.parametrize("name", ["absent.csv", "folder", "pipe"])
def test_only_files_are_taken_in(store: EvidenceStore, tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UsageError, match=name):
        store.put_file(tmp_path / name)
    assert files(tmp_path) == []


@pytest.mark.parametrize("name", ["", "x" * 256, "broken \udcff name"])
def test_a_bad_name_is_told_before_anything_is_written(
    store: EvidenceStore, tmp_path: Path, name: str
) -> None:
    with pytest.raises(FtgovError, match="cannot be named"):
        store.put_bytes(b"x", name=name)
    assert files(tmp_path) == []


def test_absent_evidence_names_its_digest(store: EvidenceStore) -> None:
    digest = digest_bytes(b"never stored")
    assert not store.has(digest)
    for read in (store.open, store.path):
        with pytest.raises(NotAssessable, match=digest) as caught:
            read(digest)
        assert caught.value.next_step


@pytest.mark.parametrize(
    "digest", ["", "sha256:", "sha256:../../etc/passwd", "md5:" + "0" * 64, "0" * 64]
)
def test_what_is_no_digest_reaches_no_file(store: EvidenceStore, digest: str) -> None:
    with pytest.raises(NotAssessable, match="no digest"):
        store.path(digest)


def test_altered_evidence_is_told_even_after_it_was_read(
    store: EvidenceStore, tmp_path: Path
) -> None:
    kept = store.put_bytes(CONTENT, name="a.jsonl")
    place = store.path(kept.digest)
    times = place.stat()
    place.chmod(0o644)
    place.write_bytes(CONTENT.replace(b"1", b"2"))
    os.utime(place, ns=(times.st_atime_ns, times.st_mtime_ns))  # an insider sets the time back
    with pytest.raises(NotAssessable, match=kept.digest):
        store.open(kept.digest)
    with pytest.raises(NotAssessable, match="not what was recorded"):
        store.put_bytes(CONTENT, name="a.jsonl")
    (problem,) = store.verify()
    assert "altered" in problem
    assert len(files(tmp_path)) == 1


def test_a_link_or_folder_in_the_place_of_a_file_is_refused(
    store: EvidenceStore, tmp_path: Path
) -> None:
    kept = store.put_bytes(CONTENT, name="a.jsonl")
    place = store.path(kept.digest)
    place.rename(tmp_path / "elsewhere")
    place.symlink_to(tmp_path / "elsewhere")
    assert not store.has(kept.digest)
    with pytest.raises(NotAssessable):
        store.open(kept.digest)
    assert "not a regular file" in store.verify()[0]
    place.unlink()
    place.mkdir()
    with pytest.raises(NotAssessable):
        store.open(kept.digest)


def test_stray_files_are_listed(store: EvidenceStore, tmp_path: Path) -> None:
    kept = store.put_bytes(CONTENT, name="a.jsonl")
    place = store.path(kept.digest)
    (tmp_path / "evidence" / "notes.txt").write_bytes(b"hello")
    (tmp_path / "evidence" / "zz").mkdir()
    (tmp_path / "evidence" / "zz" / place.name).write_bytes(CONTENT)
    (tmp_path / "evidence" / "zz" / ".partial-1").write_bytes(b"no copy is made here")
    (tmp_path / "evidence" / ".partial-2").symlink_to(tmp_path / "absent")
    (tmp_path / "evidence" / "far").symlink_to(tmp_path)
    assert len(store.verify()) == 5


def test_an_unfinished_copy_is_no_fault_and_an_old_one_is_swept(
    store: EvidenceStore, tmp_path: Path
) -> None:
    young, old = (tmp_path / "evidence" / f".partial-{age}" for age in ("young", "old"))
    for path in (young, old):
        path.write_bytes(b"cut off")
    now = young.stat().st_mtime
    os.utime(young, (now, now - 3000))
    os.utime(old, (now, now - 4000))
    assert store.verify() == ()
    store.put_bytes(CONTENT, name="a.jsonl")
    assert young.exists()
    assert not old.exists()
    assert store.verify() == ()


def test_the_advice_about_absent_and_altered_copies_is_true(
    store: EvidenceStore, tmp_path: Path
) -> None:
    kept = store.put_bytes(CONTENT, name="a.jsonl")
    place = store.path(kept.digest)
    place.unlink()
    with pytest.raises(NotAssessable) as absent:
        store.open(kept.digest)
    assert "record it again" in absent.value.next_step
    store.put_bytes(CONTENT, name="a.jsonl")
    place.chmod(0o644)
    place.write_bytes(b"altered")
    with pytest.raises(NotAssessable) as altered:
        store.put_bytes(CONTENT, name="a.jsonl")
    assert "move it away" in altered.value.next_step
    place.rename(tmp_path / "proof")
    store.put_bytes(CONTENT, name="a.jsonl")
    with store.open(kept.digest) as stream:
        assert stream.read() == CONTENT


def test_a_read_only_store_takes_nothing(tmp_path: Path) -> None:
    store = EvidenceStore(tmp_path, read_only=True)
    with pytest.raises(FtgovError, match="reading only"):
        store.put_bytes(b"x", name="x")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.jsonl.gz", "application/gzip"),
        ("A.CSV", "text/csv"),
        ("x.parquet", "application/vnd.apache.parquet"),
        ("README", "application/octet-stream"),
        (".yaml", "application/octet-stream"),
    ],
)
def test_media_types_do_not_depend_on_the_machine(name: str, expected: str) -> None:
    assert media_type_of(name) == expected
