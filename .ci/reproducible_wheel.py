"""Build the wheel twice and fail unless both are the same bytes."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

# 2026-01-01T00:00:00Z: the time that both archives carry, whatever the clock says.
EPOCH = "1767225600"


def build(target: Path) -> Path:
    """Build the wheel into a folder and return its path."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(target)]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": EPOCH}
    subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)
    return next(target.glob("*.whl"))


def main(target: str) -> int:
    """Build into `target` and into a scratch folder, and compare; return the exit status."""
    place = Path(target)
    place.mkdir(exist_ok=True)
    for old in place.glob("*.whl"):
        old.unlink()
    with tempfile.TemporaryDirectory() as scratch:
        wheels = [build(place), build(Path(scratch))]
        digests = [hashlib.sha256(wheel.read_bytes()).hexdigest() for wheel in wheels]
    print(f"{wheels[0]} sha256:{digests[0]}")
    if digests[0] != digests[1]:
        print("two builds of the same source differ", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
