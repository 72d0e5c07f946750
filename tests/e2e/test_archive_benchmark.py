"""The benchmark of the archive runs, and its claims that are no wall-clock figures hold."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests_support import HOUSE, environment


@pytest.mark.long
def test_the_benchmark_of_the_archive_runs_small() -> None:
    done = subprocess.run(
        [sys.executable, HOUSE / "benchmarks" / "archive.py", "--quick", "--latency", "0"],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "same ledger: True" in done.stdout
    assert "same content: True" in done.stdout
    requests = [int(found) for found in re.findall(r"(\d+) requests", done.stdout)]
    bare, full, second, _ = requests
    assert full < 1.3 * bare
    assert second < full / 4
