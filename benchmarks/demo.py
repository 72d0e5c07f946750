"""Wall and CPU time of `ftgov demo` from an installed environment, and of each of its steps.

Run: python benchmarks/demo.py
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

GOAL_S = 60


def main() -> None:
    """Run the demonstration three times in fresh folders and print the times."""
    for run in range(1, 4):
        with tempfile.TemporaryDirectory() as scratch:
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            started = time.perf_counter()
            command = [sys.executable, "-m", "ftgov", "demo", str(Path(scratch) / "demo"), "-q"]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            wall = time.perf_counter() - started
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        memory = after.ru_maxrss / 1024
        print(
            f"run {run}: {wall:5.1f} s wall, {cpu:5.1f} s CPU, {memory:4.0f} MiB peak, "
            f"{os.cpu_count()} cores; goal {GOAL_S} s"
        )


if __name__ == "__main__":
    main()
