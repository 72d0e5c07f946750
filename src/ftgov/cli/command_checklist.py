"""`ftgov checklist`: the duties of a system by role, and how each stands."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ftgov.cli.console import Console, inert
from ftgov.cli.options import command, workspace_option

if TYPE_CHECKING:
    from ftgov.records.checklist import ChecklistLine

_STYLES = {
    "present": "good",
    "missing": "weak",
    "stale": "weak",
    "contradicting": "bad",
    "not_applicable": "quiet",
    "not_yet_applicable": "strong",
}


@command("ftgov checklist loan-desk", "ftgov checklist loan-desk --list provider --full --json")
@click.argument("system")
@click.option("--list", "only", multiple=True, help="Only this checklist; repeatable.")
@click.option("--full", is_flag=True, help="Duties that are not owed too, and who judges what.")
@click.option("--law-pack", help="The law pack's id; by default the one in force on the day.")
@click.option("--law-as-of", help="The day, YYYY-MM-DD; by default today.")
@workspace_option
def checklist(
    console: Console,
    system: str,
    only: tuple[str, ...],
    full: bool,
    law_pack: str | None,
    law_as_of: str | None,
    workspace: Path,
) -> None:
    """Show the checklists of SYSTEM: provider, deployer, transparency, modifier, prohibited.

    Evidence is present, missing, stale or contradicting; what it is worth is for people to judge.
    """
    from ftgov.api import now_text, open_workspace
    from ftgov.api.checklists import checklists_of

    as_of = law_as_of or now_text()[:10]
    with open_workspace(workspace) as opened:
        found = checklists_of(opened, system, as_of=as_of, only=only, pack_id=law_pack)
    lines = [f"{system}: {found.overall.replace('_', ' ')} as of {found.as_of} ({found.pack})"]
    for each in found.lists:
        shown = [line for line in each.lines if full or line.state.state != "not_applicable"]
        lines += ["", console.style(f"{each.title} ({each.reference})", "strong")]
        for line in shown:
            lines += _lines(console, line, full=full)
        hidden = len(each.lines) - len(shown)
        if hidden:
            lines.append(f"  {hidden} not applicable; --full shows them")
    console.result(found, [*lines, "", "Evidence, not a judgement: what it shows, people decide."])


def _lines(console: Console, line: ChecklistLine, *, full: bool) -> list[str]:
    state = line.state
    word = state.state.replace("_", " ")
    when = " or ".join(line.readings) or "-"
    if state.state == "not_yet_applicable":
        word = f"from {when}, evidence {state.evidence}"
    head = f"  {line.id:9} {console.style(word, _STYLES[state.state])}  {inert(line.text)}"
    contested = f", contested: from {when}" if len(line.readings) > 1 else ""
    lines = [head, f"  {'':9} {inert(line.reference)}, {line.who}{contested}"]
    if not state.shown_by and state.note:
        lines.append(f"  {'':9} {inert(state.note)}")
    items = [item for item in state.shown_by if full or item.state != "present"]
    lines += [f"  {'':9} - {item.by}: {item.state}, {inert(item.note)}" for item in items]
    if full:
        lines += [f"  {'':9} tool: {line.tool}", f"  {'':9} people: {line.judge}"]
        lines.append(f"  {'':9} exists in: {', '.join(line.packs)}")
    return lines


COMMAND = checklist
