"""A key of a host is in nothing that an archive writes, says or shows to other processes."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archive_looks import KEYS
from ftgov.store.workspace import Workspace
from openai_fake import server
from openai_fake.account import Account
from openai_fake.faults import Fault
from openai_fake.jobs import Shape
from openai_fake.server import Fake, serving
from tests_support import run_ftgov

PLANTED = {"OPENAI_API_KEY": "sk-planted-0123456789abcdef", "OPENAI_ADMIN_KEY": "sk-adm-planted-77"}


def everything_below(root: Path) -> Iterator[tuple[Path, bytes]]:
    """Yield every file of a workspace, and what its sealed files hold."""
    for path in root.rglob("*"):
        if path.is_file():
            yield path, path.read_bytes()
    with Workspace.open(root) as opened:
        for key in opened.evidence.sealed.vault.every():
            with opened.evidence.open(key.plain) as stream:
                yield root / key.id, stream.read()


class Onlooker(threading.Thread):
    """Reads the arguments of all processes while another works."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.seen = b""
        self.done = threading.Event()

    def run(self) -> None:
        while not self.done.is_set():
            for place in Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    text = place.read_bytes()
                except OSError:
                    continue
                if b"ftgov" in text and text not in self.seen:
                    self.seen += text
            time.sleep(0.02)


@pytest.mark.parametrize("way", ["environment", "file"])
def test_a_planted_key_is_found_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    monkeypatch.setattr(server, "SECRET", PLANTED["OPENAI_API_KEY"])
    monkeypatch.setattr(server, "ADMIN_SECRET", PLANTED["OPENAI_ADMIN_KEY"])
    root = tmp_path / "w"
    assert run_ftgov("init", root).status == 0
    said = ""
    watch = Onlooker()
    watch.start()
    with serving(Account.seeded(2, shape=Shape(steps=2, checkpoints=1))) as fake:
        fake.plan(*_faults())
        words, env = _keys(tmp_path, way)
        for extra in ([], ["--full"]):
            ran = run_ftgov(
                "archive", "openai", "--workspace", root, "--base-url", fake.url, "--verbose",
                *words, *extra, env=env, cold=True,  # its own arguments are looked at
            )  # fmt: skip
            said += ran.out + ran.err
        assert fake.requests
        assert {seen.key for seen in fake.requests} == {"project", "admin"}
        wrong = run_ftgov(
            "archive", "openai", "--workspace", root, "--base-url", fake.url,
            env={"OPENAI_API_KEY": "sk-planted-wrong-key-4711"}, cold=True,
        )  # fmt: skip
        said += wrong.out + wrong.err
        assert wrong.status == 30
    watch.done.set()
    watch.join()
    assert b"archive" in watch.seen
    for key in (*PLANTED.values(), "sk-planted-wrong-key-4711"):
        assert key not in said
        assert key.encode() not in watch.seen
        assert [path for path, content in everything_below(root) if key.encode() in content] == []


def _keys(folder: Path, way: str) -> tuple[list[str | Path], dict[str, str]]:
    if way == "environment":
        return [], PLANTED
    files = [folder / name for name in PLANTED]
    for file, key in zip(files, PLANTED.values(), strict=True):
        file.write_text(key + "\n")
    return ["--key-file", files[0], "--admin-key-file", files[1]], {}


def _faults() -> list[Fault]:
    """Return faults whose error texts a careless program would fill with the request."""

    def echo(body: Any) -> Any:
        return {**body, "note": f"your key is {PLANTED['OPENAI_API_KEY']}"}

    return [
        Fault("status", "/evals", status=500, headers=(("retry-after-ms", "1"),)),
        Fault("status", "/vector_stores", status=403, times=None),
        Fault("html", "/models", skip=1),
        Fault("rewrite", "/files", change=echo),
    ]


def test_an_answer_that_holds_the_key_is_not_stored(fake_with_echo: tuple[Fake, Path]) -> None:
    fake, root = fake_with_echo
    ran = run_ftgov(
        "archive", "openai", "--workspace", root, "--base-url", fake.url, "--json", env=KEYS
    )
    told = {each["resource"]: each["refused"] for each in json.loads(ran.out)["resources"]}
    assert "your own key" in told["fine_tuning.jobs"]
    for key in KEYS.values():
        assert key not in ran.out + ran.err
        assert not any(key.encode() in content for _, content in everything_below(root))


@pytest.fixture
def fake_with_echo(tmp_path: Path) -> Iterator[tuple[Fake, Path]]:
    """A host that sends the caller's key back in a job."""
    root = tmp_path / "w"
    assert run_ftgov("init", root).status == 0
    with serving(Account.seeded(2, shape=Shape(steps=2, checkpoints=1))) as fake:
        job = next(iter(fake.account.jobs.values()))
        job["metadata"] = {"note": f"made with {KEYS['OPENAI_API_KEY']}"}
        yield fake, root
