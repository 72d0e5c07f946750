"""What the tests of the law room share: the packs, and the named facts of the worked cases."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from ftgov.law.classify import classify
from ftgov.law.facts import check_facts
from ftgov.law.pack import choose_pack, files_of, load_pack
from ftgov.law.pack_records import Pack
from ftgov.records.law import Classification
from ftgov.shipped import shipped

OLD = "eu-aia-2024-1689-original"
NEW = "eu-aia-2024-1689-as-amended-2026-1744"
TODAY = date(2026, 11, 21)


@cache
def texts() -> dict[str, str]:
    """The shipped law packs, as texts by path."""
    root = shipped("policies", "eu-ai-act")
    files = sorted(root.rglob("*.yaml"))
    return {path.relative_to(root).as_posix(): path.read_text("utf-8") for path in files}


@cache
def packs() -> tuple[Pack, ...]:
    """The shipped law packs."""
    return packs_of(texts())


def packs_of(tree: dict[str, str]) -> tuple[Pack, ...]:
    """Every pack of a tree of texts, oldest first."""
    folders = sorted({path.split("/")[0] for path in tree})
    found = [load_pack(files_of(tree, folder)) for folder in folders]
    return tuple(sorted(found, key=lambda pack: pack.in_force.start))


def run(facts: dict[str, object], pack: str = NEW, day: date = TODAY) -> Classification:
    """Classify facts; what is unstated is no."""
    chosen = choose_pack(packs(), day, pack)
    return classify(chosen, check_facts(facts, chosen, "no"), day)


def with_(*parts: dict[str, object], **more: object) -> dict[str, object]:
    """Merge sets of facts; the later wins."""
    merged: dict[str, object] = {}
    for part in (*parts, more):
        merged.update(part)
    return merged


@cache
def worked() -> dict[str, Any]:
    """The table of worked cases, with its named sets of facts."""
    path = Path(__file__).parent / "conformance" / "law_cases.yaml"
    return dict(yaml.safe_load(path.read_text("utf-8")))


IN: dict[str, object] = worked()["sets"]["IN"]
HIRING: dict[str, object] = worked()["sets"]["HIRING"]
COMPONENT: dict[str, object] = worked()["sets"]["COMPONENT"]
MODEL: dict[str, object] = worked()["sets"]["MODEL"]
