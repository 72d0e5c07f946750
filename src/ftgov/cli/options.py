"""What all commands share: the options that every one takes, and help that ends in examples."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from ftgov.cli.configuration import configured, refuse_misspelt, refuse_no_table, refuse_unknown
from ftgov.cli.console import Console

Body = Callable[..., None]


@dataclass
class Running:
    """The command that runs, where parsing got that far; errors are told as it asks."""

    context: click.Context | None = None

    def wants_json(self) -> bool:
        """Return whether stdout is to be JSON, by flag, variable or settings."""
        context = self.context
        if context is None:
            return False
        params = context.params
        if params.get("format") == "json" and not params.get("output"):
            return True
        if "json" in params:
            return bool(params["json"])
        # A bad option ended the command before its values were known; the flag is in the line.
        option = next((each for each in context.command.params if each.name == "json"), None)
        if option is None:
            return False
        value, _ = option.consume_value(context, {})
        return bool(option.type_cast_value(context, value))


def write_examples(formatter: click.HelpFormatter, examples: Sequence[str]) -> None:
    """Write lines that a user could type, as the end of a help text."""
    with formatter.section("Examples"):
        for line in examples:
            formatter.write(f"  {line}\n")


class ExampleCommand(click.Command):
    """A command whose help ends in examples.

    Attributes:
        examples: Lines that a user could type.
        shares: Commands of the same name on the command line, whose table of settings is the same.
    """

    examples: Sequence[str] = ()
    shares: Sequence[click.Command] = ()

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the line, and let an error know which command it ended."""
        _begin(ctx)
        rest = super().parse_args(ctx, args)
        _check_settings(ctx)
        return rest

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples below the options."""
        del ctx
        write_examples(formatter, self.examples)


class ExampleGroup(click.Group):
    """A group of commands whose help ends in examples.

    Args:
        name: The group's name.
        commands: What is in it.
        purpose: Its help text.
        examples: Lines that a user could type.
    """

    shares: Sequence[click.Command] = ()

    def __init__(
        self, name: str, commands: Sequence[click.Command], purpose: str, *examples: str
    ) -> None:
        settings = {"help_option_names": ["-h", "--help"]}
        super().__init__(name, commands=commands, help=purpose, context_settings=settings)
        self.examples = examples

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples below the commands."""
        del ctx
        write_examples(formatter, self.examples)


class ListingGroup(ExampleGroup):
    """A group that shows a list when it is called without a command below it.

    Args:
        listing: The command that shows the list; its options are the group's.
        commands: What is below.
        examples: Lines that a user could type.
    """

    def __init__(
        self, listing: ExampleCommand, commands: Sequence[click.Command], *examples: str
    ) -> None:
        super().__init__(str(listing.name), commands, listing.help or "", *examples)
        self.invoke_without_command = True
        self.no_args_is_help = False
        self.params = listing.params
        self._listing = listing
        self.callback = self._show

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the line, and let an error know which command it ended."""
        _begin(ctx)
        rest = super().parse_args(ctx, args)
        _check_settings(ctx)
        return rest

    def _show(self, **values: Any) -> None:
        if click.get_current_context().invoked_subcommand is None:
            assert self._listing.callback is not None, "a command is made of a function"
            self._listing.callback(**values)


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


def _read_settings(ctx: click.Context, option: click.Parameter, folder: Path) -> Path:
    """Let the settings of the named workspace stand above those of the current folder."""
    del option
    table: Any = configured(workspace=folder)
    for at in _way(ctx):
        table = table.get(str(at.info_name), {}) if isinstance(table, dict) else {}
    ctx.default_map = table if isinstance(table, dict) else {}
    return folder


def _way(ctx: click.Context) -> list[click.Context]:
    """Return the contexts from the program's first command down to this one."""
    way: list[click.Context] = []
    at: click.Context | None = ctx
    while at is not None and at.parent is not None:
        way.insert(0, at)
        at = at.parent
    return way


def _names_of(command: click.Command) -> tuple[set[str], set[str]]:
    """Return the names of a command's options, and of the commands below it."""
    every = (command, *getattr(command, "shares", ()))
    options = {str(option.name) for each in every for option in each.params}
    return options, {
        name for each in every if isinstance(each, click.Group) for name in each.commands
    }


def _refuse_misspelt(root: click.Context, tables: Mapping[str, Any], place: Path | None) -> None:
    """Refuse a table whose name is nearly that of a command; others may be of other programs."""
    if isinstance(root.command, click.Group):
        refuse_misspelt(tables, root.command.list_commands(root), place)


def _begin(ctx: click.Context) -> None:
    """Let an error know which command it ended, and refuse settings for it that are no table."""
    if isinstance(ctx.obj, Running):
        ctx.obj.context = ctx
    if not isinstance(ctx.default_map or {}, dict):
        ctx.default_map = {}
        _check_settings(ctx)


def _check_settings(ctx: click.Context) -> None:
    """Refuse what files set for a command, or for a group it is in, and which that doesn't have."""
    if ctx.resilient_parsing:  # the shell asks what may come next
        return
    folder = ctx.params.get("workspace")
    place = folder if isinstance(folder, Path) else None
    table: Any = configured(workspace=place)
    _refuse_misspelt(ctx.find_root(), table, place)
    words: list[str] = []
    options: set[str] = set()
    for at in _way(ctx):
        words.append(str(at.info_name))
        table = table.get(words[-1], {})
        if not isinstance(table, dict):
            if words[-1] not in options:
                refuse_no_table(words, place)
            table = {}  # an option of the group above, such as `ftgov log --verify`
        options, below = _names_of(at.command)
        refuse_unknown(words, table, options | below, place)


def workspace_option(function: Body) -> Body:
    """Add `--workspace DIR`, the current folder by default; its settings are read first."""
    return click.option(
        "--workspace",
        "workspace",
        type=click.Path(path_type=Path, file_okay=False),
        default=Path(),
        is_eager=True,
        callback=_read_settings,
        show_default="current folder",
        help="The workspace's folder.",
    )(function)


def actor_option(function: Body) -> Body:
    """Add `--actor NAME`: who is recorded as acting."""
    return click.option(
        "--actor", default="unnamed", show_default=True, help="Who acts; recorded in the ledger."
    )(function)
