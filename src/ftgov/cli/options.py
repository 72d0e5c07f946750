"""What all commands share: the options that every one takes, and help that ends in examples."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from ftgov.cli.console import Console

Body = Callable[..., None]


class ExampleCommand(click.Command):
    """A command whose help ends in examples."""

    examples: Sequence[str] = ()

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples below the options."""
        del ctx
        if self.examples:
            with formatter.section("Examples"):
                for line in self.examples:
                    formatter.write(f"  {line}\n")


def _shared(function: Body) -> Body:
    @click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
    @click.option("-q", "--quiet", is_flag=True, help="No progress on stderr.")
    @click.option("-v", "--verbose", is_flag=True, help="Show the cause of an error.")
    @click.option("--no-color", is_flag=True, help="No colour.")
    @functools.wraps(function)
    def wrapped(as_json: bool, quiet: bool, verbose: bool, no_color: bool, **rest: Any) -> None:
        function(Console(as_json, quiet, verbose, not no_color), **rest)

    return wrapped


def _name_as_typed(made: ExampleCommand) -> None:
    """Give each option the name that is typed, so that settings files and variables use it too.

    A function may call its parameter otherwise (`as_json`, `policies`); the call is translated.
    """
    inner = {}
    for option in made.params:
        if isinstance(option, click.Option) and option.name:
            typed = max(option.opts, key=len).lstrip("-").replace("-", "_")
            inner[typed], option.name = option.name, typed
    called = made.callback
    assert called is not None, "a command is made of a function"

    @functools.wraps(called)
    def translated(**values: Any) -> Any:
        return called(**{inner.get(name, name): value for name, value in values.items()})

    made.callback = translated


def command(*examples: str, name: str | None = None) -> Callable[[Body], ExampleCommand]:
    """Make a command of a function that takes a `Console` first, and its own options by name.

    Args:
        examples: Lines that a user could type; shown at the end of the help.
        name: The command's name where it isn't the function's.
    """

    def build(function: Body) -> ExampleCommand:
        made = click.command(
            name, cls=ExampleCommand, context_settings={"help_option_names": ["-h", "--help"]}
        )(_shared(function))
        made.examples = examples
        _name_as_typed(made)
        return made

    return build


def workspace_option(function: Body) -> Body:
    """Add `--workspace DIR`, the current folder by default."""
    return click.option(
        "--workspace",
        "workspace",
        type=click.Path(path_type=Path, file_okay=False),
        default=Path(),
        show_default="current folder",
        help="The workspace's folder.",
    )(function)


def actor_option(function: Body) -> Body:
    """Add `--actor NAME`: who is recorded as acting."""
    return click.option(
        "--actor", default="unnamed", show_default=True, help="Who acts; recorded in the ledger."
    )(function)
