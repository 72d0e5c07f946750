"""The wheel carries policies, templates and the recorded example, and works without a checkout."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests_support import HOUSE, environment


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The content of a wheel built from this checkout, in a folder far from it."""
    place = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(place)]
    subprocess.run(command, cwd=HOUSE, check=True, capture_output=True)
    with zipfile.ZipFile(next(place.glob("*.whl"))) as wheel:
        wheel.extractall(place / "site")
    return place / "site"


def _python(installed: Path, code: str) -> str:
    env = environment()
    env["PYTHONPATH"] = f"{installed}:{env['PYTHONPATH']}"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=installed.parent,
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_what_travels_is_found_beside_the_package(installed: Path) -> None:
    code = (
        "import json, ftgov; from ftgov.shipped import shipped;"
        "print(json.dumps([ftgov.__file__, *map(str, ["
        "shipped('policies', 'gates', 'baseline.yaml'), shipped('policies', 'eu-ai-act'),"
        "shipped('templates', 'report'), shipped('templates', 'fonts'),"
        "shipped('examples', 'loan-triage', 'recording', 'recording.yaml')])]))"
    )
    for found in json.loads(_python(installed, code)):
        assert Path(found).is_relative_to(installed), found


def test_an_installed_wheel_classifies_and_lints(installed: Path) -> None:
    code = (
        "from ftgov.cli.main import execute; from ftgov.shipped import shipped;"
        "facts = shipped('examples', 'loan-triage', 'recording', 'system.yaml');"
        "day = ['--law-as-of', '2026-11-21', '--json'];"
        "print(execute(['classify', '--facts', str(facts), *day]));"
        "print(execute(['policy', 'lint', 'baseline']))"
    )
    told = _python(installed, code).splitlines()
    assert json.loads(told[0])["overall"] == "high_risk"
    assert told[1] == "0"
    assert told[2:] == ["baseline: no fault", "0"]


def test_the_migrations_and_the_worker_travel_too(installed: Path) -> None:
    for name in ("store/migrations/versions/0001_ledger.py", "policy/worker.py", "py.typed"):
        assert (installed / "ftgov" / name).is_file(), name


def test_the_factor_tables_travel_too(installed: Path) -> None:
    code = (
        "import ftgov; from ftgov.energy import factors;"
        "print(ftgov.__file__, sum(len(factors.table(name)) for name in factors.table_names()))"
    )
    place, count = _python(installed, code).split()
    assert Path(place).is_relative_to(installed)
    assert int(count) > 300
