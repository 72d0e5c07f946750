"""A coverage-guided fuzzer of `verify`: run as a program, by `make test-long`.

    python tests/fuzz_verify.py FOLDER RUNS

FOLDER holds a sound `bundle/` and `trust-pack.json`. Each input picks one file of the bundle, or
the trust pack, or an archive of the bundle, and puts the fuzzer's bytes in its place or into it. It
stops at the first answer that is neither a verdict but `valid` nor an `FtgovError`, and prints how
often it got which.
"""

from __future__ import annotations

import atexit
import json
import shutil
import sys
import tempfile
from collections import Counter
from pathlib import Path

import atheris  # type: ignore[import-untyped]

with atheris.instrument_imports(include=["ftgov.signing", "ftgov.transparency", "ftgov.records"]):
    from ftgov.errors import FtgovError
    from ftgov.signing.bundle import zip_bundle
    from ftgov.signing.verify import verify_bundle


class Target:
    """What is fuzzed: a copy of a sound bundle, its trust pack and its archive."""

    def __init__(self, ground: Path) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="ftgov-fuzz-"))
        shutil.copytree(ground / "bundle", self.folder / "bundle")
        shutil.copy(ground / "trust-pack.json", self.folder)
        zip_bundle(self.folder / "bundle", self.folder / "bundle.zip")
        found = (path for path in self.folder.rglob("*") if path.is_file())
        self.kept = {path: path.read_bytes() for path in sorted(found)}
        self.met: Counter[str] = Counter()

    def __call__(self, content: bytes) -> None:
        """Verify the bundle with one file changed as the fuzzer says."""
        chosen = atheris.FuzzedDataProvider(content)
        path = chosen.PickValueInList(list(self.kept))
        sound = self.kept[path]
        if chosen.ConsumeBool():
            start = chosen.ConsumeIntInRange(0, len(sound))
            end = chosen.ConsumeIntInRange(start, min(len(sound), start + 64))
            changed = sound[:start] + chosen.ConsumeBytes(64) + sound[end:]
        else:
            changed = chosen.ConsumeBytes(4_096)
        path.write_bytes(changed)
        try:
            verdict = self._verdict(path) if changed != sound else "not changed"
        finally:
            path.write_bytes(sound)
        self.met[verdict] += 1
        if verdict == "valid":
            raise AssertionError(f"a changed {path.name} is valid: {changed!r}")

    def _verdict(self, path: Path) -> str:
        bundle = path if path.suffix == ".zip" else self.folder / "bundle"
        try:
            found = verify_bundle(bundle, self.folder, without=frozenset({"pdf"})).verdict
        except FtgovError as fault:
            return f"refused with {int(fault.exit_code)}"
        # Dates and versions in an archive's headers carry no content and are not signed.
        same = path.suffix == ".zip" and found == "valid"
        return "valid archive of the same files" if same else found

    def close(self) -> None:
        """Remove the copy and print what was met."""
        shutil.rmtree(self.folder, ignore_errors=True)
        print(json.dumps(dict(sorted(self.met.items()))), flush=True)  # noqa: T201 - a program


if __name__ == "__main__":
    target = Target(Path(sys.argv[1]))
    atexit.register(target.close)
    options = (f"-atheris_runs={sys.argv[2]}", "-seed=20261121", f"-artifact_prefix={sys.argv[1]}/")
    atheris.Setup([sys.argv[0], *options], target)
    atheris.Fuzz()
