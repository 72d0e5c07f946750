"""A writer that is killed at any moment loses nothing that it was told is recorded."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

import kill_writer
from store_support import Home


def kills_of(home: Home, kills: int, seed: int) -> dict[str, int]:
    home.create().close()
    done = subprocess.run(
        [sys.executable, kill_writer.__file__, home.root / "w", str(kills), str(seed)],
        env={**os.environ},
        capture_output=True,
        text=True,
        check=False,
        timeout=540,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    counted: dict[str, int] = json.loads(done.stdout)
    return counted


def test_a_few_kills_lose_nothing(home: Home) -> None:
    counted = kills_of(home, 8, seed=1)
    assert counted["kills"] == 8
    assert counted["entries"] >= counted["acknowledged"] > 0


@pytest.mark.long
def test_two_hundred_kills_lose_nothing(home: Home) -> None:
    counted = kills_of(home, 200, seed=2)
    assert counted["kills"] == 200
    assert counted["entries"] >= counted["acknowledged"] > 200
