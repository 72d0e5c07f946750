"""`ftgov log`: the ledger, whether it still is what was written, and heads to keep elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ftgov.cli.console import Console, inert
from ftgov.cli.log_witness import consistency, cosign
from ftgov.cli.options import ListingGroup, command, workspace_option
from ftgov.errors import ExitCode, FtgovError, InvalidBundle, LedgerTampered, NotAssessable, worst

if TYPE_CHECKING:
    from ftgov.api.log import LogCheck
    from ftgov.store.ledger import Entry

_FILE = click.Path(path_type=Path, dir_okay=False)


@command("ftgov log --last 20", "ftgov log --type model --since 2026-11-01T00:00:00Z")
@click.option("--verify", "verifying", is_flag=True, help="The same as `ftgov log verify`.")
@click.option("--type", "kind", help="Only entries of a type: dataset, model, job ...")
@click.option("--name", help="Only entries of a name.")
@click.option("--actor", help="Only what one person or party recorded.")
@click.option("--since", help="Only from this time on, RFC 3339 UTC.")
@click.option("--until", help="Only up to this time, RFC 3339 UTC.")
@click.option("--last", type=click.IntRange(min=1), help="Only the newest so many.")
@workspace_option
@click.pass_context
def log(
    ctx: click.Context,
    /,
    console: Console,
    verifying: bool,
    last: int | None,
    workspace: Path,
    **narrowed: str | None,
) -> None:
    """Show who recorded what and when.

    With a command below: verify it, export a tree head, or export all entries.
    """
    from ftgov import api
    from ftgov.api.log import shown_entries, verify_log
    from ftgov.api.people import shown

    with api.open_workspace(workspace) as opened:
        if verifying:
            ctx.exit(_told(console, verify_log(opened)))
        call = shown(opened)
        entries = shown_entries(opened, last=last, **narrowed)
        if console.as_json:
            console.result([_plain(entry, call) for entry in entries], ())
        else:
            empty = "There is nothing to show: no entry is of that kind."
            console.result(None, _lines(entries, call, empty))


def _plain(entry: Entry, call: Callable[[str], str]) -> dict[str, object]:
    return {
        "seq": entry.seq,
        "type": entry.type,
        "name": entry.name,
        "digest": entry.record_digest,
        "actor": entry.actor,
        "actor_name": call(entry.actor),
        "recorded_at": entry.recorded_at,
    }


def _lines(entries: Iterable[Entry], call: Callable[[str], str], empty: str) -> Iterable[str]:
    found = False
    for entry in entries:
        found = True
        who, what = inert(call(entry.actor)), f"{entry.type}/{inert(entry.name)}"
        yield f"{entry.seq:6}  {entry.recorded_at}  {who:12}  {what}  {entry.record_digest[:19]}"
    if not found:
        yield empty


@command("ftgov log verify", "ftgov log verify --against head-2026-11.txt", name="verify")
@click.option(
    "--against",
    type=_FILE,
    multiple=True,
    help="A tree head exported earlier and kept elsewhere; may be given again.",
)
@click.option("--log-key", help="The public key that signed it; by default this workspace's.")
@workspace_option
@click.pass_context
def verify(
    ctx: click.Context,
    console: Console,
    against: tuple[Path, ...],
    log_key: str | None,
    workspace: Path,
) -> None:
    """Recompute every entry, the tree and all links, and re-hash all evidence.

    Exit status 21 if anything is not what was recorded, 20 if a tree head's signature does not
    hold, 12 if there is nothing to verify or nobody knows who signed a tree head.
    """
    from ftgov import api
    from ftgov.api.log import verify_log

    with api.open_workspace(workspace) as opened:
        ctx.exit(_told(console, verify_log(opened, against, log_key=log_key)))


@command("ftgov log head --output head-2026-11.txt", "ftgov log head --output h.txt --json")
@click.option("--output", type=_FILE, required=True, help="A new file for the tree head.")
@workspace_option
def head(console: Console, output: Path, workspace: Path) -> None:
    """Export the signed tree head over all entries; keep it where nobody here can change it.

    Later, `ftgov log verify --against` it tells whether an entry was altered or cut off since, even
    where the whole ledger was written anew.
    """
    from ftgov import api
    from ftgov.api.tree_heads import export_head

    with api.open_workspace(workspace) as opened:
        made = export_head(opened, output)
    lines = (
        f"{made.file}: the tree head over {made.size} entries.",
        f"  the log's key: {made.log_key}",
        "Keep both where nobody who can write to this workspace can change them.",
    )
    console.result(made, lines)


@command("ftgov log export --output log.jsonl", "ftgov log export --output l.jsonl --type model")
@click.option("--output", type=_FILE, required=True, help="A new file, one entry per line.")
@click.option("--type", "kind", help="Only entries of a type: dataset, model, job ...")
@workspace_option
def export(console: Console, output: Path, kind: str | None, workspace: Path) -> None:
    """Write every entry with its record to a JSON Lines file."""
    from ftgov import api
    from ftgov.api.log import export_log

    with api.open_workspace(workspace) as opened:
        count = export_log(opened, output, kind=kind)
    console.result({"file": str(output), "entries": count}, [f"{output}: {count} entries."])


def _told(console: Console, check: LogCheck) -> ExitCode:
    """Print what a check found and return the status that says the same."""
    faults = list(_faults(check))
    lines = list(map(inert, check.faults))
    if not faults:
        lines.append(f"{check.entries} entries and all evidence: {check.verdict}")
        lines += [f"nothing names the evidence {one}: ftgov erase {one}" for one in check.orphans]
        lines += [f"{kept.file}: the ledger grew out of it" for kept in check.heads]
    console.result(check, lines or [check.verdict])
    for fault in faults:
        console.complain(fault)
    return worst([fault.exit_code for fault in faults])


def _faults(check: LogCheck) -> Iterable[FtgovError]:
    if check.faults:
        yield LedgerTampered(
            f"The ledger or its evidence was changed: {check.faults[0]}",
            next_step="Restore the workspace from a copy, and compare it with a tree head that was "
            "exported earlier: ftgov log verify --against FILE",
        )
    elif check.elsewhere:
        yield NotAssessable(
            f"{len(check.elsewhere)} files are in other workspaces of this ledger and could not "
            f"be checked here, the first: {check.elsewhere[0]}",
            why="Evidence, and the keys of erasable evidence, stay where they were recorded.",
            next_step="Verify each workspace, or share evidence: ftgov init --evidence URL",
        )
    elif not check.entries:
        yield NotAssessable(
            "The ledger is empty: there is nothing to verify.",
            why="Entries that are gone and entries that never were look the same.",
            next_step="Record something first, or check that this is the workspace you mean.",
        )
    for kept in check.heads:
        if kept.signature == "invalid":
            yield InvalidBundle(
                f"{kept.file}: the signature of the tree head does not hold.",
                next_step="Use a copy that was kept where nobody could change it.",
            )
        elif kept.signature != "valid":
            yield NotAssessable(
                f"{kept.file}: nobody knows who signed the tree head.",
                why="It was signed with another key than this workspace's log has.",
                next_step="Name the key that was printed when it was exported: --log-key KEY",
            )


COMMAND = ListingGroup(
    log,
    [verify, head, consistency, cosign, export],
    "ftgov log --last 20",
    "ftgov log verify --against head-2026-11.txt",
)
