"""Archives of the fake, for tests: one workspace, one account, one call."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

from ftgov import api
from ftgov.api.archive import ArchiveResult, Asked, archive_openai
from ftgov.store.workspace import Workspace
from openai_fake.account import ADMIN_SECRET, SECRET
from openai_fake.server import Fake

NOW = "2026-11-21T12:00:00Z"


def made(folder: Path) -> Workspace:
    """Make a workspace in a folder."""
    return api.init(folder / "w", now=NOW)


def archived(
    workspace: Workspace, fake: Fake, *, admin: bool = False, stored: bool = False, **asked: Any
) -> ArchiveResult:
    """Archive the fake's account."""
    return archive_openai(
        workspace,
        Asked(**{"now": NOW, **asked}),
        base_url=fake.url,
        key=SECRET,
        admin_key=ADMIN_SECRET if admin else None,
        stored_completions=stored,
    )


def tally(result: ArchiveResult, resource: str) -> Any:
    """Return the counts of a resource."""
    return next(each for each in result.resources if each.resource == resource)


def bodies(workspace: Workspace, kind: str) -> list[dict[str, Any]]:
    """Return the newest entry of each name of a type, as JSON."""
    found = {entry.name: json.loads(entry.body) for entry in workspace.ledger.history(kind)}
    return list(found.values())


def counts(workspace: Workspace) -> Counter[str]:
    """Return how many entries there are of each type."""
    return Counter(entry.type for entry in workspace.ledger.entries())
