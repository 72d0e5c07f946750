"""How long `ftgov verify` takes on a large bundle, against sha256sum over the same files.

Run: python benchmarks/verify.py [--megabytes 1024] [--files 64] [--rounds 3]

It writes a signed bundle of random evidence into a temporary folder and runs, in turn and each
round, `sha256sum` over its files and a whole `ftgov verify` process, both with the files in the
page cache. It prints the ratio of the best times and the peak memory of the verifying process.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from ftgov.records.attestation import DOSSIER_PREDICATE
from ftgov.records.canonical import canonical_bytes
from ftgov.records.digest import bare, digest_bytes, digest_record
from ftgov.signing.bundle import write_bundle, zip_bundle
from ftgov.signing.keys import SigningKey
from ftgov.signing.trust import TrustedKey, build_trust_pack

MODEL, SIGNED_AT = "large-model", "2026-11-20T10:00:00Z"
LIMIT_RATIO, LIMIT_MEGABYTES = 1.5, 200


def _made(folder: Path, megabytes: int, files: int) -> tuple[Path, Path]:
    """Write the bundle and its trust pack; the first file is half of all of it."""
    key = SigningKey.generate()
    small = max(1, megabytes // 2 // (files - 1))
    sizes = [megabytes - small * (files - 1), *([small] * (files - 1))]
    evidence = [_random(folder / "raw" / str(n), size) for n, size in enumerate(sizes)]
    assessment = {"subject": {"model": {"name": MODEL}}}
    dossier = canonical_bytes(
        {
            "assessment": assessment,
            "assessment_digest": digest_record(assessment),
            "verdict": "pass",
            "evidence": [
                {
                    "digest": digest,
                    "bytes": path.stat().st_size,
                    "name": path.name,
                    "media_type": "application/octet-stream",
                }
                for digest, path in evidence
            ],
        }
    )
    write_bundle(
        folder / "bundle",
        {"dossier.json": dossier, **{f"evidence/{bare(d)}": path for d, path in evidence}},
        predicate={
            "dossier": digest_bytes(dossier),
            "model": MODEL,
            "verdict": "pass",
            "tool": "ftgov benchmark",
            "signedAt": SIGNED_AT,
            "carriers": [],
        },
        predicate_type=DOSSIER_PREDICATE,
        key=key,
    )
    for _, path in evidence:
        path.unlink()
    listed = TrustedKey.of(
        key.public, holder="Benchmark", role="signer", not_before=SIGNED_AT, valid_days=3650
    )
    pack = folder / "trust-pack.json"
    pack.write_bytes(build_trust_pack([listed], root=key, issued_at=SIGNED_AT))
    return folder / "bundle", pack


def _random(path: Path, megabytes: int) -> tuple[str, Path]:
    path.parent.mkdir(exist_ok=True)
    with path.open("wb") as file:
        for _ in range(megabytes):
            file.write(os.urandom(1_000_000))
    line = subprocess.run(["sha256sum", path], capture_output=True, text=True, check=True).stdout
    return "sha256:" + line[:64], path


def _timed(command: list[str]) -> tuple[float, float]:
    """Run a command; return its wall time in seconds and its peak memory in megabytes."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    taken = time.perf_counter() - started
    if os.waitstatus_to_exitcode(status):
        raise SystemExit(f"{command[0]} ended with {os.waitstatus_to_exitcode(status)}")
    return taken, used.ru_maxrss / 1024


def main() -> int:
    """Run the benchmark and print its figures; return 0 where both limits are kept."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--megabytes", type=int, default=1000)
    parser.add_argument("--files", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ftgov-bench-") as scratch:
        bundle, pack = _made(Path(scratch), asked.megabytes, asked.files)
        files = sorted(str(path) for path in bundle.rglob("*") if path.is_file())
        total = sum(Path(file).stat().st_size for file in files)
        print(f"bundle: {len(files)} files, {total / 1e6:.0f} MB; {os.cpu_count()} cores")
        ratio, memory = _compared("folder", bundle, ["sha256sum", *files], pack, asked.rounds)
        archive = Path(scratch) / "bundle.zip"
        zip_bundle(bundle, archive)
        _compared("archive", archive, ["sha256sum", str(archive)], pack, asked.rounds)
    kept = ratio <= LIMIT_RATIO and memory <= LIMIT_MEGABYTES
    print(f"limits: ratio {LIMIT_RATIO}, {LIMIT_MEGABYTES} MB: {'kept' if kept else 'NOT KEPT'}")
    return 0 if kept else 1


def _compared(
    name: str, bundle: Path, peer: list[str], pack: Path, rounds: int
) -> tuple[float, float]:
    """Run verify and its peer in turn, print both, and return ratio and peak memory in MB."""
    ours = [sys.executable, "-m", "ftgov", "verify", str(bundle), "--trust", str(pack), "--quiet"]
    theirs, mine = [], []
    _timed(peer)  # fills the page cache
    for _ in range(rounds):
        theirs.append(_timed(peer)[0])
        mine.append(_timed(ours))
    best, memory = min(taken for taken, _ in mine), max(used for _, used in mine)
    ratio = best / min(theirs)
    print(
        f"{name}: ftgov verify {best:.2f} s, sha256sum {min(theirs):.2f} s, ratio {ratio:.2f}, "
        f"peak memory {memory:.0f} MB"
    )
    return ratio, memory


if __name__ == "__main__":
    sys.exit(main())
