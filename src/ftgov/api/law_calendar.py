"""Timeline and difference of the law, for all or for one system."""

from __future__ import annotations

import re
from pathlib import Path

from ftgov.api.classification import Asked, classify_asked
from ftgov.api.law import day, regime_of, shipped_pack
from ftgov.law.difference import pack_difference, system_difference
from ftgov.law.timeline import timeline
from ftgov.records.calendar import Calendar, Difference

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def law_timeline(*, as_of: str, pack_id: str | None = None, asked: Asked | None = None) -> Calendar:
    """Return what starts when under a pack, or only what starts for one system.

    Args:
        as_of: The day from which days are counted, ISO.
        pack_id: The law pack; by default the one in force on that day.
        asked: A system: its facts file, or its name in a workspace.

    Raises:
        UsageError: If there is no such pack, file or system.
    """
    other = regime_of(pack_id)
    if other is not None:
        return timeline(other, day(as_of))
    pack = shipped_pack(as_of=as_of, pack_id=pack_id).pack
    system = classify_asked(asked, as_of=as_of, pack_id=pack_id) if asked else None
    return timeline(pack, day(as_of), system)


def law_difference(
    before: str, after: str, *, as_of: str, asked: Asked | None = None
) -> Difference:
    """Return what changed between two states of the law.

    Args:
        before: A day, or the id of a pack.
        after: A day, or the id of a pack.
        as_of: The day for a side that is a pack, ISO.
        asked: A system whose facts are classified under both; None compares the packs themselves.

    Raises:
        UsageError: If a side is neither a day with a pack in force nor a pack's id.
    """
    sides = [_side(name, as_of) for name in (before, after)]
    if asked is None:
        one, two = (shipped_pack(as_of=on, pack_id=pack).pack for on, pack in sides)
        return pack_difference(one, two)
    first, second = (classify_asked(asked, as_of=on, pack_id=pack) for on, pack in sides)
    return system_difference(first, second)


def _side(name: str, as_of: str) -> tuple[str, str | None]:
    """Return the day and the pack that one side names."""
    return (name, None) if _DATE.fullmatch(name) else (as_of, name)


def facts_or_system(
    facts: Path | None, system: str | None, workspace: Path, unstated: str
) -> Asked | None:
    """Return what is asked about, or None where neither a file nor a system is named."""
    if facts is None and system is None:
        return None
    return Asked(facts, system, workspace, "no" if unstated == "no" else "unknown")
