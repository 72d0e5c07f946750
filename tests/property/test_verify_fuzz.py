"""Whatever stands in a bundle's files: `verify` answers or refuses, and never says valid."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftgov.errors import FtgovError
from ftgov.signing.bundle import zip_bundle
from ftgov.signing.verify import verify_bundle
from proof_place import Place, Proofs, write_place
from tests_support import HOUSE, environment, run_ftgov

EXAMPLES = 150
RUNS = 4_000


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    folder = tmp_path_factory.mktemp("fuzz")
    return write_place(folder / "place", Proofs.made(folder))


@st.composite
def spoiled(draw: st.DrawFn) -> tuple[int, float, int, bytes]:
    """Draw which file, where in it, how many bytes go, and what comes in their place."""
    share = draw(st.floats(0, 1))
    length = draw(st.integers(0, 40) | st.just(1 << 30))
    return draw(st.integers(0, 99)), share, length, draw(st.binary(max_size=60))


def test_a_spoiled_file_is_never_valid_and_never_a_crash(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    met: Counter[str] = Counter()

    @given(spoiled())
    @settings(max_examples=EXAMPLES, deadline=None, database=None)
    def judge(drawn: tuple[int, float, int, bytes]) -> None:
        number, share, length, content = drawn
        targets = [*(place.bundle / name for name in place.names()), place.pack]
        path = targets[number % len(targets)]
        sound = path.read_bytes()
        at = int(share * len(sound))
        changed = sound[:at] + content + sound[at + length :]
        path.write_bytes(changed)
        try:
            verdict: str = verify_bundle(place.bundle, place.pack).verdict
        except FtgovError as fault:
            verdict = f"refused with {int(fault.exit_code)}"
        finally:
            path.write_bytes(sound)
        met["unchanged" if changed == sound else verdict] += 1
        assert (verdict == "valid") == (changed == sound), path.name

    judge()
    with capsys.disabled():
        print(f"\n  hypothesis: {dict(sorted(met.items()))}")  # noqa: T201 - for people
    assert met["invalid"] > 10
    assert any(name.startswith("refused") for name in met)


NONSENSE = [b"", b"PK\x03\x04", b"PK\x05\x06" + b"\0" * 18, b"\x1f\x8b\x08", b"{}", b"\xff" * 4_096]


@pytest.mark.parametrize("content", NONSENSE, ids=range(len(NONSENSE)))
def test_the_command_never_ends_with_0_on_nonsense(
    place: Place, tmp_path: Path, content: bytes
) -> None:
    archive = tmp_path / "bundle.zip"
    archive.write_bytes(content)
    ran = run_ftgov("verify", archive, "--trust", place.pack, "--json")
    assert (ran.status, ran.json["verdict"]) == (20, "invalid")
    assert "Traceback" not in ran.out + ran.err


def test_an_archive_of_the_place_is_valid(place: Place, tmp_path: Path) -> None:
    zip_bundle(place.bundle, tmp_path / "bundle.zip")
    assert verify_bundle(tmp_path / "bundle.zip", place.pack).verdict == "valid"


@pytest.mark.long
def test_a_coverage_guided_fuzzer_finds_no_crash_and_nothing_valid(
    place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("atheris", reason="atheris is not installed")
    ground = tmp_path / "ground"
    shutil.copytree(place.folder, ground)
    done = subprocess.run(
        [sys.executable, str(HOUSE / "tests" / "fuzz_verify.py"), str(ground), str(RUNS)],
        capture_output=True,
        text=True,
        check=False,
        timeout=580,
        env={**environment(), "PYTHONPATH": str(HOUSE / "tests"), "TMPDIR": tempfile.gettempdir()},
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    met = json.loads(done.stdout.strip().splitlines()[-1])
    with capsys.disabled():
        print(f"\n  atheris: {met}")  # noqa: T201 - for people
    assert sum(met.values()) >= RUNS - 1
    assert "valid" not in met
    assert met["invalid"] > RUNS / 10
