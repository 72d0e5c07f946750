"""Help is quick because nothing heavy is imported before a command needs it."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator

import click
import pytest

from ftgov.cli.main import COMMANDS, main
from ftgov.cli.options import ExampleCommand
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


def _tree(command: click.Command, context: click.Context) -> Iterator[click.Context]:
    yield context
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None, name
            below = click.Context(inner, context, name, **inner.context_settings)
            yield from _tree(inner, below)


WHOLE = list(_tree(main, click.Context(main, info_name="ftgov")))


def test_the_whole_tree_is_looked_at() -> None:
    paths = {context.command_path for context in WHOLE}
    assert {"ftgov", "ftgov record", "ftgov record job", "ftgov keys trust-pack"} <= paths
    assert len(paths) >= len(COMMANDS) + 12


@pytest.mark.parametrize("context", WHOLE, ids=lambda context: context.command_path)
def test_every_command_and_group_shows_two_examples_of_itself(context: click.Context) -> None:
    text = context.command.get_help(context)
    assert "Usage: " + context.command_path in text
    _, _, below = text.partition("Examples:\n")
    examples = [line for line in below.splitlines() if line.strip()]
    assert len(examples) >= 2, text
    assert len(set(examples)) == len(examples)
    for line in examples:
        assert line.startswith(f"  {context.command_path}"), line


@pytest.mark.parametrize(
    "context",
    [context for context in WHOLE if not isinstance(context.command, click.Group)],
    ids=lambda context: context.command_path,
)
def test_every_example_can_be_parsed(context: click.Context) -> None:
    command = context.command
    assert isinstance(command, ExampleCommand)
    for line in command.examples:
        words = shlex.split(re.split(r" >>? ", line)[0])
        arguments = words[len(context.command_path.split()) :]
        made = command.make_context(context.info_name, arguments, parent=context.parent)
        assert made.params, line


def test_both_ways_of_asking_for_help_help() -> None:
    for name in ("record", "check"):
        asked = [run_ftgov(name, word) for word in ("-h", "--help")]
        assert asked[0] == asked[1]
        assert asked[0].status == 0
        assert "Examples:" in asked[0].out


def test_a_misspelt_command_names_the_nearest() -> None:
    ran = run_ftgov("verfy")
    assert ran.status == 2
    assert "Did you mean 'verify'?" in ran.err
    assert ran.out == ""


def test_the_bare_command_shows_help() -> None:
    ran = run_ftgov()
    assert ran.status == 2
    assert "Examples:" in ran.out
