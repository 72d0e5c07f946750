"""`ftgov law`: the law packs as dated data."""

from __future__ import annotations

import click

from ftgov.cli.console import Console
from ftgov.cli.law_calendar import diff, timeline
from ftgov.cli.options import ExampleGroup, command


@command("ftgov law list", "ftgov law list --json", name="list")
def list_(console: Console) -> None:
    """List the law packs with the time in which each is in force."""
    from ftgov.api.law import shipped_packs

    rows = [
        {
            "id": each.pack.id,
            "celex": each.pack.celex,
            "in_force_from": str(each.pack.in_force.start),
            "in_force_to": str(each.pack.in_force.end) if each.pack.in_force.end else None,
            "digest": each.pack.digest,
            "eli": each.pack.eli,
            "sources": {source.title: source.sha256 for source in each.pack.sources},
        }
        for each in shipped_packs()
    ]
    lines = []
    for each, row in zip(shipped_packs(), rows, strict=True):
        lines.append(
            f"{row['id']:42} {row['in_force_from']} to {row['in_force_to'] or 'today':10}  "
            f"{str(row['digest'])[:19]}"
        )
        lines += [f"  checked against {source.title}" for source in each.pack.sources]
        lines += [f"    sha256 {source.sha256}" for source in each.pack.sources]
    console.result(rows, lines)


@command(
    "ftgov law show eu-aia-2024-1689-as-amended-2026-1744",
    "ftgov law show eu-aia-2024-1689-as-amended-2026-1744 --json",
)
@click.argument("pack")
def show(console: Console, pack: str) -> None:
    """Print the files of the law pack PACK as they are applied."""
    from ftgov.api.law import shipped_pack

    found = shipped_pack(as_of="2026-07-27", pack_id=pack)
    lines = [part for name, text in found.files.items() for part in (f"# {name}", text)]
    plain = {"id": found.pack.id, "digest": found.pack.digest, "files": found.files}
    console.result(plain, lines)


COMMAND = ExampleGroup(
    "law",
    [list_, show, timeline, diff],
    "List and show the law packs, what starts when, and what changed.",
    "ftgov law timeline",
    "ftgov law show eu-aia-2024-1689-as-amended-2026-1744",
)
