"""Make the whole recording: data, base model, three fine-tunes, answers, manifest.

Usage: ``python make_recording.py --output DIR [--compare RECORDING] [--weights DIR]``
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import corpora
import manifest
import summary

HERE = Path(__file__).resolve().parent
#: Two threads that sleep while they wait; no library may ask the network for anything.
ENVIRONMENT = {
    "OMP_WAIT_POLICY": "PASSIVE",
    "OMP_NUM_THREADS": "2",
    "TOKENIZERS_PARALLELISM": "false",
    "HF_HUB_OFFLINE": "1",
    "HF_DATASETS_OFFLINE": "1",
    "PYTHONHASHSEED": "0",
}


def stage(script: str, *arguments: str, recording: Path, work: Path) -> float:
    """Run one script in its own process and return its wall time in seconds.

    A process per stage keeps the energy trackers apart: two in one process would count the
    whole machine twice.
    """
    command = [sys.executable, str(HERE / script), *arguments]
    command += ["--recording", str(recording), "--work", str(work)]
    started = time.monotonic()
    result = subprocess.run(
        command, env=os.environ | ENVIRONMENT, capture_output=True, text=True, check=False
    )
    if result.returncode:
        print(result.stdout[-2000:], result.stderr[-4000:], sep="\n", file=sys.stderr)
        raise SystemExit(f"{script} failed with exit status {result.returncode}")
    return time.monotonic() - started


def record(recording: Path, weights: Path | None) -> dict[str, float]:
    """Make every file of the recording and return the wall time of each stage."""
    times = {}
    started = time.monotonic()
    rows = corpora.write_all(recording / "data")
    times["data"] = time.monotonic() - started
    print(f"data: {rows} training rows, no held-out prompt among them", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        work = weights or Path(folder)
        plan = [("train_base.py",), *(("fine_tune.py", job) for job in summary.TUNED)]
        plan.append(("answer.py", *summary.MODELS))
        for script, *arguments in plan:
            name = " ".join([script, *arguments])
            times[name] = stage(script, *arguments, recording=recording, work=work)
            print(f"{name}: {times[name]:.0f} s", flush=True)
    manifest.write(recording)
    return times


def main() -> int:
    """Make the recording, print its results, and compare them when asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, required=True, help="folder of the new recording")
    parser.add_argument("--compare", type=Path, help="an earlier recording to compare with")
    parser.add_argument("--weights", type=Path, help="folder to keep the weights in")
    arguments = parser.parse_args()
    output = arguments.output
    # Read the earlier results first: the output may be the very folder to compare with.
    recorded = summary.measure(arguments.compare) if arguments.compare else None
    for part in ("data", "answers", "jobs", "models"):
        shutil.rmtree(output / part, ignore_errors=True)
    output.mkdir(parents=True, exist_ok=True)
    times = record(output, arguments.weights)
    fresh = summary.measure(output)
    print(f"\n{summary.table(fresh)}\n\ntotal {sum(times.values()):.0f} s")
    if recorded is None:
        return 0
    lines, material = summary.compare(fresh, recorded)
    print("\n".join(lines) or "the results equal those of the recording")
    return int(material)


if __name__ == "__main__":
    raise SystemExit(main())
