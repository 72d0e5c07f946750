"""A result that cannot be written is a failure with a sentence, never status 0 or a traceback."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests_support import environment, run_ftgov

FULL = Path("/dev/full")


def _shell(line: str, place: Path) -> tuple[int, str]:
    ftgov = Path(sys.executable).with_name("ftgov")
    done = subprocess.run(
        ["sh", "-c", f"{ftgov} {line}"],
        cwd=place, env=environment(), capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    return done.returncode, done.stderr


@pytest.mark.parametrize("line", ["check honest --json >", "check honest >", "log --json >"])
def test_a_full_disk_is_told(demo_copy: Path, line: str) -> None:
    status, told = _shell(f"{line} {FULL}", demo_copy)
    assert status == 1
    assert "error: " in told
    assert "Traceback" not in told
    assert "Exception ignored" not in told


def test_a_closed_output_is_told(demo_copy: Path) -> None:
    status, told = _shell("check honest --json >&-", demo_copy)
    assert status == 1
    assert "cannot be written to the standard output" in told


def test_a_gate_that_is_no_text_is_a_wrong_word(demo_copy: Path, tmp_path: Path) -> None:
    gate = tmp_path / "bin.yaml"
    gate.write_bytes(b"\xff\xfe\x00metadata")
    ran = run_ftgov("check", "honest", "--workspace", demo_copy, "--policy", gate)
    assert ran.status == 2
    assert "cannot be read as UTF-8 text" in ran.err
