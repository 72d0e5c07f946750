"""`ftgov log`: the ledger, and whether it still is what was written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ftgov.cli.console import Console, inert
from ftgov.cli.options import command, workspace_option
from ftgov.errors import ExitCode, FtgovError, LedgerTampered, NotAssessable

if TYPE_CHECKING:
    from ftgov.api.log import LogCheck


@command("ftgov log", "ftgov log --verify")
@click.option("--verify", "verifying", is_flag=True, help="Re-hash every entry and file.")
@workspace_option
@click.pass_context
def log(ctx: click.Context, console: Console, verifying: bool, workspace: Path) -> None:
    """Show who recorded what and when; with --verify, whether anything was changed since.

    Exit status 21 if an entry or a file of evidence is not what was recorded, 12 if there is
    nothing to verify.
    """
    from ftgov import api
    from ftgov.api.log import verify_log

    with api.open_workspace(workspace) as opened:
        if verifying:
            ctx.exit(_verify(console, verify_log(opened)))
        entries = opened.ledger.history()
    plain = [
        {
            "seq": entry.seq,
            "type": entry.type,
            "name": entry.name,
            "digest": entry.record_digest,
            "actor": entry.actor,
            "recorded_at": entry.recorded_at,
        }
        for entry in entries
    ]
    lines = [
        f"{e.seq:6}  {e.recorded_at}  {inert(e.actor):12}  {e.type}/{inert(e.name)}  "
        f"{e.record_digest[:19]}"
        for e in entries
    ]
    console.result(plain, lines or ["The ledger is empty: there is nothing to show."])


def _verify(console: Console, check: LogCheck) -> ExitCode:
    """Print what a check found and return the status that says the same."""
    fault: FtgovError
    if check.faults:
        console.result(check, map(inert, check.faults))
        fault = LedgerTampered(
            f"The ledger or its evidence was changed: {check.faults[0]}",
            next_step="Restore the workspace from a copy, and compare its head with a signed "
            "report's.",
        )
    elif not check.entries:
        console.result(check, [check.verdict])
        fault = NotAssessable(
            "The ledger is empty: there is nothing to verify.",
            why="Entries that are gone and entries that never were look the same.",
            next_step="Record something first, or check that this is the workspace you mean.",
        )
    else:
        console.result(check, [f"{check.entries} entries and all evidence: {check.verdict}"])
        return ExitCode.DONE
    console.complain(fault)
    return fault.exit_code


COMMAND = log
