"""Kills a writer again and again: `kill_writer.py ROOT KILLS SEED`; prints what it saw as JSON.

A child appends entries and evidence as fast as it can and says each one that was acknowledged; it
is killed (SIGKILL) at a moment that the seed chooses. Then the store is opened, verified, and asked
for every entry that any child was told of. It runs as a program of its own, since it forks.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from pathlib import Path

from ftgov.records.model import ModelVersion
from ftgov.store.workspace import Workspace

AT = "2026-11-21T09:30:00Z"


def write(root: Path, number: int, out: int) -> None:
    """Append one entry, then three at once, then a file, for ever; say what was acknowledged."""
    with Workspace.open(root) as workspace:
        step = 0
        while True:
            step += 1
            names = [f"k{number}-{step}-{part}" for part in range(1 if step % 2 else 3)]
            records = [ModelVersion(name=name, kind="base") for name in names]
            workspace.ledger.append_all(records, actor="writer", recorded_at=AT)
            content = f"{number} {step}".encode() * 5_000
            kept = workspace.evidence.put_bytes(content, name="part.bin")
            os.write(out, f"{' '.join(names)} {kept.digest}\n".encode())


def killed(root: Path, number: int, delay: float) -> list[list[str]]:
    """Let a child write until it is killed; return what it said was acknowledged."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            write(root, number, writing)
        finally:
            os._exit(3)
    os.close(writing)
    time.sleep(delay)
    os.kill(child, signal.SIGKILL)
    with os.fdopen(reading, "rb") as stream:
        said = stream.read().decode()
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), "the writer ended by itself"
    # The pipe carries whole lines up to its own atomic size; a last half line was never said.
    return [line.split() for line in said.split("\n")[:-1]]


def main() -> None:
    """Kill as often as asked, and print kills, acknowledged entries and entries."""
    root, kills, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    chance = random.Random(seed)
    names: list[str] = []
    files: list[str] = []
    entries = 0
    for number in range(kills):
        for line in killed(root, number, chance.uniform(0.004, 0.12)):
            names += line[:-1]
            files.append(line[-1])
        with Workspace.open(root) as workspace:
            check = workspace.ledger.verify()
            assert check.faults == (), check.faults
            assert check.entries >= entries, "entries went away"
            entries = check.entries
            found = workspace.ledger.pick([("model", name) for name in names])
            assert len(found) == len(set(names)), "an acknowledged entry is gone"
            for digest in files[-20:]:
                workspace.evidence.path(digest)
            if number % 20 == 19 or number == kills - 1:
                assert workspace.evidence.verify() == ()
    print(json.dumps({"kills": kills, "acknowledged": len(names), "entries": entries}))  # noqa: T201 - it is what this program is for


if __name__ == "__main__":
    main()
