"""Workspaces: make one, open one."""

from __future__ import annotations

import re
from pathlib import Path

from ftgov.api.clock import now_text
from ftgov.api.erasure import finish_erasures
from ftgov.records.base import NAME_PATTERN
from ftgov.store.postgres import role_faults
from ftgov.store.setup_sql import setup_sql
from ftgov.store.workspace import Workspace


def _name_for(root: Path) -> str:
    name = re.sub(r"[^a-z0-9._-]+", "-", root.resolve().name.lower()).strip("-")
    return name if re.match(NAME_PATTERN, name) else "workspace"


def init(
    root: Path | str,
    *,
    name: str | None = None,
    database: str | None = None,
    evidence: str | None = None,
    now: str | None = None,
) -> Workspace:
    """Make a workspace: `ftgov.toml` and `.ftgov/` in a folder, which is made if absent.

    Args:
        root: The folder.
        name: The workspace's name; by default the folder's.
        database: `postgresql+psycopg://ROLE@HOST/DATABASE` for a team's ledger, in which the
            workspace's name is a project; by default a SQLite file in the folder.
        evidence: The URL of a folder for evidence that fsspec reaches; by default a local one.
        now: The time of its making, RFC 3339 UTC; by default the present.

    Raises:
        UsageError: If the folder is a workspace already.
        FtgovError: If the folder can't be written, or the database is not reached or not set up.
    """
    place = Path(root)
    return Workspace.create(
        place,
        name=name or _name_for(place),
        recorded_at=now or now_text(),
        database=database,
        evidence=evidence,
    )


def open_workspace(root: Path | str = ".") -> Workspace:
    """Open the workspace in a folder; an erasure that was interrupted there is finished.

    Raises:
        UsageError: If there is none.
        FtgovError: If it is damaged, or was made by a newer version.
    """
    opened = Workspace.open(Path(root))
    finish_erasures(opened)
    return opened


def database_faults(workspace: Workspace) -> list[str] | None:
    """Return what is unsafe about the role that a team's database is used as, in words.

    None where the ledger is a file: whoever may write to it holds it whole.
    """
    if workspace.database.engine.dialect.name == "sqlite":
        return None
    return role_faults(workspace.database)


def database_setup(*, owner: str, application: str) -> str:
    """Return the SQL that makes a PostgreSQL database ready; see `store.setup_sql`.

    Raises:
        UsageError: If a role's name needs quoting, or both are one.
    """
    return setup_sql(owner=owner, application=application)
