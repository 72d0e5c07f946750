"""`ftgov data`: training files audited by themselves, before anything learns from them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from ftgov.cli.console import Console, inert
from ftgov.cli.options import command
from ftgov.errors import ExitCode, NothingToAudit

if TYPE_CHECKING:
    from ftgov.records.training_rows import CheckName, Method, RowCheck, RowsAudit

_MARKS = {"note": ("ok", "good"), "warning": ("warn", "weak"), "error": ("error", "bad")}
_SHOWN = 5


@command(
    "ftgov data train.jsonl",
    "ftgov data train.jsonl --holdout evaluation.jsonl --json",
    "ftgov data pairs.jsonl --method dpo --checks format",
)
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option(
    "--method",
    type=click.Choice(["supervised", "dpo", "reinforcement"]),
    default="supervised",
    show_default=True,
    help="What will learn from the rows.",
)
@click.option(
    "--holdout",
    multiple=True,
    metavar="FILE",
    help="Prompts of this file may stand in no row; repeatable.",
)
@click.option(
    "--checks",
    multiple=True,
    type=click.Choice(["format", "duplicates", "overlap"]),
    help="Only this check; repeatable. By default all; overlap needs --holdout.",
)
@click.pass_context
def data(
    ctx: click.Context,
    console: Console,
    files: tuple[str, ...],
    method: Method,
    holdout: tuple[str, ...],
    checks: tuple[CheckName, ...],
) -> None:
    """Audit training FILEs (.jsonl, .jsonl.gz; patterns allowed), which together are one dataset.

    Checked are each row's format for the method, rows with the same bytes, and prompts that stand
    in a --holdout file, character for character. Personal data, secrets and near-duplicates are
    not looked at. Exit status 10 if rows have the wrong format or overlap, 3 if none can be read.
    """
    from ftgov.api.training_rows import audit_rows

    console.progress(f"reading {', '.join(files)}")
    audit = audit_rows(files, method=method, holdout=holdout, checks=checks)
    console.result(audit, _lines(console, audit))
    if not audit.readable:
        fault = NothingToAudit(
            "No row is a strict JSON object.", next_step="Name a JSON Lines file of training rows."
        )
        console.complain(fault)
        ctx.exit(fault.exit_code)
    ctx.exit(ExitCode.DONE if audit.passed else ExitCode.FINDINGS)


def _lines(console: Console, audit: RowsAudit) -> Iterator[str]:
    """Yield an audit as lines: files, checks with the first faults, and what was not looked at."""
    for file in (*audit.files, *audit.holdout):
        held = ", held out" if file in audit.holdout else ""
        line = f"{file.name}: {file.rows:,} rows, {file.bytes:,} bytes, {file.digest[:19]}{held}"
        yield inert(line)
    for check in audit.checks:
        yield from _check(console, check)
    yield f"Not looked at: {'; '.join(audit.not_looked_at)}."


def _check(console: Console, check: RowCheck) -> Iterator[str]:
    word, style = _MARKS[check.severity]
    yield f"{console.style(f'{word:>5}', style)}  {check.check}: {check.summary}"
    for one in check.first[:_SHOWN]:
        yield inert(f"       {one.file}:{one.line}: {one.fault}")
    if check.first and check.rows > _SHOWN:
        yield f"       and {check.rows - _SHOWN:,} more"
    if check.remedy:
        yield f"       to do: {check.remedy}"


COMMAND = data
