"""Training files: bytes that the host gives, files of one's own, and what stays unknown."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive_support import archived, bodies, made, tally
from ftgov.errors import UsageError
from ftgov.providers.names import name_of
from ftgov.records.dataset import Dataset
from ftgov.records.digest import digest_bytes
from openai_fake.account import Account
from openai_fake.seeds import chat_lines
from openai_fake.server import Fake, serving


def _training(fake: Fake) -> tuple[str, str, int]:
    """Return id, name and length of the oldest training file."""
    found = next(f for f in fake.account.files.values() if f["purpose"] == "fine-tune")
    return found["id"], found["filename"], found["bytes"]


def _dataset(workspace: object, native: str) -> Dataset:
    found = workspace.ledger.get(Dataset, name_of(native))  # type: ignore[attr-defined]
    assert isinstance(found, Dataset)
    return found


def test_content_that_the_host_gives_is_hashed_verified_and_erasable(tmp_path: Path) -> None:
    with made(tmp_path) as workspace, serving(Account.seeded(3)) as fake:
        archived(workspace, fake)
        native, name, length = _training(fake)
        data = _dataset(workspace, native)
        assert data.files[0].digest == digest_bytes(chat_lines(native, 3))
        assert (data.files[0].name, data.files[0].bytes) == (name, length)
        assert data.files[0].sealed is not None
        assert data.contents[0].hash_basis == "downloaded"
        assert data.observation is not None
        assert data.observation.assurance == "verified"


def test_content_that_the_host_keeps_is_unheld_with_its_reason(tmp_path: Path) -> None:
    with made(tmp_path) as workspace, serving(Account.seeded(3)) as fake:
        fake.account.training_downloads = False
        archived(workspace, fake)
        native, name, length = _training(fake)
        data = _dataset(workspace, native)
        assert data.files == ()
        assert (data.unheld[0].name, data.unheld[0].bytes) == (name, length)
        seen = [e for e in bodies(workspace, "archived") if e["resource"] == "files.content"]
        assert "the host answered 40" in seen[0]["content_unavailable"]
        asked = len(fake.paths())
        archived(workspace, fake)
        assert not [path for path in fake.paths()[asked:] if path.endswith("/content")]


def test_a_local_file_of_the_same_length_and_name_is_asserted_never_verified(
    tmp_path: Path,
) -> None:
    with made(tmp_path) as workspace, serving(Account.seeded(3)) as fake:
        fake.account.training_downloads = False
        archived(workspace, fake)
        native, name, length = _training(fake)
        (tmp_path / "mine" / "a").mkdir(parents=True)
        (tmp_path / "mine" / "a" / name).write_bytes(b"x" * length)
        archived(workspace, fake, candidates=(tmp_path / "mine",))
        data = _dataset(workspace, native)
        assert data.files[0].digest == digest_bytes(b"x" * length)
        assert data.contents[0].hash_basis == "local_original"
        assert data.observation is not None
        assert data.observation.assurance == "asserted"


@pytest.mark.parametrize("change", ["shorter", "two"])
def test_a_local_file_that_may_be_another_is_not_taken(tmp_path: Path, change: str) -> None:
    with made(tmp_path) as workspace, serving(Account.seeded(3)) as fake:
        fake.account.training_downloads = False
        native, name, length = _training(fake)
        for folder in ("a", "b") if change == "two" else ("a",):
            (tmp_path / "mine" / folder).mkdir(parents=True)
            length -= change == "shorter"
            (tmp_path / "mine" / folder / name).write_bytes(folder.encode() * length)
        archived(workspace, fake, candidates=(tmp_path / "mine",))
        assert _dataset(workspace, native).files == ()


def test_no_content_is_fetched_where_none_is_wanted(tmp_path: Path) -> None:
    with made(tmp_path) as workspace, serving(Account.seeded(3)) as fake:
        archived(workspace, fake, content="none")
        assert not [path for path in fake.paths() if path.endswith("/content")]
        result = archived(workspace, fake, content="all")
        assert tally(result, "files.content").new > 1


def test_a_candidate_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with (
        made(tmp_path) as workspace,
        serving(Account.seeded(1)) as fake,
        pytest.raises(UsageError),
    ):
        archived(workspace, fake, candidates=(tmp_path / "nowhere",))
