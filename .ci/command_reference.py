"""Print, write or check docs/reference/commands.md: the help text of every command.

The text is laid out for a terminal of 100 columns, whatever the width of the one at hand.
"""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from ftgov.cli.main import COMMANDS, main

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reference" / "commands.md"
WIDTH = 100
INTRODUCTION = """\
# Commands

This page is generated from the commands themselves by `.ci/command_reference.py --write`, and a
test compares the two: change the help text in `src/ftgov/cli`, not this page. What the exit
statuses mean stands in [exit codes](exit-codes.md).

An option that is not given is looked up in the variable `FTGOV_<COMMAND>_<OPTION>` (for example
`FTGOV_AUDIT_CONFIDENCE`), then in the table of the command (for example `[audit]` with
`confidence = 0.99`) in
`ftgov.toml` of the workspace, then of the current folder, then under `[tool.ftgov]` in the current
folder's `pyproject.toml`, then in the user's own `~/.config/ftgov/config.toml`. There, an option
bears its long name with underscores for dashes.
"""


def sections(command: click.Command, context: click.Context, depth: int) -> Iterator[str]:
    """Yield one section for a command and for each command below it."""
    help_text = command.get_help(context).rstrip()
    yield f"{'#' * depth} {context.command_path}\n\n```text\n{help_text}\n```\n"
    if isinstance(command, click.Group):
        names = COMMANDS if command is main else command.list_commands(context)
        for name in names:
            inner = command.get_command(context, name)
            assert inner is not None, f"the table names {name}, which is no command"
            below = click.Context(inner, parent=context, info_name=name, **inner.context_settings)
            yield from sections(inner, below, min(depth + 1, 4))


def renamed(command: click.Command, context: click.Context) -> Iterator[str]:
    """Yield each option of a command, and of those below, that settings know by another name."""
    if isinstance(command, click.Group):
        for name in COMMANDS if command is main else command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None, f"the table names {name}, which is no command"
            below = click.Context(inner, parent=context, info_name=name)
            yield from renamed(inner, below)
        return
    for option in command.params:
        if isinstance(option, click.Option) and option.name:
            long = max(option.opts, key=len)
            if long.lstrip("-").replace("-", "_") != option.name:
                yield f"{long} of {context.command_path}|{option.name}"


def exceptions(context: click.Context) -> str:
    """Return what to say of the options that settings know by another name, if there are any."""
    found = list(renamed(main, context))
    rows = [row.split("|") for row in found if not row.startswith("--json ")]
    lines = [f"| `{option.replace(' of ', '` of `')}` | `{name}` |" for option, name in rows]
    if len(rows) < len(found):
        lines.insert(0, "| `--json` of every command | `as_json` |")
    head = ["These are named otherwise there:", "", "| option | name |", "|---|---|"]
    return "\n".join([*head, *lines]) + "\n" if lines else ""


def page() -> str:
    """Return the whole page."""
    settings = {**main.context_settings, "terminal_width": WIDTH, "max_content_width": WIDTH}
    context = click.Context(main, info_name="ftgov", **settings)
    parts = [INTRODUCTION, exceptions(context), *sections(main, context, 2)]
    return "\n".join(part for part in parts if part)


def differences(made: str) -> list[str]:
    """Return the lines in which the file and the text made now differ; none if they are equal."""
    found = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    lines = (text.splitlines() for text in (found, made))
    return list(difflib.unified_diff(*lines, "the file", "the commands", lineterm=""))


def run(arguments: list[str]) -> int:
    """Print the page, write it (`--write`) or compare it (`--check`); return the exit status."""
    if arguments not in ([], ["--check"], ["--write"]):
        print("usage: command_reference.py [--check | --write]", file=sys.stderr)
        return 2
    made = page()
    if arguments == ["--write"]:
        PAGE.write_text(made, encoding="utf-8")
    elif arguments == ["--check"]:
        if found := differences(made):
            print("\n".join(found))
            print(f"{PAGE.name} is not what the commands say; run .ci/command_reference.py --write")
            return 1
    else:
        print(made, end="")
    return 0


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
