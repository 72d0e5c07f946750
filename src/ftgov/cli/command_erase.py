"""`ftgov erase`: a person's identity, or a file of evidence, made unreadable for good."""

from __future__ import annotations

from pathlib import Path

import click

from ftgov.cli.console import Console, inert
from ftgov.cli.options import actor_option, command, workspace_option
from ftgov.records.erasure import ERASURE_REQUEST


@command(
    "ftgov erase alice@example.org --reason 'request of 2026-11-20'",
    "ftgov erase sha256:4f5c... --reason 'a subject withdrew' --legal-basis 'GDPR Art. 17(1)(b)'",
)
@click.argument("what")
@click.option("--reason", required=True, help="Why; it stays in the ledger, so name nobody.")
@click.option("--legal-basis", default=ERASURE_REQUEST, show_default=True, help="On what ground.")
@workspace_option
@actor_option
def erase(
    console: Console, what: str, reason: str, legal_basis: str, workspace: Path, actor: str
) -> None:
    """Destroy the key of WHAT, so that nobody can read it any more.

    WHAT is a person, as people know them or by the party's id, or the digest of evidence that was
    recorded with --erasable. The ledger keeps its entries and tells that it was erased. Reports
    that were written before, and backups, are not reached: destroy those yourself.
    """
    from ftgov import api

    with api.open_workspace(workspace) as opened:
        done = api.erase(opened, what, reason=reason, legal_basis=legal_basis, actor=actor)
    made = done.erasure
    before = "before, " if done.repeated else ""
    lines = [
        f"erased {made.party or what} {before}at {made.erased_at}: {len(made.keys)} key(s)",
        *(f"still names it, by digest only: {inert(name)}" for name in done.named_by),
        "Next: destroy reports and backups that hold a copy; ftgov log verify",
    ]
    console.result(done, lines)


COMMAND = erase
