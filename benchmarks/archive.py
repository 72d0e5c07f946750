"""A full archive of a hosted account against the bare client asking for the same things.

Run: python benchmarks/archive.py [--jobs 10000] [--steps 12] [--latency 0.05] [--kills 5] [--quick]

The host is the tests' fake of the OpenAI API in a process of its own, on a loopback socket. The
bare client is OpenAI's own SDK with as many threads, which throws away what it gets: jobs, events,
checkpoints, rights, result files and training files. Each line is a process of its own, its start
included; `--latency` is what the fake waits before each answer. A real host answers in tens of
milliseconds at least, and limits requests; without latency the client's own work is all there is.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

HOUSE = Path(__file__).resolve().parents[1]
KEY, ADMIN_KEY = "sk-fake-project-key", "sk-admin-fake-key"
WORKERS = 4
AT = "2026-11-21T12:00:00Z"


class Spent(NamedTuple):
    """What a process spent: seconds, seconds of CPU, MiB at its peak, and requests."""

    wall: float
    cpu: float
    peak: float
    requests: int

    def line(self, what: str) -> str:
        """Return it as a line of the table."""
        return (
            f"{what:<34}{self.wall:>9.1f} s {self.cpu:>8.1f} s CPU {self.peak:>7.0f} MiB "
            f"{self.requests:>8} requests"
        )


@contextmanager
def host(jobs: int, steps: int, latency: float) -> Iterator[str]:
    """Serve the fake in a process of its own; yields its address."""
    command = [sys.executable, "-m", "openai_fake", "--jobs", str(jobs), "--steps", str(steps)]
    command += ["--latency", str(latency)]
    with subprocess.Popen(
        command, cwd=HOUSE / "tests", stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def asked(url: str) -> int:
    """Return how many requests the fake has had."""
    address = url.removesuffix("/v1") + "/requests"
    with urllib.request.urlopen(address) as answer:
        return int(json.load(answer)["requests"])


def bare(url: str) -> None:
    """Ask for everything with the SDK alone."""
    import openai

    caller = openai.OpenAI(api_key=KEY, base_url=url)
    admin = openai.OpenAI(api_key=ADMIN_KEY, base_url=url)

    def below(job: Any) -> None:
        list(caller.fine_tuning.jobs.list_events(job.id, limit=100))
        steps = list(caller.fine_tuning.jobs.checkpoints.list(job.id, limit=100))
        models = {step.fine_tuned_model_checkpoint for step in steps} | {job.fine_tuned_model}
        for model in models - {None}:
            list(admin.fine_tuning.checkpoints.permissions.list(model, limit=100))
        for file in job.result_files:
            caller.files.content(file).read()

    with ThreadPoolExecutor(WORKERS) as pool:
        files = list(caller.files.list())
        list(pool.map(below, caller.fine_tuning.jobs.list(limit=100)))
        training = [file.id for file in files if file.purpose == "fine-tune"]
        list(pool.map(lambda name: caller.files.content(name).read(), training))


def archive(url: str, root: Path) -> None:
    """Archive everything."""
    from ftgov import api
    from ftgov.api.archive import Asked, archive_openai

    with api.open_workspace(root) as workspace:
        wish = Asked(workers=WORKERS, now=AT)
        result = archive_openai(workspace, wish, base_url=url, key=KEY, admin_key=ADMIN_KEY)
    assert result.complete, result


def measured(url: str, role: str, root: Path) -> Spent:
    """Run a role in a process of its own."""
    command = [sys.executable, str(Path(__file__).resolve()), "--role", role]
    command += ["--url", url, "--root", str(root)]
    before, began = asked(url), time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    wall = time.perf_counter() - began
    cpu, peak = json.loads(done.stdout)
    return Spent(wall, cpu, peak, asked(url) - before)


def head(root: Path) -> tuple[int, str]:
    """Return how long the ledger is, and its last digest."""
    from ftgov import api

    with api.open_workspace(root) as workspace:
        entry = workspace.ledger.newest(limit=1)[0]
        return entry.seq, str(entry.digest)


def contents(root: Path) -> dict[tuple[str, str], str]:
    """Return the last content of each record, without when and how it was seen."""
    sys.path.insert(0, str(HOUSE / "tests"))
    from archive_looks import latest
    from ftgov import api

    with api.open_workspace(root) as workspace:
        return {key: json.dumps(body, sort_keys=True) for key, body in latest(workspace).items()}


def killed(url: str, root: Path, kills: int, wall: float) -> tuple[int, Spent]:
    """Archive with a SIGKILL at random moments, then to the end; return the hits, the last run."""
    chance, hits = random.Random(7), 0
    command = [sys.executable, str(Path(__file__).resolve()), "--role", "archive"]
    for _ in range(kills):
        with subprocess.Popen(
            [*command, "--url", url, "--root", str(root)], stdout=subprocess.DEVNULL
        ) as process:
            try:
                process.wait(timeout=2 + chance.random() * 2 * wall / (kills + 1))
            except subprocess.TimeoutExpired:
                os.kill(process.pid, signal.SIGKILL)
                hits += 1
    return hits, measured(url, "archive", root)


def new(folder: Path, name: str) -> Path:
    """Make a workspace."""
    from ftgov import api

    api.init(folder / name, now=AT).close()
    return folder / name


def compare(jobs: int, steps: int, latency: float, kills: int) -> None:
    """Print the table."""
    folder = Path(tempfile.mkdtemp(prefix="ftgov-archive-"))
    shown = f"{latency * 1000:.0f} ms before each answer" if latency else "no latency"
    print(f"{jobs} jobs of {steps} steps, {WORKERS} threads, {shown}")
    try:
        with host(jobs, steps, latency) as url:
            alone = measured(url, "bare", folder)
            print(alone.line("bare client"))
            root = new(folder, "whole")
            full = measured(url, "archive", root)
            print(full.line("full archive"), f"  {full.wall / alone.wall:.2f} x the bare client")
            first = head(root)
            again = measured(url, "archive", root)
            print(again.line("second run"), f"  same ledger: {head(root) == first}")
            if kills:
                other = new(folder, "killed")
                hits, last = killed(url, other, kills, full.wall)
                same = contents(other) == contents(root)
                print(last.line(f"resumed after {hits} kills"), f"  same content: {same}")
            size = sum(path.stat().st_size for path in root.rglob("*") if path.is_file())
            print(f"{first[0]} ledger entries, {size / 2**20:.0f} MiB on disk")
    finally:
        shutil.rmtree(folder)


def main() -> None:
    """Print the comparison, or play one role of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=10_000)
    parser.add_argument("--steps", type=int, default=12)
    parser.add_argument("--latency", type=float, default=0.05)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--role", choices=["bare", "archive"])
    parser.add_argument("--url")
    parser.add_argument("--root", type=Path)
    given = parser.parse_args()
    if given.role:
        bare(given.url) if given.role == "bare" else archive(given.url, given.root)
        used = resource.getrusage(resource.RUSAGE_SELF)
        print(json.dumps([used.ru_utime + used.ru_stime, used.ru_maxrss / 1024]))
        return
    jobs = 60 if given.quick else given.jobs
    compare(jobs, given.steps, given.latency, 1 if given.quick else given.kills)


if __name__ == "__main__":
    main()
