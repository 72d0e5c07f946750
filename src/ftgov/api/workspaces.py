"""Workspaces: make one, open one."""

from __future__ import annotations

import re
from pathlib import Path

from ftgov.api.clock import now_text
from ftgov.records.base import NAME_PATTERN
from ftgov.store.workspace import Workspace


def _name_for(root: Path) -> str:
    name = re.sub(r"[^a-z0-9._-]+", "-", root.resolve().name.lower()).strip("-")
    return name if re.match(NAME_PATTERN, name) else "workspace"


def init(root: Path | str, *, name: str | None = None, now: str | None = None) -> Workspace:
    """Make a workspace: `ftgov.toml` and `.ftgov/` in a folder, which is made if absent.

    Args:
        root: The folder.
        name: The workspace's name; by default the folder's.
        now: The time of its making, RFC 3339 UTC; by default the present.

    Raises:
        UsageError: If the folder is a workspace already.
        FtgovError: If the folder can't be written.
    """
    place = Path(root)
    return Workspace.create(place, name=name or _name_for(place), recorded_at=now or now_text())


def open_workspace(root: Path | str = ".") -> Workspace:
    """Open the workspace in a folder.

    Raises:
        UsageError: If there is none.
        FtgovError: If it is damaged, or was made by a newer version.
    """
    return Workspace.open(Path(root))
