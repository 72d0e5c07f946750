"""The shipped law packs, read from their folders and handed to the law room as text."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

from ftgov.errors import UsageError
from ftgov.intake.text_yaml import read_text
from ftgov.law.classify import classify
from ftgov.law.facts import check_facts, parse_facts
from ftgov.law.pack import Pack, choose_pack, load_pack
from ftgov.records.law import Classification
from ftgov.records.system import System
from ftgov.shipped import shipped
from ftgov.store.workspace import Workspace


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


@cache
def shipped_packs() -> tuple[Pack, ...]:
    """Return all law packs of the EU AI Act that travel with ftgov."""
    root = shipped("policies", "eu-ai-act")
    folders = sorted(path for path in root.iterdir() if (path / "pack.yaml").is_file())
    return tuple(
        load_pack({path.name: read_text(path) for path in sorted(folder.glob("*.yaml"))})
        for folder in folders
    )


def shipped_pack(*, as_of: str, pack_id: str | None = None) -> Pack:
    """Return the pack that is in force on a day, or the one named.

    Raises:
        UsageError: If none is in force, or there is none of that id.
    """
    return choose_pack(shipped_packs(), as_of=day(as_of), pack_id=pack_id)


def classify_file(
    facts: Path, *, as_of: str, pack_id: str | None = None, unstated: str = "unknown"
) -> Classification:
    """Classify the system that a facts file describes, on a day.

    Raises:
        UsageError: If the file is absent or malformed; names file, line and the nearest valid id.
    """
    pack = shipped_pack(as_of=as_of, pack_id=pack_id)
    reading = "no" if unstated == "no" else "unknown"
    parsed = parse_facts(read_text(facts), pack, unstated=reading, name=str(facts))
    return classify(pack, parsed, day(as_of))


def classify_system(
    workspace: Path,
    system: str,
    *,
    as_of: str,
    pack_id: str | None = None,
    unstated: str = "unknown",
) -> Classification:
    """Classify a system that a workspace has recorded, on a day.

    Raises:
        UsageError: If there is no such workspace or system.
    """
    pack = shipped_pack(as_of=as_of, pack_id=pack_id)
    with Workspace.open(workspace) as opened:
        found = opened.ledger.get(System, system)
    if found is None:
        raise UsageError(
            f"There is no system '{system}' in this workspace.",
            next_step="Record it: ftgov record system NAME --model MODEL --facts FILE",
        )
    facts = check_facts(found.facts, pack, unstated="no" if unstated == "no" else "unknown")
    return classify(pack, facts, day(as_of))
