"""Help is quick because nothing heavy is imported before a command needs it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from ftgov.cli.main import COMMANDS
from tests_support import run_ftgov

HEAVY = [
    "sqlmodel",
    "sqlalchemy",
    "alembic",
    "numpy",
    "pandas",
    "fairlearn",
    "openai",
    "codecarbon",
    "weasyprint",
    "duckdb",
    "scipy",
    "sklearn",
    "statsmodels",
    "jinja2",
    "cryptography",
    "cel_expr_python",
]


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["record", "--help"]])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    code = (
        "import sys; from ftgov.cli.main import execute; status = execute(sys.argv[1:]);"
        f"print('heavy', sorted(set({HEAVY!r}) & set(sys.modules)), status)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "heavy [] 0"


def test_every_command_of_the_table_exists_and_helps_with_examples() -> None:
    for name in COMMANDS:
        ran = run_ftgov(name, "--help")
        assert ran.status == 0, ran.err
        assert "Usage: ftgov" in ran.out
        if "COMMAND [ARGS]" not in ran.out:
            assert "Examples:" in ran.out, name


def test_a_misspelt_command_names_the_nearest() -> None:
    ran = run_ftgov("verfy")
    assert ran.status == 2
    assert "Did you mean 'verify'?" in ran.err
    assert ran.out == ""


def test_the_bare_command_shows_help() -> None:
    ran = run_ftgov()
    assert ran.status == 2
    assert "Examples:" in ran.out
