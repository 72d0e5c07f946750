"""The log: is the ledger what was written, and is every file that it names still there?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from ftgov.records.base import Record
from ftgov.store.workspace import Workspace


class LogCheck(Record):
    """What a verification of the whole workspace found; `faults` is empty where all is well."""

    verdict: str
    entries: int
    head: str | None
    faults: tuple[str, ...]


def _files(value: Any) -> Iterator[tuple[str, str]]:
    """Yield digest and name of each evidence record inside a ledger body."""
    if isinstance(value, dict):
        if {"digest", "media_type", "name"} <= value.keys():
            yield str(value["digest"]), str(value["name"])
        for inner in value.values():
            yield from _files(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _files(inner)


def verify_log(workspace: Workspace) -> LogCheck:
    """Recompute the ledger's chain, re-hash all evidence, and look for files that are gone.

    An empty ledger is `nothing to verify`, which is not the same as intact.
    """
    ledger = workspace.ledger.verify()
    faults = [*ledger.faults, *workspace.evidence.verify()]
    if not ledger.faults:
        for entry in workspace.ledger.history():
            named = set(_files(json.loads(entry.body)))
            faults += [
                f"entry {entry.seq}: the file {name} ({digest[:19]}) is gone"
                for digest, name in sorted(named)
                if not workspace.evidence.has(digest)
            ]
    return LogCheck(
        verdict="tampered" if faults else ledger.verdict,
        entries=ledger.entries,
        head=ledger.head,
        faults=tuple(faults),
    )
