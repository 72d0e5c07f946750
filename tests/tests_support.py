"""What tests call: the house's top folder and the command line in a child process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

HOUSE = Path(__file__).resolve().parents[1]
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
    *arguments: str | Path, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> Ran:
    """Run `ftgov` in a child process whose sockets reach loopback only."""
    done = subprocess.run(
        [sys.executable, "-m", "ftgov", *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=cwd,
        env=environment(env),
        timeout=300,
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)
