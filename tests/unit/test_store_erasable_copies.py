"""Erasable evidence after a crash, a lost or a damaged file: nothing sound is hidden or barred."""

from __future__ import annotations

from pathlib import Path

import pytest

from ftgov.errors import NotAssessable
from ftgov.records.digest import bare, digest_bytes
from ftgov.store.evidence import EvidenceStore

CONTENT = b'{"applicant": "Ada Lovelace", "income": 12000}\n' * 40_000


@pytest.fixture
def store(tmp_path: Path) -> EvidenceStore:
    (tmp_path / "w" / "evidence").mkdir(parents=True)
    return EvidenceStore(tmp_path / "w" / "evidence")


@pytest.mark.parametrize("other_process", [False, True])
def test_a_crash_between_key_and_file_leaves_nothing_that_is_in_the_way(
    store: EvidenceStore, tmp_path: Path, other_process: bool
) -> None:
    class Cut(BaseException):
        pass

    def cut(*_: object) -> None:
        raise Cut

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store.sealed._shelf, "put", cut)
        with pytest.raises(Cut):
            store.put_bytes(CONTENT, name="a.jsonl", erasable=True)
    if other_process:
        store = EvidenceStore(tmp_path / "w" / "evidence")
    assert len(list((tmp_path / "w" / "vault").iterdir())) == 1
    assert not store.has(digest_bytes(CONTENT))
    assert store.verify() == ()
    kept = store.put_bytes(CONTENT, name="a.jsonl", erasable=True)
    with store.open(kept.digest) as stream:
        assert stream.read() == CONTENT
    assert store.fault(kept.digest, kept.sealed) is None
    assert store.verify() == ()
    keys = [key.id for key in store.sealed.vault.all_of(kept.digest)]
    assert len(keys) == 2
    store.sealed.destroy(keys)
    assert not store.has(kept.digest)


def test_a_ciphertext_that_is_gone_is_told_and_can_be_recorded_anew(
    store: EvidenceStore, tmp_path: Path
) -> None:
    kept = store.put_bytes(CONTENT, name="a.jsonl", erasable=True)
    assert kept.sealed
    name = bare(kept.sealed)
    (tmp_path / "w" / "evidence" / name[:2] / name).unlink()
    assert store.fault(kept.digest, kept.sealed) == "is gone"
    with pytest.raises(NotAssessable, match="cannot be read") as caught:
        store.open(kept.digest)
    assert "record it again" in caught.value.next_step
    again = store.put_bytes(CONTENT, name="a.jsonl", erasable=True)
    assert again.sealed != kept.sealed
    with store.open(kept.digest) as stream:
        assert stream.read() == CONTENT
    assert store.fault(again.digest, again.sealed) is None
    assert store.fault(kept.digest, kept.sealed) == "is gone"  # the first record's own file is


def test_a_damaged_ciphertext_does_not_hide_a_sound_one(
    store: EvidenceStore, tmp_path: Path
) -> None:
    other = EvidenceStore(tmp_path / "w" / "evidence")
    first = store.put_bytes(CONTENT, name="a.jsonl", erasable=True)
    with pytest.MonkeyPatch.context() as patch:  # both looked before either had written
        patch.setattr(other.sealed.vault, "known_of", lambda _: [])
        patch.setattr(other.sealed.vault, "all_of", lambda _: [])
        second = other.put_bytes(CONTENT, name="a.jsonl", erasable=True)
    assert first.sealed
    assert second.sealed
    assert first.sealed != second.sealed
    for sealed in (first.sealed, second.sealed):
        name = bare(sealed)
        place = tmp_path / "w" / "evidence" / name[:2] / name
        whole = place.read_bytes()
        place.chmod(0o644)
        place.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        reader = EvidenceStore(tmp_path / "w" / "evidence")
        with reader.open(first.digest) as stream:
            assert stream.read() == CONTENT
        assert reader.put_bytes(CONTENT, name="b", erasable=True).digest == first.digest
        assert len(reader.verify()) == 2
        place.write_bytes(whole)
