"""Archives of the fake, for tests: run, compared, looked through."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from ftgov.api.archive import ArchiveResult, Asked, archive_openai, hosts
from ftgov.providers.openai_hosted import Reach
from ftgov.providers.pace import Patience
from ftgov.store.ledger import Filter
from ftgov.store.workspace import Workspace
from openai_fake.account import ADMIN_SECRET, SECRET
from openai_fake.server import Fake
from store_support import AT

KEYS = {"OPENAI_API_KEY": SECRET, "OPENAI_ADMIN_KEY": ADMIN_SECRET}

LATER = "2026-11-22T00:00:00Z"
"""When the fake is archived, unless said otherwise: hours after its jobs ended."""

_OF_THE_LOOK = ("observed_at", "tombstoned_at", "capture", "responses", "raw", "sealed")
"""Fields that say when and how a thing was seen, or under which key it is kept."""


def new_workspace(root: Path) -> Workspace:
    """Make a workspace and open it."""
    return Workspace.create(root, name="w", recorded_at=AT)


def hurried(monkeypatch: pytest.MonkeyPatch, attempts: int = 4) -> None:
    """Have the archive wait a little where it would wait long, and give up sooner."""
    patience = Patience(attempts=attempts, first=0.01, longest=5.0)

    def reach(*given: Any) -> Reach:
        return Reach(*given)._replace(patience=patience)

    monkeypatch.setattr(hosts, "Reach", reach)


def archived(workspace: Workspace, fake: Fake, **asked: Any) -> ArchiveResult:
    """Archive the fake once, with both keys, and its clock for the time."""
    wish = Asked(**{"now": LATER, **asked})
    return archive_openai(workspace, wish, base_url=fake.url, key=SECRET, admin_key=ADMIN_SECRET)


def records(workspace: Workspace, *types: str) -> Iterator[tuple[str, str, Any]]:
    """Yield type, name and content of every ledger entry, oldest first."""
    for kind in types or (None,):
        for entry in workspace.ledger.entries(Filter(type=kind) if kind else Filter()):
            yield entry.type, entry.name, json.loads(entry.body)


def latest(workspace: Workspace, *types: str) -> dict[tuple[str, str], Any]:
    """Return the last content of each record, without when and how it was seen."""
    found = {(kind, name): seen_from_afar(body) for kind, name, body in records(workspace, *types)}
    return {key: body for key, body in found.items() if key[0] not in {"capture", "identity"}}


def seen_from_afar(value: Any) -> Any:
    """Return a record's content without what differs from look to look."""
    if isinstance(value, Mapping):
        return {key: seen_from_afar(part) for key, part in value.items() if key not in _OF_THE_LOOK}
    if isinstance(value, list):
        return [seen_from_afar(part) for part in value]
    return value


def counts(result: ArchiveResult) -> dict[str, tuple[int, int, int]]:
    """Return what was read, new and changed, by resource."""
    return {each.resource: (each.read, each.new, each.changed) for each in result.resources}
