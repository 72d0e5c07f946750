"""An archive that is killed at any point goes on, and ends with the same content."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archive_looks import KEYS, archived, latest, new_workspace
from ftgov.store import ledger as ledgers
from ftgov.store.evidence import EvidenceStore
from ftgov.store.workspace import Workspace
from openai_fake.account import Account
from openai_fake.jobs import Shape
from openai_fake.server import Fake, serving
from tests_support import environment

Contents = dict[tuple[str, str], Any]


def account(jobs: int = 8) -> Account:
    """Return the account that is archived."""
    return Account.seeded(jobs, shape=Shape(steps=3, checkpoints=2))


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Contents:
    """What an archive holds that nobody killed."""
    with serving(account()) as fake, new_workspace(tmp_path_factory.mktemp("u") / "w") as opened:
        assert archived(opened, fake).complete
        return latest(opened)


class Executioner:
    """Kills a process in the middle of its n-th request, or a moment after it."""

    def __init__(self, fake: Fake, after: int, seconds: float) -> None:
        self._fake, self._left, self._seconds = fake, after, seconds
        self.process: subprocess.Popen[bytes] | None = None
        self.killed = False

    def __call__(self) -> None:
        """Count a request."""
        self._left -= 1
        if self._left == 0:
            threading.Timer(self._seconds, self._strike).start()

    def _strike(self) -> None:
        if self.process is not None and self.process.poll() is None:
            os.kill(self.process.pid, signal.SIGKILL)
            self.killed = True


def run_until_killed(fake: Fake, root: Path, after: int, seconds: float) -> bool:
    """Start the command and kill it; return whether it was killed before its end."""
    executioner = Executioner(fake, after, seconds)
    fake.watchers.append(executioner)
    command = [sys.executable, "-m", "ftgov", "archive", "openai", "--workspace", str(root)]
    command += ["--base-url", fake.url, "--quiet"]
    with subprocess.Popen(command, env=environment(KEYS), stdout=subprocess.DEVNULL) as process:
        executioner.process = process
        process.wait(timeout=120)
    fake.watchers.clear()
    assert executioner.killed or process.returncode == 0
    return executioner.killed


def judge(root: Path, fake: Fake, undisturbed: Contents) -> None:
    """Finish an archive and compare it with one that was left alone."""
    with Workspace.open(root) as opened:
        assert archived(opened, fake).complete
        assert latest(opened) == undisturbed
        assert opened.evidence.verify() == ()
        assert opened.ledger.verify().faults == ()
        # What a killed run had downloaded is not left behind in clear.
        assert len(list((root / ".ftgov").glob("open-*"))) <= 1
        head = opened.ledger.head()
        archived(opened, fake)
        assert opened.ledger.head() == head


def chained(tmp_path: Path, undisturbed: Contents, kills: list[tuple[int, float]]) -> int:
    """Archive with one kill after the other; return how many hit."""
    with serving(account()) as fake:
        root = tmp_path / "w"
        new_workspace(root).close()
        hit = sum(run_until_killed(fake, root, after, seconds) for after, seconds in kills)
        judge(root, fake, undisturbed)
    return hit


def test_an_archive_that_is_killed_again_and_again(tmp_path: Path, undisturbed: Contents) -> None:
    assert chained(tmp_path, undisturbed, [(20, 0.0), (40, 0.05), (45, 0.1)]) >= 2


@pytest.mark.long
def test_an_archive_that_is_killed_everywhere(tmp_path: Path, undisturbed: Contents) -> None:
    for number in range(8):
        kills = [(4 + 9 * number, 0.0), (10 + 5 * number, 0.04 * number), (30, 0.2)]
        assert chained(tmp_path / str(number), undisturbed, kills) >= 1


class _Cut(BaseException):
    """Stands for the power cut."""


def writes(monkeypatch: pytest.MonkeyPatch, cut_at: int) -> Iterator[int]:
    """Count what is written for good, and cut the power before the n-th; yields the count."""
    seen = 0

    def guarded(owner: Any, name: str) -> None:
        real = getattr(owner, name)

        def counted(*given: Any, **named: Any) -> Any:
            nonlocal seen
            seen += 1
            if seen == cut_at:
                raise _Cut
            return real(*given, **named)

        monkeypatch.setattr(owner, name, counted)

    guarded(EvidenceStore, "put_bytes")
    guarded(EvidenceStore, "put_file")
    guarded(ledgers.Ledger, "append_all")
    while True:
        yield seen


@pytest.fixture(scope="module")
def total(tmp_path_factory: pytest.TempPathFactory) -> int:
    """How many writes an archive makes."""
    root = tmp_path_factory.mktemp("counted") / "w"
    with (
        serving(account()) as fake,
        new_workspace(root) as opened,
        pytest.MonkeyPatch.context() as patch,
    ):
        count = writes(patch, -1)
        next(count)
        archived(opened, fake)
        return next(count)


@pytest.mark.parametrize("share", [0.02, 0.3, 0.7, 0.98])
def test_a_power_cut_before_any_write_loses_nothing(
    tmp_path: Path, undisturbed: Contents, total: int, share: float
) -> None:
    with serving(account()) as fake:
        with new_workspace(tmp_path / "w") as opened, pytest.MonkeyPatch.context() as patch:
            next(writes(patch, max(1, int(total * share))))
            with pytest.raises(_Cut):
                archived(opened, fake)
        judge(tmp_path / "w", fake, undisturbed)
