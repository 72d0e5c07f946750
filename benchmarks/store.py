"""The store against the bare database: appends, proofs, verification, lineage, memory.

Run: python benchmarks/store.py [--entries 1000000] [--models 100000] [--quick]

Raw is Python's `sqlite3` writing the very rows that the ledger wrote, precomputed, into a database
that the same migrations made: the same columns, constraints, indexes and triggers. Ratios come from
one run on one machine; single appends are one durable transaction each (synchronous=FULL).
Each memory figure is the peak of a process of its own, its start included.
"""

from __future__ import annotations

import argparse
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from ftgov.records.canonical import canonical_bytes
from ftgov.records.model import ModelVersion, WeightFile
from ftgov.store.projections import leaf_of
from ftgov.store.schema import migrate
from ftgov.store.sqlite import sqlite_database
from ftgov.store.workspace import Workspace
from ftgov.transparency.merkle import verify_inclusion

AT = "2026-11-21T09:30:00Z"
BATCH = 10_000
TABLES = ("ledger", "link", "tree")


def models(first: int, count: int, depth: int = 20) -> Iterator[ModelVersion]:
    """Yield model versions in families of `depth`, each derived from the one before it."""
    for number in range(first, first + count):
        parent = f"model-{number - 1}" if number % depth else None
        weights = WeightFile(
            name="model.safetensors", bytes=3_977_400 + number, digest=f"sha256:{number:064x}"
        )
        yield ModelVersion(
            name=f"model-{number}",
            kind="tuned" if parent else "base",
            parent=parent,
            architecture="gpt2",
            parameters=993_024,
            licence="Apache-2.0",
            weights=(weights,),
        )


def filled(root: Path, entries: int) -> Workspace:
    """Return a workspace whose ledger has so many entries."""
    workspace = Workspace.create(root, name="bench", recorded_at=AT)
    for first in range(0, entries, BATCH):
        append_all(workspace, models(first, min(BATCH, entries - first)))
    return workspace


def append_all(workspace: Workspace, batch: Iterable[ModelVersion]) -> None:
    """Append a batch in one transaction."""
    workspace.ledger.append_all(batch, actor="party-0123456789abcdef", recorded_at=AT)


def rows_of(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of a ledger's database, by table."""
    link = sqlite3.connect(path)
    keys = {"ledger": "seq", "link": "seq, place", "tree": "level, place"}
    found = {t: link.execute(f"SELECT * FROM {t} ORDER BY {keys[t]}").fetchall() for t in TABLES}
    link.close()
    return found


def raw_database(path: Path) -> sqlite3.Connection:
    """Return a bare connection to an empty database that the shipped migrations made."""
    migrate(sqlite_database(path, create=True))
    link = sqlite3.connect(path, isolation_level=None)
    link.execute("PRAGMA synchronous=full")
    link.execute("PRAGMA recursive_triggers=on")
    return link


def insert(link: sqlite3.Connection, table: str, rows: list[tuple[object, ...]]) -> None:
    """Insert rows as fast as the driver can."""
    if rows:
        marks = ", ".join("?" * len(rows[0]))
        link.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)


def peak() -> int:
    """Return this process's peak memory in MiB, without what its parent used before the exec."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) // 1024


def seconds(work: Callable[[], object]) -> float:
    """Return how long some work took."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def batched(folder: Path, entries: int) -> None:
    """Compare appends of 10,000 entries a transaction with the raw rate."""
    workspace = Workspace.create(folder / "batched", name="bench", recorded_at=AT)
    taken = 0.0
    for first in range(0, entries, BATCH):
        batch = list(models(first, min(BATCH, entries - first)))
        taken += seconds(lambda batch=batch: append_all(workspace, batch))
    workspace.close()
    rows = rows_of(workspace.root / ".ftgov" / "store.db")
    link = raw_database(folder / "raw.db")
    batches: list[dict[str, list[tuple[object, ...]]]] = [
        {"link": [], "ledger": rows["ledger"][first : first + BATCH]}
        for first in range(0, entries, BATCH)
    ]
    for row in rows["link"]:
        batches[(int(str(row[0])) - 1) // BATCH]["link"].append(row)
    batches[-1]["tree"] = rows["tree"]

    def raw() -> None:
        for batch in batches:
            link.execute("BEGIN IMMEDIATE")
            for table, precomputed in batch.items():
                insert(link, table, precomputed)
            link.execute("COMMIT")

    bare = seconds(raw)
    link.close()
    say("batched append", entries / taken, entries / bare, "at least 0.30")


def single(folder: Path, entries: int) -> None:
    """Compare single durable appends with the raw rate, taken in turns."""
    workspace = filled(folder / "single", 2 * entries)
    rows = rows_of(workspace.root / ".ftgov" / "store.db")
    workspace.close()
    shutil.rmtree(folder / "single")
    workspace = Workspace.create(folder / "single", name="bench", recorded_at=AT)
    link = raw_database(folder / "raw-single.db")
    ours = bare = 0.0
    records = list(models(0, entries))
    stated: dict[object, list[tuple[object, ...]]] = {}
    for row in rows["link"]:
        stated.setdefault(row[0], []).append(row)

    def raw(number: int) -> None:
        link.execute("BEGIN IMMEDIATE")
        insert(link, "link", stated.get(number + 1, []))
        insert(link, "ledger", [rows["ledger"][number]])
        link.execute("COMMIT")

    for number, record in enumerate(records):
        ours += seconds(lambda record=record: append_all(workspace, [record]))
        bare += seconds(lambda number=number: raw(number))
    link.close()
    workspace.close()
    say("durable single append", entries / ours, entries / bare, "at least 0.35")


def say(what: str, ours: float, raw: float, aim: str) -> None:
    """Print a rate beside the raw one."""
    print(f"{what}: {ours:,.0f}/s, raw {raw:,.0f}/s, ratio {ours / raw:.2f} ({aim})", flush=True)


def proofs(root: Path) -> None:
    """Time inclusion proofs at random places and check each."""
    with Workspace.open(root) as workspace:
        head = workspace.ledger.tree_head("bench")
        times = []
        for step in range(50):
            seq = 1 + step * 7_919_317 % head.size
            [entry] = _entry(workspace, seq)
            start = time.perf_counter()
            proof = workspace.ledger.inclusion(seq, head.size)
            times.append(time.perf_counter() - start)
            assert verify_inclusion(leaf_of(entry), seq - 1, head.size, proof, head.root)
    times.sort()
    print(
        f"inclusion proof among {head.size:,}: median {times[25] * 1e3:.2f} ms, "
        f"worst of 50 {times[-1] * 1e3:.2f} ms (under 5 ms)"
    )


def _entry(workspace: Workspace, seq: int) -> list[str]:
    from ftgov.store.queries import digests

    with workspace.database.transaction() as connection:
        return digests(connection, seq, seq)


def lineage(folder: Path, count: int) -> None:
    """Time the lineage of a model 20 steps deep in a store of many models."""
    from ftgov import api

    filled(folder / "lineage", count).close()
    with Workspace.open(folder / "lineage") as workspace:
        times = []
        for step in range(21):
            name = f"model-{(step * 97 + 1) % (count // 20) * 20 + 19}"
            start = time.perf_counter()
            found = api.lineage(workspace, name)
            times.append(time.perf_counter() - start)
            assert len(found["models"]) == 20, len(found["models"])
    times.sort()
    print(
        f"lineage 20 steps deep among {count:,} models: median {times[10] * 1e3:.1f} ms, "
        f"worst of 21 {times[-1] * 1e3:.1f} ms (under 50 ms)"
    )


CHILDREN = {
    "append": "for first in range(0, count, 10000):\n"
    "    w.ledger.append_all(bench.models(10**8 + first, 10000), actor='a', recorded_at=bench.AT)",
    "verify": "check = w.ledger.verify(); assert not check.faults, check.faults",
    "export": "from ftgov.api.log import export_log; export_log(w, Path(sys.argv[3]))",
}


def measured(root: Path, work: str, count: int = 0) -> tuple[float, int]:
    """Return seconds and peak memory (MiB) of some work in a process of its own."""
    code = (
        f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "from pathlib import Path; import store as bench, time\n"
        "count = int(sys.argv[2]); w = bench.Workspace.open(Path(sys.argv[1]))\n"
        f"start = time.perf_counter()\n{CHILDREN[work]}\n"
        "print(time.perf_counter() - start, bench.peak())"
    )
    target = root.parent / f"{root.name}-{work}.jsonl"
    target.unlink(missing_ok=True)
    command = [sys.executable, "-c", code, str(root), str(count), str(target)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    target.unlink(missing_ok=True)
    taken, peak = done.stdout.split()
    return float(taken), int(peak)


def memory(folder: Path, small: int, large: Path, entries: int) -> None:
    """Print time and peak memory of verify, export and append at two sizes."""
    filled(folder / "small", small).close()
    for work in ("verify", "export"):
        _, first = measured(folder / "small", work)
        taken, second = measured(large, work)
        aim = " (under 30 s and 400 MiB)" if work == "verify" else ""
        print(
            f"{work} of {entries:,} entries: {taken:.1f} s, peak {second} MiB, "
            f"{first} MiB with {small:,}{aim}",
            flush=True,
        )
    _, first = measured(folder / "small", "append", BATCH)
    _, second = measured(large, "append", BATCH)
    print(f"append of 10,000 to {entries:,}: peak {second} MiB, {first} MiB to {small:,}")


def main() -> None:
    """Run all comparisons and print them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--models", type=int, default=100_000)
    parser.add_argument("--quick", action="store_true", help="a hundredth of everything")
    arguments = parser.parse_args()
    share = 100 if arguments.quick else 1
    entries, count = arguments.entries // share, arguments.models // share
    sample = next(models(1, 1))
    print(f"a record of {len(canonical_bytes(sample))} bytes; {entries:,} entries")
    with tempfile.TemporaryDirectory(prefix="ftgov-bench-") as place:
        folder = Path(place)
        batched(folder, min(entries, 200_000))
        single(folder, min(entries // 100, 1_000))
        filled(folder / "large", entries).close()
        proofs(folder / "large")
        memory(folder, max(entries // 10, 1_000), folder / "large", entries)
        lineage(folder, count)


if __name__ == "__main__":
    main()
