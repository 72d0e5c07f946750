"""Many evidence files taken in at once are kept as if each were taken in by itself."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ftgov.errors import FtgovError, UsageError
from ftgov.records.erasure import Erasure
from ftgov.store.evidence import EvidenceStore, Incoming
from ftgov.store.vault import Vault
from store_support import AT, Home
from tests_support import environment


def incoming(folder: Path, count: int = 30) -> list[Incoming]:
    """Return bytes and files, some the same twice, every third erasable."""
    found: list[Incoming] = []
    for number in range(count):
        content = f"content {number // 2}".encode()
        file = folder / f"{number}.csv"
        file.write_bytes(content + b" of a file")
        given = file if number % 2 else content
        found.append(Incoming(f"{number}.csv", given, erasable=number // 2 % 3 == 0))
    return found


def test_many_at_once_are_as_one_by_one(home: Home, tmp_path: Path) -> None:
    given = incoming(tmp_path)
    with home.create("many") as workspace, ThreadPoolExecutor(4) as pool:
        kept = workspace.evidence.put_all(given, pool)
        assert workspace.evidence.verify() == ()
        again = workspace.evidence.put_all(given, pool)
        assert again == kept
        for one, evidence in zip(given, kept, strict=True):
            content = one.content if isinstance(one.content, bytes) else one.content.read_bytes()
            assert evidence.name == one.name
            assert (evidence.sealed is not None) == one.erasable
            with workspace.evidence.open(evidence.digest) as stream:
                assert stream.read() == content
        assert len(list(workspace.evidence.sealed.vault.every())) == 10


def test_the_same_content_at_once_gets_one_key(home: Home) -> None:
    given = [Incoming(f"{n}", b"secret", erasable=True) for n in range(24)]
    with home.create() as workspace, ThreadPoolExecutor(8) as pool:
        kept = workspace.evidence.put_all(given, pool)
        assert len({each.sealed for each in kept}) == 1
        assert len(list(workspace.evidence.sealed.vault.every())) == 1
        assert workspace.evidence.verify() == ()


def test_none_is_taken_in_that_was_erased_meanwhile(home: Home) -> None:
    with home.create() as workspace, ThreadPoolExecutor(2) as pool:
        (kept,) = workspace.evidence.put_all([Incoming("a", b"secret", erasable=True)], pool)
        key = workspace.evidence.sealed.key_of(kept.digest)
        assert key is not None
        erasure = Erasure(
            name="e", digests=(kept.digest,), keys=(key.id,), legal_basis="Art. 17", reason="asked",
            erased_at=AT,
        )  # fmt: skip
        workspace.ledger.append_all([erasure], actor="party-0123456789abcdef", recorded_at=AT)
        workspace.evidence.sealed.destroy([key.id])
        with pytest.raises(FtgovError, match="was erased"):
            workspace.evidence.put_all([Incoming("b", b"plain"), Incoming("a", b"secret")], pool)
        assert workspace.evidence.verify() == ()


def test_an_absent_file_is_told(home: Home, tmp_path: Path) -> None:
    with home.create() as workspace, ThreadPoolExecutor(2) as pool:
        with pytest.raises(UsageError, match="is no file"):
            workspace.evidence.put_all([Incoming("x", tmp_path / "absent")], pool)
        assert workspace.evidence.put_all([], pool) == []


def test_the_vault_is_listed_once_for_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "evidence").mkdir()
    store = EvidenceStore(tmp_path / "evidence")
    listed: list[int] = []
    names = Vault._names

    def counted(vault: Vault) -> list[str]:
        listed.append(vault._listed is None)
        return names(vault)

    monkeypatch.setattr(Vault, "_names", counted)
    with store.at_once():
        for number in range(20):
            store.put_bytes(b"%d" % number, name="n", erasable=True)
    assert sum(listed) == 1
    assert len(list(store.sealed.vault.every())) == 20
    assert store.verify() == ()


def test_files_on_their_way_in_are_gone_with_the_store_and_after_a_crash(home: Home) -> None:
    with home.create() as workspace:
        place = workspace.evidence.scratch()
        (place / "download").write_bytes(b"secret")
        assert place.stat().st_mode & 0o077 == 0
    assert not place.exists()
    code = (
        "import os, sys; from pathlib import Path; from ftgov.store.workspace import Workspace;"
        "held = Workspace.open(Path(sys.argv[1]));"
        "(held.evidence.scratch() / 'download').write_bytes(b'secret');"
        "os._exit(0)"  # as a kill does: nothing is tidied up
    )
    command = [sys.executable, "-c", code, str(home.root / "w")]
    assert subprocess.run(command, env=environment(), check=False).returncode == 0
    left = list(place.parent.parent.glob("open-*/incoming/download"))
    assert len(left) == 1
    with home.open():
        assert not left[0].exists()
