"""The check of skipped tests sees every form in which the runner lists a skip."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests_support import HOUSE

LISTED = "# a remark\ntests/conftest.py: the shared sample data\ntests/unit/test_a.py: no tool\n"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("check_skips", HOUSE / ".ci" / "check_skips.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _status(script: ModuleType, folder: Path, log: str) -> int:
    (folder / "log").write_text(log)
    (folder / "allowed").write_text(LISTED)
    status = script.main(str(folder / "log"), str(folder / "allowed"))
    assert isinstance(status, int)
    return status


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("SKIPPED [2] tests/conftest.py:23: the shared sample data is not beside the checkout", 0),
        ("SKIPPED [1] tests/unit/test_a.py: no tool", 0),
        ("SKIPPED [1] tests/unit/test_a.py:7: no time", 1),
        ("SKIPPED [1] tests/unit/test_a.py: no time", 1),
        ("SKIPPED [1] tests/unit/test_b.py: unconditional skip", 1),
        ("SKIPPED [1] tests/unit/test_b.py: 3: no tool", 1),
        ("SKIPPED [1] a line that cannot be read", 1),
        ("12 passed, 1 warning", 0),
    ],
)
def test_a_skip_that_is_not_listed_fails(
    script: ModuleType, tmp_path: Path, line: str, status: int
) -> None:
    assert _status(script, tmp_path, f"some output\n{line}\n") == status


def test_what_the_runner_prints_today_is_seen(script: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "test_skips.py").write_text(
        "import pytest\n\n\n@pytest.mark.skip(reason='marked')\ndef test_a(): ...\n\n\n"
        "def test_b():\n    pytest.skip('inside')\n"
    )
    (tmp_path / "test_whole.py").write_text(
        "import pytest\n\npytestmark = pytest.mark.skip(reason='no')\n\n\ndef test_c(): ...\n"
    )
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-rs",
            "-p",
            "no:cacheprovider",
            "--rootdir",
            tmp_path,
            ".",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("SKIPPED [")]
    assert len(lines) == 3, done.stdout
    assert "SKIPPED [1] test_whole.py: no" in lines  # without a line number
    for line in lines:
        assert _status(script, tmp_path, line + "\n") == 1
