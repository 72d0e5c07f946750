"""Keys are in nothing that is written: ledger, evidence, messages, errors, process arguments."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from archive_support import NOW, made, tally
from ftgov.api.archive import Asked, archive_openai
from ftgov.errors import FtgovError, UsageError
from ftgov.providers.openai_hosted import checked_url
from ftgov.providers.secrets import Secret, Source, find_secret, require_secret
from openai_fake.account import ADMIN_SECRET, SECRET, Account
from openai_fake.faults import Fault
from openai_fake.server import serving
from tests_support import run_ftgov


def _holding(folder: Path, secret: str) -> Iterator[Path]:
    for path in folder.rglob("*"):
        if path.is_file() and secret.encode() in path.read_bytes():
            yield path


def test_no_key_is_written_or_said_whatever_the_host_does(tmp_path: Path) -> None:
    said: list[str] = []
    with made(tmp_path) as workspace, serving(Account.seeded(4)) as fake:
        echo = Fault(
            "rewrite", "/vector_stores", change=lambda page: {**page, "echo": f"key {SECRET}"}
        )
        fake.plan(echo, Fault("status", "/evals", status=403))
        asked = Asked(now=NOW, say=said.append)
        keys = {"base_url": fake.url, "key": SECRET, "admin_key": ADMIN_SECRET}
        result = archive_openai(workspace, asked, **keys, stored_completions=True)
        assert "own key" in str(tally(result, "vector_stores").refused)
    for secret in (SECRET, ADMIN_SECRET):
        assert list(_holding(tmp_path, secret)) == []
        assert secret not in "".join(said) + repr(result) + result.model_dump_json()


def test_a_refusal_that_echoes_the_key_is_told_without_it(tmp_path: Path) -> None:
    with made(tmp_path) as workspace, serving(Account.seeded(1)) as fake:
        wrong = SECRET + "-wrong"
        with pytest.raises(FtgovError) as told:
            archive_openai(workspace, Asked(), base_url=fake.url, key=wrong)
        assert wrong not in str(told.value.as_json())


def test_the_command_line_shows_no_key(tmp_path: Path) -> None:
    with made(tmp_path), serving(Account.seeded(2, evals=0)) as fake:
        (tmp_path / "key").write_text(SECRET + "\n")
        place = ("--workspace", tmp_path / "w", "--verbose")
        ran = run_ftgov("archive", "openai", "--key-file", tmp_path / "key", *place,
                        env={"OPENAI_BASE_URL": fake.url, "OPENAI_LOG": "debug"})  # fmt: skip
        assert ran.status == 0, ran.err
        fake.plan(Fault("status", "*", status=401, times=None))
        refused = run_ftgov(
            "archive", "openai", *place, env={"OPENAI_BASE_URL": fake.url, "OPENAI_API_KEY": SECRET}
        )
        assert refused.status == 30
        shown = ran.out + ran.err + refused.out + refused.err
        assert SECRET not in shown
    (tmp_path / "key").unlink()
    assert list(_holding(tmp_path, SECRET)) == []


def test_a_key_comes_from_a_file_a_variable_or_the_keyring(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.setitem(sys.modules, "keyring", None)
    source = Source("OPENAI_API_KEY")
    assert find_secret(source) is None
    with pytest.raises(UsageError):
        require_secret(source)
    keyring = ModuleType("keyring")
    vars(keyring)["get_password"] = lambda service, name: f"sk-{service}-{name}"
    monkeypatch.setitem(sys.modules, "keyring", keyring)
    assert require_secret(source).reveal() == "sk-ftgov-OPENAI_API_KEY"
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-the-environment")
    assert require_secret(source).reveal() == "sk-of-the-environment"
    (tmp_path / "key").write_text("sk-of-the-file\nmore\n")
    assert require_secret(Source("OPENAI_API_KEY", tmp_path / "key")).reveal() == "sk-of-the-file"
    importlib.invalidate_caches()


@pytest.mark.parametrize("content", ["", "short", "two words here", "späßig-key-1"])
def test_what_is_no_key_is_refused_and_not_shown(tmp_path: Path, content: str) -> None:
    (tmp_path / "key").write_text(content)
    with pytest.raises(UsageError) as told:
        require_secret(Source("X", tmp_path / "key"))
    assert not content or content not in str(told.value.as_json())


def test_a_secret_shows_itself_to_nobody() -> None:
    assert "sk-1234567" not in f"{Secret('sk-1234567')} {Secret('sk-1234567')!r}"


@pytest.mark.parametrize(
    "url",
    ["http://api.example.org/v1", "https://user:pw@example.org/v1", "ftp://x/v1", "nonsense",
     "https://example.org/v1?key=1", "http://[::1", "https://example.org/#x"],
)  # fmt: skip
def test_a_key_is_never_sent_in_clear_or_to_an_odd_address(url: str) -> None:
    with pytest.raises(UsageError):
        checked_url(url)


def test_loopback_and_https_are_taken() -> None:
    assert checked_url("http://127.0.0.1:4010/v1/") == "http://127.0.0.1:4010/v1"
    assert checked_url("https://api.example.org/v1") == "https://api.example.org/v1"
