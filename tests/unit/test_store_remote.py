"""Evidence at a URL: the folder there is the truth, whole files or none, and any change is told."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from fsspec.implementations.local import LocalFileSystem
from fsspec.implementations.memory import MemoryFileSystem

from ftgov.api.log import verify_log
from ftgov.errors import ExitCode, FtgovError, MissingExtra, NotAssessable, UsageError
from ftgov.records.dataset import Dataset
from ftgov.records.digest import bare
from ftgov.store.workspace import Workspace
from store_support import AT


@pytest.fixture(params=["file", "memory"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    yield f"file://{tmp_path}/shared" if request.param == "file" else "memory://shared"
    MemoryFileSystem.store.clear()
    MemoryFileSystem.pseudo_dirs[:] = [""]


def made(root: Path, url: str) -> Workspace:
    return Workspace.create(root, name="w", recorded_at=AT, evidence=url)


def test_a_colleague_reads_what_was_taken_in_elsewhere(tmp_path: Path, url: str) -> None:
    content = b"row\n" * 400_000
    with made(tmp_path / "a", url) as ours, made(tmp_path / "b", url) as theirs:
        kept = ours.evidence.put_bytes(content, name="rows.csv")
        assert theirs.evidence.has(kept.digest)
        assert not (tmp_path / "b" / ".ftgov" / "evidence" / bare(kept.digest)[:2]).exists()
        assert theirs.evidence.path(kept.digest).read_bytes() == content
        with theirs.evidence.open(kept.digest) as stream:
            assert stream.read() == content
        assert ours.evidence.put_bytes(content, name="again.csv").digest == kept.digest
        assert ours.evidence.verify() == theirs.evidence.verify() == ()
    with Workspace.open(tmp_path / "a") as again:
        assert again.config["workspace"]["evidence"] == url
        assert again.evidence.has(kept.digest)


def test_a_copy_that_was_never_sent_is_sent_the_next_time(tmp_path: Path, url: str) -> None:
    with made(tmp_path / "a", url) as ours, made(tmp_path / "b", url) as theirs:
        kept = ours.evidence.put_bytes(b"x", name="x")
        fs, place = remote(ours, kept.digest)
        fs.rm_file(place)  # as a kill between the two folders leaves it
        assert not theirs.evidence.has(kept.digest)
        ours.evidence.put_bytes(b"x", name="x")
        assert theirs.evidence.has(kept.digest)


def remote(workspace: Workspace, digest: str) -> tuple[LocalFileSystem | MemoryFileSystem, str]:
    folder = workspace.evidence._shelf._remote
    assert folder is not None
    return folder._files, folder._place(digest)


def test_a_file_altered_there_is_told_and_never_fetched(tmp_path: Path, url: str) -> None:
    with made(tmp_path / "a", url) as ours, made(tmp_path / "b", url) as theirs:
        kept = ours.evidence.put_bytes(b"true", name="x")
        fs, place = remote(ours, kept.digest)
        fs.rm_file(place)
        fs.pipe_file(place, b"false")
        with pytest.raises(NotAssessable, match="not what was recorded"):
            theirs.evidence.open(kept.digest)
        assert not list((tmp_path / "b" / ".ftgov" / "evidence").rglob("*"))
        faults = theirs.evidence.verify()
        assert len(faults) == 1
        assert faults[0].endswith("altered")
        assert ours.evidence.path(kept.digest).read_bytes() == b"true"


def test_a_file_that_is_gone_there_is_told(tmp_path: Path, url: str) -> None:
    with made(tmp_path / "a", url) as workspace:
        kept = workspace.evidence.put_bytes(b"rows", name="rows.csv")
        dataset = Dataset(name="d", role="train", files=(kept,))
        workspace.ledger.append(dataset, actor="a", recorded_at=AT)
        assert verify_log(workspace).verdict == "intact"
        fs, place = remote(workspace, kept.digest)
        fs.rm_file(place)
        shutil.rmtree(tmp_path / "a" / ".ftgov" / "evidence" / bare(kept.digest)[:2])
        assert verify_log(workspace).faults == (
            f"entry 1: the file rows.csv ({kept.digest[:19]}) is gone",
        )


def test_a_stranger_in_the_folder_is_told_but_no_unfinished_copy(tmp_path: Path, url: str) -> None:
    with made(tmp_path / "a", url) as workspace:
        kept = workspace.evidence.put_bytes(b"x", name="x")
        fs, place = remote(workspace, kept.digest)
        root = place.rpartition("/")[0].rpartition("/")[0]
        fs.pipe_file(f"{root}/.partial-1", b"half")
        assert workspace.evidence.verify() == ()
        fs.pipe_file(f"{root}/note.txt", b"hello")
        assert [fault.rpartition("/")[2] for fault in workspace.evidence.verify()] == [
            "note.txt: no evidence file, put here by something else"
        ]


def test_erasable_evidence_is_sealed_there_too(tmp_path: Path, url: str) -> None:
    with made(tmp_path / "a", url) as workspace:
        kept = workspace.evidence.put_bytes(b"Jane Doe", name="x", erasable=True)
        assert kept.sealed is not None
        fs, place = remote(workspace, kept.sealed)
        assert b"Jane Doe" not in fs.cat_file(place)
        with workspace.evidence.open(kept.digest) as stream:
            assert stream.read() == b"Jane Doe"
        assert workspace.evidence.verify() == ()


def test_a_folder_that_cannot_be_written_is_30_and_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "shared").write_bytes(b"a file, no folder")
    with made(tmp_path / "a", f"file://{tmp_path}/shared") as workspace:
        with pytest.raises(FtgovError, match="cannot be written") as caught:
            workspace.evidence.put_bytes(b"x", name="x")
        assert caught.value.exit_code == ExitCode.PROVIDER
    assert (tmp_path / "shared").read_bytes() == b"a file, no folder"


def test_a_url_that_nothing_knows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be kept at"):
        made(tmp_path / "a", "nonsense://x")
    assert not (tmp_path / "a").exists()


def test_without_fsspec_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    with pytest.raises(MissingExtra) as caught:
        made(tmp_path / "a", "memory://x")
    assert caught.value.next_step == "pip install 'ftgov[remote]'"
