"""Classify the system that is asked about: by its facts file, or by its name in a workspace."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from ftgov.api.judgement import judged, judged_without_lineage
from ftgov.api.law import classify_file
from ftgov.errors import NotAssessable, UsageError
from ftgov.law.facts import Unstated
from ftgov.records.law import Classification
from ftgov.store.workspace import Workspace


class Asked(NamedTuple):
    """A system that is asked about: a facts file, or the name of one in a workspace."""

    facts: Path | None
    system: str | None
    workspace: Path
    unstated: Unstated = "unknown"


def classify_asked(asked: Asked, *, as_of: str, pack_id: str | None = None) -> Classification:
    """Classify the system that is asked about, by its file or by its name.

    Raises:
        UsageError: If both or neither are named, or what is named is absent or malformed.
    """
    if (asked.facts is None) == (asked.system is None):
        raise UsageError("Name either --facts or --system.", next_step="See --help.")
    if asked.facts is not None:
        return classify_file(asked.facts, as_of=as_of, pack_id=pack_id, unstated=asked.unstated)
    return classify_system(
        asked.workspace,
        str(asked.system),
        as_of=as_of,
        pack_id=pack_id,
        unstated=asked.unstated,
    )


def classify_system(
    workspace: Path,
    system: str,
    *,
    as_of: str,
    pack_id: str | None = None,
    unstated: Unstated = "unknown",
) -> Classification:
    """Classify a system that a workspace has recorded, on a day, with what was answered since.

    The class needs no lineage: where that of the model is broken, answers that rest on its job
    count as given for another one.

    Raises:
        UsageError: If there is no such workspace or system.
    """
    with Workspace.open(workspace) as opened:
        try:
            found = judged(opened, system, as_of=as_of, pack_id=pack_id, unstated=unstated)
        except NotAssessable:
            found = judged_without_lineage(
                opened, system, as_of=as_of, pack_id=pack_id, unstated=unstated
            )
    return found.classification
