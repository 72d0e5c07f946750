"""Erasable evidence: read like any other, unreadable once its key is gone, and told apart."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from ftgov.errors import FtgovError, NotAssessable
from ftgov.records.digest import bare, digest_bytes
from ftgov.records.erasure import Erasure
from ftgov.records.evidence import Evidence
from ftgov.store.evidence import EvidenceStore
from ftgov.store.vault import SealedKey, Vault, fresh_secret
from tests_support import environment

CONTENT = b'{"applicant": "Ada Lovelace", "income": 12000}\n' * 40_000
NEEDLE = b"Ada Lovelace"
AT = "2026-11-21T09:30:00Z"


class Told(list[Erasure]):
    """What the ledger would say was erased."""

    def __call__(self) -> list[Erasure]:
        return list(self)


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def store(tmp_path: Path, told: Told) -> EvidenceStore:
    (tmp_path / "w" / "evidence").mkdir(parents=True)
    return EvidenceStore(tmp_path / "w" / "evidence", erasures=told)


def files(tmp_path: Path) -> list[Path]:
    return [path for path in (tmp_path / "w").rglob("*") if path.is_file()]


def erased(evidence: Evidence, *keys: str) -> Erasure:
    return Erasure(
        name="erasure-1", digests=(evidence.digest,), keys=keys, reason="asked for", erased_at=AT
    )


def test_it_is_kept_as_ciphertext_and_read_like_any_other(
    store: EvidenceStore, tmp_path: Path
) -> None:
    source = tmp_path / "applicants.jsonl"
    source.write_bytes(CONTENT)
    kept = store.put_file(source, erasable=True)
    assert kept == Evidence(
        digest=digest_bytes(CONTENT),
        bytes=len(CONTENT),
        name="applicants.jsonl",
        media_type="application/jsonl",
        sealed=kept.sealed,
    )
    assert kept.sealed
    assert kept.sealed != kept.digest
    assert not any(NEEDLE in path.read_bytes() for path in files(tmp_path))
    assert store.has(kept.digest)
    with store.open(kept.digest) as stream:
        assert stream.read() == CONTENT
    with store.open(kept.digest) as stream:
        assert stream.seek(40) == 40
        assert stream.read(30) == CONTENT[40:70]
    assert not any(NEEDLE in path.read_bytes() for path in files(tmp_path))
    assert store.verify() == ()
    assert store.fault(kept.digest, kept.sealed) is None


def test_a_path_is_for_its_reader_alone_and_goes_when_the_store_is_closed(
    store: EvidenceStore, tmp_path: Path
) -> None:
    kept = store.put_bytes(CONTENT, name="a.jsonl", erasable=True)
    place = store.path(kept.digest)
    assert place.read_bytes() == CONTENT
    assert store.path(kept.digest) == place
    assert stat.S_IMODE(place.stat().st_mode) == 0o400
    folder = next((tmp_path / "w").glob("open-*"))
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert folder in place.parents
    store.close()
    store.close()
    assert not list((tmp_path / "w").glob("*open*"))
    assert store.path(kept.digest).read_bytes() == CONTENT  # it can be opened again
    store.close()


def test_a_forged_copy_is_not_handed_out(store: EvidenceStore) -> None:
    kept = store.put_bytes(CONTENT, name="a.jsonl", erasable=True)
    place = store.path(kept.digest)
    place.chmod(0o600)
    place.write_bytes(CONTENT.replace(b"12000", b"99999"))
    with pytest.raises(NotAssessable, match="not what was recorded"):
        store.path(kept.digest)


def test_the_vault_is_for_its_owner_alone_and_shows_no_key(
    store: EvidenceStore, tmp_path: Path
) -> None:
    kept = store.put_bytes(b"x", name="a", erasable=True)
    vault = tmp_path / "w" / "vault"
    (path,) = vault.iterdir()
    assert stat.S_IMODE(vault.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    key = store.sealed.vault.get(path.stem)
    assert key is not None
    assert (key.plain, key.sealed) == (kept.digest, kept.sealed)
    assert key.key not in repr(key)
    secret = fresh_secret()
    assert secret.key.hex() not in repr(secret)
    assert repr(secret.key) not in repr(secret)
    assert fresh_secret().key != secret.key


def test_the_same_content_has_one_ciphertext_and_stays_erasable(
    store: EvidenceStore, tmp_path: Path
) -> None:
    first = store.put_bytes(CONTENT, name="a.csv", erasable=True)
    count = len(files(tmp_path))
    again = store.put_bytes(CONTENT, name="b.csv", erasable=True)
    plainly = store.put_bytes(CONTENT, name="c.csv")
    assert first.sealed == again.sealed == plainly.sealed
    assert len(files(tmp_path)) == count
    other = store.put_bytes(CONTENT[:-1], name="a.csv", erasable=True)
    assert other.sealed != first.sealed


def test_what_is_kept_in_clear_cannot_be_made_erasable(
    store: EvidenceStore, tmp_path: Path
) -> None:
    kept = store.put_bytes(CONTENT, name="a.csv")
    with pytest.raises(FtgovError, match="cannot be made erasable"):
        store.put_bytes(CONTENT, name="a.csv", erasable=True)
    assert len(files(tmp_path)) == 1
    assert kept.sealed is None
    assert store.verify() == ()


def test_after_its_key_is_destroyed_nothing_has_the_content_any_more(
    store: EvidenceStore, told: Told, tmp_path: Path
) -> None:
    kept = store.put_bytes(CONTENT, name="a.jsonl", erasable=True)
    store.path(kept.digest)
    key = store.sealed.vault.of(kept.digest)
    assert key is not None
    told.append(erased(kept, key.id))
    store.sealed.destroy([key.id])
    store.sealed.destroy([key.id])
    for path in files(tmp_path):
        content = path.read_bytes()
        assert NEEDLE not in content
        assert bytes.fromhex(key.key) not in content
        assert key.key.encode() not in content
    for read in (store.open, store.path):
        with pytest.raises(NotAssessable, match=f"was erased at {AT}") as caught:
            read(kept.digest)
        assert "asked for" in caught.value.why
    assert not store.has(kept.digest)
    assert store.fault(kept.digest, kept.sealed) is None
    assert store.verify() == ()


def test_a_key_that_is_lost_is_not_taken_for_an_erasure(
    store: EvidenceStore, tmp_path: Path
) -> None:
    kept = store.put_bytes(CONTENT, name="a.jsonl", erasable=True)
    (path,) = (tmp_path / "w" / "vault").iterdir()
    path.rename(tmp_path / "backup")
    with pytest.raises(NotAssessable, match="is lost") as caught:
        store.open(kept.digest)
    assert "vault" in caught.value.next_step
    assert "no entry says that it was erased" in str(store.fault(kept.digest, kept.sealed))
    (tmp_path / "backup").rename(path)
    assert store.fault(kept.digest, kept.sealed) is None
    with store.open(kept.digest) as stream:
        assert stream.read() == CONTENT


def test_a_key_that_outlived_its_erasure_is_told(store: EvidenceStore, told: Told) -> None:
    kept = store.put_bytes(CONTENT, name="a.jsonl", erasable=True)
    key = store.sealed.vault.of(kept.digest)
    assert key is not None
    told.append(erased(kept, key.id))
    (fault,) = store.verify()
    assert key.id in fault
    assert "erasure-1" in fault


def test_it_can_be_recorded_anew_after_an_erasure(store: EvidenceStore, told: Told) -> None:
    kept = store.put_bytes(CONTENT, name="a.jsonl", erasable=True)
    key = store.sealed.vault.of(kept.digest)
    assert key is not None
    told.append(erased(kept, key.id))
    store.sealed.destroy([key.id])
    again = store.put_bytes(CONTENT, name="a.jsonl", erasable=True)
    assert again.digest == kept.digest
    assert again.sealed != kept.sealed
    with store.open(again.digest) as stream:
        assert stream.read() == CONTENT
    assert store.verify() == ()


def test_altered_ciphertext_and_altered_keys_are_told(store: EvidenceStore, tmp_path: Path) -> None:
    kept = store.put_bytes(CONTENT, name="a.jsonl", erasable=True)
    assert kept.sealed
    name = bare(kept.sealed)
    place = tmp_path / "w" / "evidence" / name[:2] / name
    whole = place.read_bytes()
    place.chmod(0o644)
    place.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(NotAssessable, match="not what was recorded"):
        store.open(kept.digest)
    assert len(store.verify()) == 2
    place.unlink()
    assert store.fault(kept.digest, kept.sealed) == "is gone"
    assert not store.has(kept.digest)
    place.write_bytes(whole)
    vault = tmp_path / "w" / "vault"
    (path,) = vault.iterdir()
    key = SealedKey.model_validate_json(path.read_bytes())
    path.write_text(key.model_copy(update={"key": "0" * 64}).model_dump_json())
    (fault,) = EvidenceStore(tmp_path / "w" / "evidence").verify()
    assert "not what was recorded" in fault
    other = digest_bytes(b"another content")
    path.write_text(key.model_copy(update={"plain": other}).model_dump_json())
    (fault,) = EvidenceStore(tmp_path / "w" / "evidence").verify()
    assert "another content" in fault
    path.write_text("rubbish")
    (vault / "notes.txt").write_text("hello")
    (vault / ".partial-1").write_text("somebody writes a key at this moment")
    faults = EvidenceStore(tmp_path / "w" / "evidence").verify()
    assert [fault.split(" in the vault ")[1] for fault in faults] == ["is damaged", "is no key"]


def test_a_key_that_cannot_be_written_leaves_nothing(store: EvidenceStore, tmp_path: Path) -> None:
    (tmp_path / "w" / "vault").write_text("no folder")
    with pytest.raises(FtgovError, match="could not be stored"):
        store.put_bytes(CONTENT, name="a.jsonl", erasable=True)
    assert [path.name for path in files(tmp_path)] == ["vault"]


def test_copies_of_a_process_that_was_killed_are_swept_and_those_of_a_live_one_stay(
    store: EvidenceStore, tmp_path: Path
) -> None:
    kept = store.put_bytes(CONTENT, name="a.jsonl", erasable=True)
    place = store.path(kept.digest)
    script = (
        "import os, sys, pathlib\n"
        "from ftgov.store.evidence import EvidenceStore\n"
        "store = EvidenceStore(pathlib.Path(sys.argv[1]))\n"
        "print(store.path(sys.argv[2]), flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "w" / "evidence"), kept.digest],
        capture_output=True,
        text=True,
        env=environment(),
        check=False,
    )
    assert done.returncode == -9
    left = Path(done.stdout.strip())
    assert left.read_bytes() == CONTENT
    other = EvidenceStore(tmp_path / "w" / "evidence")
    assert not left.exists()
    assert place.read_bytes() == CONTENT
    other.close()


def test_another_process_sees_new_keys_and_gone_ones(store: EvidenceStore, tmp_path: Path) -> None:
    other = EvidenceStore(tmp_path / "w" / "evidence")
    kept = store.put_bytes(CONTENT, name="a.jsonl", erasable=True)
    other.open(kept.digest).close()
    key = other.sealed.vault.of(kept.digest)
    assert key is not None
    store.sealed.destroy([key.id])
    with pytest.raises(NotAssessable, match="is lost"):
        other.open(kept.digest)


def test_a_read_only_store_reads_it_and_leaves_nothing_beside_it(
    store: EvidenceStore, tmp_path: Path
) -> None:
    kept = store.put_bytes(CONTENT, name="a.jsonl", erasable=True)
    before = sorted((tmp_path / "w").rglob("*"))
    reader = EvidenceStore(tmp_path / "w" / "evidence", read_only=True)
    place = reader.path(kept.digest)
    assert place.read_bytes() == CONTENT
    assert sorted((tmp_path / "w").rglob("*")) == before
    reader.close()
    assert not place.exists()


def test_a_record_of_a_plain_file_keeps_the_bytes_it_always_had() -> None:
    plain = Evidence(digest=digest_bytes(b"x"), bytes=1, name="x")
    assert set(plain.model_dump(mode="json")) == {"digest", "bytes", "name", "media_type"}
    sealed = plain.model_copy(update={"sealed": digest_bytes(b"y")})
    assert Evidence.model_validate(sealed.model_dump()) == sealed
    assert Evidence.model_validate_json(plain.model_dump_json()) == plain


def test_a_vault_that_is_absent_has_no_key(tmp_path: Path) -> None:
    vault = Vault(tmp_path / "absent")
    assert not vault.in_use()
    assert vault.of(digest_bytes(b"x")) is None
    assert not vault.destroy("key-" + "0" * 32)
    assert list(vault.every()) == []
    assert list(vault.problems()) == []
    assert list(tmp_path.iterdir()) == []


def test_a_key_that_cannot_be_destroyed_is_said(tmp_path: Path) -> None:
    key_id = "key-" + "0" * 32
    (tmp_path / f"{key_id}.json").mkdir()
    with pytest.raises(FtgovError, match="could not be destroyed") as caught:
        Vault(tmp_path).destroy(key_id)
    assert "erase it again" in caught.value.next_step


def test_a_destroyed_key_is_overwritten_before_it_is_removed(
    store: EvidenceStore, tmp_path: Path
) -> None:
    kept = store.put_bytes(CONTENT, name="a.jsonl", erasable=True)
    key = store.sealed.vault.of(kept.digest)
    assert key is not None
    place = tmp_path / "w" / "vault" / f"{key.id}.json"
    (tmp_path / "same inode").hardlink_to(place)
    size = place.stat().st_size
    store.sealed.destroy([key.id])
    assert not place.exists()
    assert (tmp_path / "same inode").read_bytes() == bytes(size)
