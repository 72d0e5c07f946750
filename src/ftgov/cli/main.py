"""The command table: names and one-line help, nothing imported until a command runs."""

from __future__ import annotations

import difflib
import gc
import importlib
import os
import sys
import traceback
from collections.abc import Sequence

import click

from ftgov import __version__
from ftgov.cli.configuration import configured
from ftgov.cli.console import Console
from ftgov.cli.options import Running, write_examples
from ftgov.errors import ExitCode, FtgovError

_COLLECT = (50_000, 20, 100)
"""When garbage is collected: Python's own 700 objects cost a short command a sixth of its time, for
what it imports is no garbage."""

COMMANDS: dict[str, str] = {
    "demo": "Run the recorded fine-tune to signed, verified reports.",
    "init": "Make a workspace.",
    "record": "Record a dataset, model, job, system, evaluation, incident ...",
    "import": "Record all that a recording folder holds.",
    "train": "Run a training command and meter its energy.",
    "archive": "Archive hosted fine-tunes before they are gone.",
    "lineage": "Show what a model came from and what came of it.",
    "impact": "Show what a withdrawn dataset or retired model affects.",
    "audit": "Run the analyzers on a model.",
    "fairness": "Audit decisions in a file by group.",
    "data": "Audit training files: format, duplicates, overlap.",
    "energy": "Estimate a job's energy, carbon, water and compute.",
    "classify": "Classify a system under the EU AI Act.",
    "answer": "Answer what only a person can say about a system.",
    "checklist": "Show a system's duties by role, and how each stands.",
    "check": "Judge a model's audit by release policies.",
    "waive": "Accept a failed rule for a time, signed by two people.",
    "sign-off": "Approve or reject a model's assessment under your key.",
    "report": "Write the signed report and its bundle.",
    "export": "Write a model in a format that other tools read.",
    "verify": "Check a bundle offline with a trust pack.",
    "countersign": "Sign agreement with a report, or dissent with reasons.",
    "bundle": "Pass a bundle on with evidence withheld, or as one file; renew its sealed PDF.",
    "erase": "Make a person's identity or erasable evidence unreadable for good.",
    "log": "Show the ledger, or verify it and all evidence.",
    "database": "Prepare a PostgreSQL database for a team.",
    "keys": "Make and list signing keys, write a trust pack.",
    "policy": "Lint, test and sign release policies.",
    "law": "Show the law packs, what starts when, and what changed.",
    "doctor": "Say what this installation can do and what is missing.",
    "completion": "Print the shell completion for bash, zsh or fish.",
}

_LOST = FtgovError(
    "What was to be printed cannot be written to the standard output.",
    why="It is closed, or its disk is full; a result that nobody gets is no result.",
    next_step="Direct the output elsewhere; to drop it, to /dev/null.",
)

EXAMPLES = (
    "ftgov demo my-first-report",
    "ftgov verify my-first-report/reports/honest/bundle --trust my-first-report/trust",
)


class LazyGroup(click.Group):
    """A group that imports a command's file when that command runs."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order of the table, which is the order of work."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Import and return a command, or None where there is none."""
        del ctx
        if name not in COMMANDS:
            return None
        module = importlib.import_module(f"ftgov.cli.command_{name.replace('-', '_')}")
        found: click.Command = module.COMMAND
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; for a misspelt one suggest the nearest."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            near = difflib.get_close_matches(args[0], COMMANDS, n=1)
            hint = f" Did you mean '{near[0]}'?" if near else ""
            raise click.UsageError(f"There is no command '{args[0]}'.{hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the table without importing a single command."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write two examples below the commands."""
        del ctx
        write_examples(formatter, EXAMPLES)


@click.command(
    cls=LazyGroup,
    no_args_is_help=True,
    context_settings={
        "help_option_names": ["-h", "--help"],
        "auto_envvar_prefix": "FTGOV",
        "max_content_width": 100,
    },
)
@click.version_option(__version__, prog_name="ftgov")
@click.pass_context
def main(ctx: click.Context) -> None:
    """The signed, recomputable passport of a fine-tuned model."""
    ctx.default_map = configured()


def execute(arguments: Sequence[str]) -> int:
    """Run a command line and return its exit status; nothing but a status comes out."""
    running = Running()
    try:
        status = main.main(list(arguments), prog_name="ftgov", standalone_mode=False, obj=running)
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except click.exceptions.NoArgsIsHelpError as bare:
        Console().raw(bare.format_message())
        return int(ExitCode.USAGE)
    except (click.Abort, KeyboardInterrupt):
        return 130
    except Exception as fault:  # noqa: BLE001 - a user never sees a stack trace unasked
        error = _explain(fault)
        Console(as_json="--json" in arguments or running.wants_json()).fail(error)
        if {"-v", "--verbose"} & set(arguments):
            traceback.print_exc()
        return int(error.exit_code)
    return status if isinstance(status, int) else 0


def _explain(fault: Exception) -> FtgovError:
    """Return any exception as an error that a person can act on."""
    if isinstance(fault, FtgovError):
        return fault
    if isinstance(fault, click.ClickException):
        code = ExitCode.USAGE if isinstance(fault, click.UsageError) else None
        return FtgovError(fault.format_message(), next_step="See --help.", exit_code=code)
    if isinstance(fault, OSError):
        return FtgovError(
            f"The system refused: {fault}.", next_step="Check the disk and the permissions."
        )
    return FtgovError(
        f"ftgov met a fault of its own: {type(fault).__name__}: {fault}.",
        next_step="Run again with --verbose and report what it prints.",
    )


def run() -> None:
    """Run the command line of this process; the entry point of `ftgov`."""
    if sys.stdout is None:  # `>&-`: nothing that is printed would reach anybody
        Console().complain(_LOST)
        sys.exit(int(ExitCode.OPERATIONAL))
    gc.set_threshold(*_COLLECT)
    status = execute(sys.argv[1:])
    try:
        sys.stdout.flush()
    except OSError:
        Console().complain(_LOST)
        status = status or int(ExitCode.OPERATIONAL)
        # What is left in the buffer can't be written either; the exit must not try again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(status)
