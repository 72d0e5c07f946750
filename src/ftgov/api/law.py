"""The shipped law packs, read from their folders and handed to the law room as text."""

from __future__ import annotations

import difflib
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple

from ftgov.errors import UsageError
from ftgov.intake.text_files import read_text
from ftgov.law.classify import classify
from ftgov.law.crosswalk import Crosswalk, Topic, load_crosswalk
from ftgov.law.facts import Unstated, parse_facts
from ftgov.law.pack import choose_pack, files_of, load_pack, load_regime
from ftgov.law.pack_records import Pack, RegimePack
from ftgov.law.regimes import classify_regime
from ftgov.records.law import Classification, RegimeClassification
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


_AI_ACT = "eu-ai-act"


class ShippedPack(NamedTuple):
    """A law pack, and the texts it was made from."""

    pack: Pack
    files: dict[str, str]


@cache
def shipped_packs() -> tuple[ShippedPack, ...]:
    """Return all law packs of the EU AI Act that travel with ftgov, oldest first."""
    root = shipped("policies", _AI_ACT)
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


@cache
def _regimes() -> dict[str, tuple[RegimePack, dict[str, str]]]:
    """Return the packs of other regimes with their texts: each folder of policies may be one."""
    found = {}
    for root in sorted(shipped("policies").glob("*/")):
        paths = sorted(root.glob("*/*.yaml")) if root.name != _AI_ACT else []
        tree = {path.relative_to(root).as_posix(): read_text(path) for path in paths}
        for folder in sorted({name.split("/")[0] for name in tree if name.endswith("/pack.yaml")}):
            files = files_of(tree, folder)
            pack = load_regime(files)
            found[pack.id] = (pack, files)
    return found


def shipped_regimes() -> tuple[RegimePack, ...]:
    """Return the law packs of other regimes than the AI Act that travel with ftgov."""
    return tuple(pack for pack, _ in _regimes().values())


def regime_of(pack_id: str | None) -> RegimePack | None:
    """Return the pack of another regime with an id, or None where there is none."""
    return next((pack for pack in shipped_regimes() if pack.id == pack_id), None)


def regime_files(pack_id: str) -> dict[str, str] | None:
    """Return the files of a pack of another regime, or None where there is none of that id."""
    found = _regimes().get(pack_id)
    return found[1] if found else None


def classify_regime_file(
    facts: Path, pack: RegimePack, *, as_of: str, unstated: Unstated = "unknown"
) -> RegimeClassification:
    """Say what a law of another regime makes of a facts file, on a day.

    Raises:
        UsageError: If the file is absent or malformed; names file, line and the nearest valid id.
    """
    parsed = parse_facts(read_text(facts), pack, unstated=unstated, name=str(facts))
    return classify_regime(pack, parsed, day(as_of))


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


@cache
def shipped_crosswalk() -> Crosswalk:
    """Return the crosswalk that travels with ftgov, checked against the packs."""
    path = shipped("policies", "crosswalk", "topics.yaml")
    return load_crosswalk(
        read_text(path),
        path.name,
        duties={duty.id for each in shipped_packs() for duty in each.pack.obligations},
        nyc={duty.id for pack in shipped_regimes() for duty in pack.obligations},
    )


def crosswalk_about(name: str | None) -> dict[str, Topic]:
    """Return the topics of the crosswalk: all, the one with an id, or those that hold a duty.

    Raises:
        UsageError: If nothing has that id; suggests the nearest.
    """
    crosswalk = shipped_crosswalk()
    if name is None:
        return crosswalk.topics
    if found := crosswalk.about(name):
        return found
    known = [
        *crosswalk.topics,
        *{duty for each in crosswalk.topics.values() for duty in each.duties},
    ]
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.4)
    raise UsageError(
        f"The crosswalk has neither a topic nor a duty '{name}'.",
        next_step=f"Did you mean '{near[0]}'?" if near else "See: ftgov law crosswalk",
    )
