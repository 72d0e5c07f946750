"""Files that were only asserted give way to the host's own bytes, and nobody misses it."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive_support import archived, bodies, made, tally
from ftgov.providers.names import name_of
from ftgov.records.dataset import Dataset
from ftgov.records.digest import digest_bytes
from ftgov.store.workspace import Workspace
from openai_fake.account import SECRET, Account
from openai_fake.seeds import chat_lines
from openai_fake.server import Fake, serving
from tests_support import run_ftgov


def _asserted(workspace: Workspace, fake: Fake, folder: Path, *, right: bool) -> str:
    """Have a file of one's own asserted to be the oldest training file; return that file's id."""
    fake.account.training_downloads = False
    found = next(f for f in fake.account.files.values() if f["purpose"] == "fine-tune")
    folder.mkdir()
    content = chat_lines(found["id"], 3) if right else b"x" * found["bytes"]
    (folder / found["filename"]).write_bytes(content)
    archived(workspace, fake, candidates=(folder,))
    assert _dataset(workspace, found["id"])[1] == "asserted"
    fake.account.training_downloads = True
    return str(found["id"])


def _dataset(workspace: Workspace, native: str) -> tuple[str, str, str]:
    found = workspace.ledger.get(Dataset, name_of(native))
    assert found is not None
    assert found.observation is not None
    basis = str(found.contents[0].hash_basis)
    return found.files[0].digest, found.observation.assurance, basis


def test_bytes_of_the_host_replace_what_was_asserted_and_the_run_says_so(tmp_path: Path) -> None:
    with made(tmp_path) as workspace, serving(Account.seeded(3, evals=0)) as fake:
        native = _asserted(workspace, fake, tmp_path / "mine", right=False)
        result = archived(workspace, fake)
        right = (digest_bytes(chat_lines(native, 3)), "verified", "downloaded")
        assert _dataset(workspace, native) == right
        assert (result.complete, tally(result, "files.content").contradicted) == (False, 1)
        look = next(e for e in bodies(workspace, "archived")
                    if e["resource"] == "files.content" and e["native_id"] == native)  # fmt: skip
        assert [flag["path"] for flag in look["flags"]] == ["content"]
        entries = workspace.ledger.head().entries
        for full in (False, True):
            assert archived(workspace, fake, full=full).complete
        assert workspace.ledger.head().entries == entries


def test_bytes_that_are_the_asserted_ones_make_it_verified(tmp_path: Path) -> None:
    with made(tmp_path) as workspace, serving(Account.seeded(3, evals=0)) as fake:
        native = _asserted(workspace, fake, tmp_path / "mine", right=True)
        assert archived(workspace, fake).complete
        assert _dataset(workspace, native)[1:] == ("verified", "downloaded")


def test_what_is_asserted_is_asked_for_again_and_changes_nothing_meanwhile(tmp_path: Path) -> None:
    with made(tmp_path) as workspace, serving(Account.seeded(3, evals=0)) as fake:
        native = _asserted(workspace, fake, tmp_path / "mine", right=False)
        fake.account.training_downloads = False
        entries, asked = workspace.ledger.head().entries, len(fake.paths())
        archived(workspace, fake)
        archived(workspace, fake, candidates=(tmp_path / "mine",))
        again = [path for path in fake.paths()[asked:] if path == f"/files/{native}/content"]
        assert len(again) == 2
        assert workspace.ledger.head().entries == entries


@pytest.mark.parametrize("content", ["training", "all"])
def test_reading_everything_again_records_no_file_again(tmp_path: Path, content: str) -> None:
    with made(tmp_path) as workspace, serving(Account.seeded(4)) as fake:
        archived(workspace, fake, content=content)
        entries = workspace.ledger.head().entries
        result = archived(workspace, fake, content=content, full=True)
        files = tally(result, "files.content")
        assert (files.new, files.unchanged) == (0, files.read)
        assert workspace.ledger.head().entries == entries


def test_the_command_warns_and_ends_with_30(tmp_path: Path) -> None:
    with made(tmp_path) as workspace, serving(Account.seeded(3, evals=0)) as fake:
        _asserted(workspace, fake, tmp_path / "mine", right=False)
        env = {"OPENAI_API_KEY": SECRET, "OPENAI_BASE_URL": fake.url}
        told = run_ftgov("archive", "openai", "--workspace", workspace.root, env=env)
        assert told.status == 30
        assert "1 of files.content are not what was recorded of them" in told.err
