"""`ftgov log cosign` and `ftgov log consistency`: witnessing another party's log."""

from __future__ import annotations

from pathlib import Path

import click

from ftgov.cli.console import Console, inert
from ftgov.cli.options import actor_option, command, workspace_option

_FILE = click.Path(path_type=Path, dir_okay=False)


@command(
    "ftgov log cosign head-2026-11.txt --log-key 'ftgov.dev/log/loans+1a2b3c4d+AQ...'",
    "ftgov log cosign out/bundle/log/report.tlog-proof --consistency since-12.txt",
)
@click.argument("head", type=_FILE)
@click.option("--log-key", help="The log's public key; needed the first time.")
@click.option("--consistency", type=_FILE, help="The proof that it grew out of what you cosigned.")
@click.option("--output", type=_FILE, help="A new file; by default HEAD itself gets the line.")
@workspace_option
@actor_option
def cosign(
    console: Console,
    head: Path,
    log_key: str | None,
    consistency: Path | None,
    output: Path | None,
    workspace: Path,
    actor: str,
) -> None:
    """Add this workspace's signature to another log's tree HEAD, or to a proof that ends in one.

    Refused unless the head grew out of the one cosigned last: status 21 where the log was
    rewritten, 20 where it did not sign the head, 12 where nothing shows that it grew.
    """
    from ftgov import api
    from ftgov.api.witnessing import cosign as cosign_it

    with api.open_workspace(workspace) as opened:
        made = cosign_it(
            opened, head, log_key=log_key, consistency=consistency, output=output, actor=actor
        )
    grew = f"grew out of the {made.before} seen before" if made.before else "the first seen"
    lines = (
        f"{made.file}: cosigned, {made.size} entries of {inert(made.origin)}; {grew}.",
        f"  the witness's key: {made.witness_key}",
    )
    console.result(made, lines)


@command(
    "ftgov log consistency head-2026-12.txt --since 12 --output since-12.txt",
    "ftgov log consistency out/bundle/log/report.tlog-proof --since 31 --output since-31.txt",
)
@click.argument("head", type=_FILE)
@click.option("--since", type=click.IntRange(min=1), required=True, help="Entries seen before.")
@click.option("--output", type=_FILE, required=True, help="A new file for the proof.")
@workspace_option
def consistency(console: Console, head: Path, since: int, output: Path, workspace: Path) -> None:
    """Prove to a witness that a tree HEAD of this log grew out of its first entries."""
    from ftgov import api
    from ftgov.api.witnessing import export_consistency

    with api.open_workspace(workspace) as opened:
        size = export_consistency(opened, head, since, output)
    plain = {"file": str(output), "old": since, "size": size}
    console.result(plain, [f"{output}: the log grew from {since} to {size} entries."])
