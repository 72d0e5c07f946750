"""`ftgov log`: the ledger, and whether it still is what was written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ftgov.cli.console import Console, inert
from ftgov.cli.options import command, workspace_option
from ftgov.errors import LedgerTampered

if TYPE_CHECKING:
    from ftgov.api.log import LogCheck


@command("ftgov log", "ftgov log --verify")
@click.option("--verify", "verifying", is_flag=True, help="Re-hash every entry and file.")
@workspace_option
def log(console: Console, verifying: bool, workspace: Path) -> None:
    """Show who recorded what and when; with --verify, whether anything was changed since.

    Exit status 21 if an entry or a file of evidence is not what was recorded.
    """
    from ftgov import api
    from ftgov.api.log import verify_log

    with api.open_workspace(workspace) as opened:
        if verifying:
            _verify(console, verify_log(opened))
            return
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


def _verify(console: Console, check: LogCheck) -> None:
    if not check.faults:
        text = f"{check.entries} entries and all evidence: {check.verdict}"
        console.result(check, [text])
        return
    console.result(check, check.faults)
    raise LedgerTampered(
        f"The ledger or its evidence was changed: {check.faults[0]}",
        next_step="Restore the workspace from a copy, and compare its head with a signed report's.",
    )


COMMAND = log
