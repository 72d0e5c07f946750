"""CPU time of `ftgov --help` beside that of an empty Python, each the best of seven runs.

Run: python benchmarks/startup.py
"""

from __future__ import annotations

import resource
import subprocess
import sys

RUNS = 7


def cpu_ms(command: list[str]) -> float:
    """Return the CPU time of a command in milliseconds, the least of RUNS runs."""
    found = []
    for _ in range(RUNS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        found.append(1000 * spent)
    return min(found)


def main() -> None:
    """Print both figures and their ratio."""
    bare = cpu_ms([sys.executable, "-c", "pass"])
    shown = cpu_ms([sys.executable, "-m", "ftgov", "--help"])
    print(f"python -c pass     {bare:6.0f} ms CPU")
    print(f"ftgov --help       {shown:6.0f} ms CPU   {shown / bare:.1f} x bare Python; goal 150 ms")


if __name__ == "__main__":
    main()
