"""The shipped law packs, read from their folders and handed to the law room as text."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple

from ftgov.errors import UsageError
from ftgov.intake.text_files import read_text
from ftgov.law.classify import classify
from ftgov.law.facts import Unstated, parse_facts
from ftgov.law.pack import choose_pack, files_of, load_pack
from ftgov.law.pack_records import Pack
from ftgov.records.law import Classification
from ftgov.shipped import shipped


def day(text: str) -> date:
    """Parse an ISO date.

    Raises:
        UsageError: If it is none.
    """
    try:
        return date.fromisoformat(text)
    except ValueError as fault:
        raise UsageError(
            f"'{text}' is not a date.", next_step="Write it as YYYY-MM-DD, for example 2026-12-02."
        ) from fault


class ShippedPack(NamedTuple):
    """A law pack, and the texts it was made from."""

    pack: Pack
    files: dict[str, str]


@cache
def shipped_packs() -> tuple[ShippedPack, ...]:
    """Return all law packs of the EU AI Act that travel with ftgov, oldest first."""
    root = shipped("policies", "eu-ai-act")
    tree = {str(path.relative_to(root)): read_text(path) for path in sorted(root.glob("*/*.yaml"))}
    folders = sorted({name.split("/")[0] for name in tree})
    texts = [files_of(tree, folder) for folder in folders]
    found = [ShippedPack(load_pack(files), files) for files in texts]
    return tuple(sorted(found, key=lambda each: each.pack.in_force.start))


def shipped_pack(*, as_of: str, pack_id: str | None = None) -> ShippedPack:
    """Return the pack that is in force on a day, or the one named.

    Raises:
        UsageError: If none is in force, or there is none of that id.
    """
    packs = {each.pack.id: each for each in shipped_packs()}
    chosen = choose_pack([each.pack for each in packs.values()], day(as_of), pack_id)
    return packs[chosen.id]


def classify_file(
    facts: Path, *, as_of: str, pack_id: str | None = None, unstated: Unstated = "unknown"
) -> Classification:
    """Classify the system that a facts file describes, on a day.

    Raises:
        UsageError: If the file is absent or malformed; names file, line and the nearest valid id.
    """
    pack = shipped_pack(as_of=as_of, pack_id=pack_id).pack
    parsed = parse_facts(read_text(facts), pack, unstated=unstated, name=str(facts))
    return classify(pack, parsed, day(as_of))
