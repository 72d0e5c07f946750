"""What tests call: the house's top folder and the command line in a child process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from warm_client import may_be_warm, run_warm

HOUSE = Path(__file__).resolve().parents[1]
TIMEOUT_S = 300
NOW = "2026-11-21T12:00:00Z"


class Ran(NamedTuple):
    """A finished command: its status and what it printed."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment for a child process: no network, no colour, no user settings."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("FTGOV_")}
    return {
        **kept,
        "PYTHONPATH": str(HOUSE / "tests" / "no_network"),
        "PYTHONWARNINGS": "error",
        "NO_COLOR": "1",
        "XDG_CONFIG_HOME": str(HOUSE / "tests" / "no_network"),
        **(extra or {}),
    }


def run_ftgov(
    *arguments: str | Path,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    cold: bool = False,
) -> Ran:
    """Run `ftgov` in a child process whose sockets reach loopback only.

    The process is forked from one that has imported what commands import; that saves time and
    changes nothing else but what a Python process draws when it starts: the seed of its hashes.

    Args:
        arguments: The command line.
        cwd: The folder it runs in; by default that of the test.
        env: Variables on top of the tests' own.
        cold: Start a new interpreter: for what must not depend on that seed, or on what is loaded.
    """
    words, place = [str(each) for each in arguments], cwd or Path.cwd()
    around, base = environment(env), environment()
    if not cold and may_be_warm(around, base):
        ended = run_warm(words, environment=around, base=base, folder=place, seconds=TIMEOUT_S)
        return Ran(ended.status, ended.out.decode(), ended.err.decode())
    done = subprocess.run(
        [sys.executable, "-m", "ftgov", *words],
        capture_output=True,
        text=True,
        cwd=place,
        env=around,
        timeout=TIMEOUT_S,
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)
