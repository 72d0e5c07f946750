"""`ftgov law timeline` and `ftgov law diff`: what starts when, and what changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ftgov.cli.console import Console, inert
from ftgov.cli.options import Body, command, workspace_option

if TYPE_CHECKING:
    from ftgov.records.calendar import CalendarEntry, Change


_READINGS = {
    "settled": "",
    "literal": " [literal]",
    "effective": " [effective]",
    "effective_annex_1": " [effective, Annex I]",
}


def asked_options(function: Body) -> Body:
    """Add `--facts`, `--system` and `--unstated`: the one system that is asked about."""
    options: tuple[Callable[[Body], Body], ...] = (
        click.option(
            "--facts", type=click.Path(path_type=Path), help="YAML with a system's facts."
        ),
        click.option("--system", help="A system recorded in the workspace, instead of --facts."),
        click.option(
            "--unstated", type=click.Choice(["no", "unknown"]), default="unknown", show_default=True
        ),
    )
    for option in reversed(options):
        function = option(function)
    return function


@command("ftgov law timeline", "ftgov law timeline --facts system.yaml --law-as-of 2026-11-21")
@asked_options
@click.option("--law-pack", help="The law pack's id; by default the one in force on the day.")
@click.option("--law-as-of", help="The day, YYYY-MM-DD; by default today.")
@workspace_option
def timeline(
    console: Console,
    facts: Path | None,
    system: str | None,
    unstated: str,
    law_pack: str | None,
    law_as_of: str | None,
    workspace: Path,
) -> None:
    """Show what starts when; with a system, only what starts for it, with its duties."""
    from ftgov.api.clock import now_text
    from ftgov.api.law_calendar import facts_or_system, law_timeline

    asked = facts_or_system(facts, system, workspace, unstated)
    as_of = law_as_of or now_text()[:10]
    found = law_timeline(as_of=as_of, pack_id=law_pack, asked=asked)
    lines = [f"{found.pack}, seen from {found.as_of}", ""]
    lines += [line for entry in found.entries for line in _entry_lines(console, entry)]
    console.result(found, lines)


def _entry_lines(console: Console, entry: CalendarEntry) -> list[str]:
    applies = entry.in_days <= 0
    when = "applies" if applies else f"in {entry.in_days} days"
    reading = _READINGS[entry.reading]
    line = f"{entry.on}  {when:13} {inert(entry.what)}{reading} ({inert(entry.reference)})"
    lines = [console.style(line, "quiet" if applies else "strong")]
    if entry.note and entry.reading == "literal":
        lines.append(f"{'':26}contested: {inert(entry.note)}")
    if entry.duties:
        lines.append(f"{'':26}{', '.join(entry.duties)}")
    return lines


@command(
    "ftgov law diff 2026-07-01 2026-12-02 --facts system.yaml",
    "ftgov law diff eu-aia-2024-1689-original eu-aia-2024-1689-as-amended-2026-1744",
)
@click.argument("before")
@click.argument("after")
@asked_options
@click.option("--law-as-of", help="The day for a side that is a pack; by default today.")
@workspace_option
def diff(
    console: Console,
    before: str,
    after: str,
    facts: Path | None,
    system: str | None,
    unstated: str,
    law_as_of: str | None,
    workspace: Path,
) -> None:
    """Show what changed between BEFORE and AFTER, each a day or a pack; with a system, for it."""
    from ftgov.api.clock import now_text
    from ftgov.api.law_calendar import facts_or_system, law_difference

    asked = facts_or_system(facts, system, workspace, unstated)
    found = law_difference(before, after, as_of=law_as_of or now_text()[:10], asked=asked)
    lines = [f"- {found.before}", f"+ {found.after}", ""]
    lines += [line for change in found.changes for line in _change_lines(change)]
    if found.duties:
        lines += ["", "Duties"]
        lines += [line for change in found.duties for line in _change_lines(change)]
    if not (found.changes or found.duties):
        lines.append("Nothing differs.")
    console.result(found, lines)


def _change_lines(change: Change) -> list[str]:
    sides = (("-", change.before), ("+", change.after))
    told = [f"    {sign} {inert(value)}" for sign, value in sides if value is not None]
    return [f"  {inert(change.name)}", *told]
