"""Every command in README and docs is run, in order, and prints what the page shows.

A `console` block holds lines that start with `$ ` (run in a shell, page by page in one scratch
folder; `> ` continues them) and the lines they print, of which `...` stands for any. A command that
must not end with 0 carries its status as a remark: `# exits 11`.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from tests_support import HOUSE, environment
from warm_client import started

_BLOCK = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
_STATUS = re.compile(r"\s+# exits (\d+)$")
PAGES = sorted([HOUSE / "README.md", HOUSE / "CONTRIBUTING.md", *(HOUSE / "docs").rglob("*.md")])


class Step(NamedTuple):
    """A documented command, the status it ends with, and the lines it must print."""

    command: str
    status: int
    shown: tuple[str, ...]


def steps_of(page: Path) -> list[Step]:
    """Return the commands of a page in order."""
    steps: list[Step] = []
    for block in _BLOCK.findall(page.read_text(encoding="utf-8")):
        for line in block.splitlines():
            if line.startswith("$ "):
                status = _STATUS.search(line)
                command = _STATUS.sub("", line[2:])
                steps.append(Step(command, int(status.group(1)) if status else 0, ()))
            elif line.startswith("> ") and steps:
                last = steps.pop()
                steps.append(last._replace(command=f"{last.command}\n{line[2:]}"))
            elif line.strip() and line.strip() != "..." and steps:
                last = steps.pop()
                steps.append(last._replace(shown=(*last.shown, line)))
    return steps


COLD = (HOUSE / "README.md", HOUSE / "docs" / "tutorials" / "first-report.md")
"""Pages whose commands start as they do for a user; those of others are forked, to save time."""
WITH_COMMANDS = [page for page in PAGES if steps_of(page)]


def _command(step: Step) -> str:
    """Return the command as a test can run it: `make` in the house, the tests not in a test."""
    words = shlex.split(step.command.splitlines()[0])
    if words[0] != "make":
        return step.command
    dry = "-n " if words[1] in {"test", "test-long", "example", "locks", "lint", "wheel"} else ""
    return f"make {dry}-o .venv/.ready -C {HOUSE} {' '.join(words[1:])} DEMO=$PWD/build/demo"


def _warm(path: str, folder: Path) -> dict[str, str]:
    """Return variables by which `ftgov` is forked from a process that has imported it."""
    shim = folder / ".bin" / "ftgov"
    shim.parent.mkdir()
    shim.write_text(f'#!/bin/sh\nexec {sys.executable} -IS {HOUSE}/tests/warm_shim.py "$@"\n')
    shim.chmod(0o755)
    return {"PATH": f"{shim.parent}{os.pathsep}{path}", "FTGOV_WARM": started(environment())}


def _folded(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


@pytest.mark.parametrize("page", WITH_COMMANDS, ids=lambda page: str(page.relative_to(HOUSE)))
def test_the_commands_of_a_page_do_what_it_says(
    page: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    (tmp_path / "examples").symlink_to(HOUSE / "examples")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    around = {"PATH": path} if page in COLD else _warm(path, tmp_path)
    if any(step.command.startswith("psql ") for step in steps_of(page)):
        server = request.getfixturevalue("postgres")
        around = {
            **around,
            "PATH": f"{around['PATH']}{os.pathsep}{server.binaries}",
            "PGHOST": str(server.folder),
            "PGUSER": server.superuser,
        }
    made: set[str] = set()
    for step in steps_of(page):
        if step.command in made:
            continue
        made |= {step.command} if step.command.startswith("make ") else set()
        done = subprocess.run(
            ["bash", "-c", _command(step)],
            cwd=tmp_path,
            env=environment(around),
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == step.status, f"{step.command}\n{done.stdout}\n{done.stderr}"
        printed = _folded(done.stdout + done.stderr)
        for line in step.shown:
            assert _folded(line) in printed, f"{step.command} does not print: {line}\n{printed}"


def test_there_are_pages_with_commands() -> None:
    assert HOUSE / "README.md" in WITH_COMMANDS
    assert sum(len(steps_of(page)) for page in WITH_COMMANDS) >= 10
