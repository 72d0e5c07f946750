"""The two tables of the gate: evidence in bad states, and policies that mean harm.

Run: python benchmarks/fail_closed.py [DEMO], where DEMO is a folder that `ftgov demo` made;
without it one is made. The first table gives, per kind of evidence and state, the status of `check`
and what became of the rule that rests on it. The second gives, per hostile policy, its verdict,
what it took, and what became of the rule after it.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from ftgov import api
from ftgov.policy.case import Case
from ftgov.policy.decide import Court
from ftgov.policy.invented import assessment_of
from ftgov.policy.isolation import Arbiter
from ftgov.policy.view import view_of
from hostile_policies import HOSTILE, gate
from policy_matrix import KINDS, STATES, checked, copied, row

NOW = "2026-11-21T09:00:00Z"


def matrix(demo: Path) -> None:
    """Print the first table."""
    with copied(demo) as workspace:
        print(f"untouched: {int(checked(workspace, '').status)}")
    width = 15
    print("evidence".ljust(16), *(state.rjust(width) for state in STATES))
    for name in KINDS:
        cells = [f"{int(c.status)} {c.rule}".rjust(width) for c in row(demo, name).values()]
        print(name.ljust(16), *cells)


@contextlib.contextmanager
def watched(arbiter: Arbiter) -> Iterator[list[int]]:
    """Note the largest resident memory of the worker, KiB, while the body runs."""
    most, done = [0], threading.Event()

    def look() -> None:
        while not done.wait(0.002):
            process = arbiter._process  # noqa: SLF001 (whose memory is measured)
            with contextlib.suppress(OSError, IndexError, ValueError, AttributeError):
                text = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
                most[0] = max(most[0], int(text.split("VmHWM:")[1].split()[0]))

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield most
    finally:
        done.set()
        thread.join()


def hostile() -> None:
    """Print the second table."""
    view = view_of(assessment_of(Case(name="x", now=NOW, expect="pass")), now=NOW)
    print(f"{'policy':<20} {'verdict':>8} {'seconds':>8} {'MiB':>6}  {'next rule':<10} why")
    for name, source in HOSTILE.items():
        with Arbiter() as arbiter, watched(arbiter) as most:
            court = Court([gate(source, "true")], arbiter)
            start = time.perf_counter()
            bad, good = court.judge(view, now=NOW, time_source="given")
            seconds = time.perf_counter() - start
        figures = f"{bad.outcome:>8} {seconds:8.2f} {most[0] / 1024:6.0f}"
        print(f"{name:<20} {figures}  {good.outcome:<10} {bad.message[:60]}")


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("demo", nargs="?", type=Path)
    demo = parser.parse_args().demo
    if demo:
        matrix(demo)
    else:
        with tempfile.TemporaryDirectory() as folder:
            api.demo(Path(folder) / "demo")
            matrix(Path(folder) / "demo")
    hostile()


if __name__ == "__main__":
    main()
