"""`ftgov archive check`: the archived records derived once more from the exact answers."""

from __future__ import annotations

from pathlib import Path

import click

from ftgov.cli.console import Console, inert
from ftgov.cli.options import command, workspace_option
from ftgov.errors import ExitCode


@command("ftgov archive check", "ftgov archive check --json", name="check")
@workspace_option
def check(console: Console, workspace: Path) -> None:
    """Derive every archived record again from the exact answers, and compare; asks nobody."""
    from ftgov.api import open_workspace
    from ftgov.api.archive.check import check_archive

    with open_workspace(workspace) as opened:
        found = check_archive(opened, say=console.progress)
    told = f"{found.things} archived things in {found.captures} captures: {found.same} records"
    odd = f"{len(found.differs)} differ, {len(found.underivable)} can't be derived"
    lines = [f"{told} follow from them, {odd}"]
    lines += [f"  differs: {inert(each)}" for each in found.differs]
    lines += [f"  can't be derived: {inert(each)}" for each in found.underivable]
    console.result(found, lines)
    if found.differs or found.underivable:
        click.get_current_context().exit(int(ExitCode.NOT_ASSESSABLE))
