"""`ftgov law`: the law packs as dated data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ftgov.cli.console import Console
from ftgov.cli.law_calendar import diff, timeline
from ftgov.cli.options import ExampleGroup, command

if TYPE_CHECKING:
    from ftgov.law.pack_records import BasePack


@command("ftgov law list", "ftgov law list --json", name="list")
def list_(console: Console) -> None:
    """List the law packs with the time in which each is in force."""
    from ftgov.api.law import shipped_packs, shipped_regimes

    rows: list[dict[str, object]]
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
    for other in shipped_regimes():
        rows.append(
            {
                "id": other.id,
                "citation": other.citation,
                "in_force_from": str(other.in_force.start),
                "in_force_to": str(other.in_force.end) if other.in_force.end else None,
                "digest": other.digest,
                "unchecked": other.unchecked,
            }
        )
    lines = []
    for each in shipped_packs():
        lines.append(_in_force(each.pack))
        for source in each.pack.sources:
            lines += [f"  checked against {source.title}", f"    sha256 {source.sha256}"]
    for other in shipped_regimes():
        lines += [_in_force(other), f"  {other.unchecked}"]
    console.result(rows, lines)


def _in_force(pack: BasePack) -> str:
    end = str(pack.in_force.end) if pack.in_force.end else "today"
    return f"{pack.id:42} {pack.in_force.start} to {end:10}  {pack.digest[:19]}"


@command(
    "ftgov law show eu-aia-2024-1689-as-amended-2026-1744",
    "ftgov law show eu-aia-2024-1689-as-amended-2026-1744 --json",
)
@click.argument("pack")
def show(console: Console, pack: str) -> None:
    """Print the files of the law pack PACK as they are applied."""
    from ftgov.api.law import regime_files, shipped_pack

    other = regime_files(pack)
    if other is not None:
        console.result(
            {"id": pack, "files": other},
            [part for name, text in other.items() for part in (f"# {name}", text)],
        )
        return
    found = shipped_pack(as_of="2026-07-27", pack_id=pack)
    lines = [part for name, text in found.files.items() for part in (f"# {name}", text)]
    plain = {"id": found.pack.id, "digest": found.pack.digest, "files": found.files}
    console.result(plain, lines)


@command("ftgov law crosswalk", "ftgov law crosswalk DATA-5 --json")
@click.argument("name", required=False)
def crosswalk(console: Console, name: str | None) -> None:
    """Show what lies beside a duty or topic NAME in other regimes and standards, by identifier."""
    from ftgov.api.law import crosswalk_about
    from ftgov.law.crosswalk import NAMES

    found = crosswalk_about(name)
    lines = []
    for key, topic in found.items():
        lines.append(f"{console.style(key, 'strong')}: {topic.title} ({', '.join(topic.duties)})")
        for field, called in NAMES.items():
            if ids := getattr(topic, field):
                lines.append(f"  {called} {', '.join(ids)}")
    plain = {key: topic.model_dump(mode="json") for key, topic in found.items()}
    console.result(plain, [*lines, "", "A pointer by identifier; no regime replaces another."])


COMMAND = ExampleGroup(
    "law",
    [list_, show, timeline, diff, crosswalk],
    "List and show the law packs, what starts when, and what changed.",
    "ftgov law timeline",
    "ftgov law show eu-aia-2024-1689-as-amended-2026-1744",
)
