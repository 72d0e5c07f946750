"""Recording an incident."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ftgov.api.nouns.parts import build, require_names, stated
from ftgov.api.recording import ACTOR, record
from ftgov.intake.files import describe_file
from ftgov.records.incident import Incident
from ftgov.records.model import ModelVersion
from ftgov.records.system import System
from ftgov.store.workspace import Workspace


def record_incident(
    workspace: Workspace,
    name: str,
    *,
    files: Sequence[Path] = (),
    erasable: bool = False,
    actor: str = ACTOR,
    **fields: object,
) -> list[str]:
    """Record an incident and keep its files.

    Args:
        workspace: Where to.
        name: The incident's name; the same name again is its newer state.
        files: What documents it.
        erasable: Keep the files encrypted, under keys that can be destroyed.
        actor: Who records it.
        fields: Those of `records.incident.Incident`; times and cause may be `unknown`.

    Raises:
        UsageError: If a field is malformed, or the model or system is not recorded.
    """
    described = {path: describe_file(path) for path in files}
    given = {key: stated(value) for key, value in fields.items() if value is not None}
    made = build(Incident, {"name": name, "files": tuple(described.values()), **given})
    require_names(workspace, ModelVersion, (made.model,))
    require_names(workspace, System, (made.system,))
    return record(workspace, [made], described, actor=actor, erasable=erasable)
