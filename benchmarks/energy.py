"""CPU time and memory of one hosted estimate in a fresh process, beside what it can't do without.

Run: python benchmarks/energy.py

The limit that it is held against is importing numpy alone, which no estimate can do without.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys

RUNS = 7
JOB = ["energy", "estimate", "--model", "gpt-4o-mini", "--tokens", "1e6", "--json"]
MEASURE = (
    "import json,resource,subprocess,sys;"
    "done=subprocess.run(sys.argv[1:],stdout=subprocess.PIPE,check=True);"
    "used=resource.getrusage(resource.RUSAGE_CHILDREN);"
    "print(json.dumps([1000*(used.ru_utime+used.ru_stime),used.ru_maxrss/1024]))"
)


def cost(command: list[str]) -> tuple[float, float]:
    """Return the least CPU milliseconds and the least peak megabytes of RUNS fresh processes."""
    found = []
    for _ in range(RUNS):
        done = subprocess.run(
            [sys.executable, "-c", MEASURE, *command], capture_output=True, text=True, check=True
        )
        found.append(json.loads(done.stdout))
    return min(each[0] for each in found), min(each[1] for each in found)


def outputs() -> set[str]:
    """Return the distinct outputs of several runs with one seed."""
    command = [sys.executable, "-m", "ftgov", *JOB]
    runs = [subprocess.run(command, capture_output=True, text=True, check=True) for _ in range(3)]
    return {run.stdout for run in runs}


def main() -> None:
    """Print the figures and their ratios."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    base = cost([sys.executable, "-c", "import numpy"])
    own = cost([sys.executable, "-m", "ftgov", *JOB])
    print(f"import numpy            {base[0]:5.0f} ms CPU  {base[1]:5.0f} MB")
    print(
        f"ftgov energy estimate   {own[0]:5.0f} ms CPU  {own[1]:5.0f} MB   "
        f"{own[0] / base[0]:.1f} x, {own[1] / base[1]:.1f} x numpy alone; goal 250 ms, 60 MB"
    )
    print(f"distinct outputs of 3 runs with one seed: {len(outputs())}")


if __name__ == "__main__":
    main()
