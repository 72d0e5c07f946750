"""What a host has no more: archived things that a whole listing, and the host itself, deny."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ftgov.records.archived import Archived
from ftgov.records.base import Record
from ftgov.records.dataset import Dataset
from ftgov.records.job import Job
from ftgov.records.model import ModelVersion
from ftgov.store.workspace import Workspace

_LISTED: Final = {Dataset: "files", Job: "fine_tuning.jobs", ModelVersion: "models"}
_AT_ONCE: Final = 500


def gone_since(workspace: Workspace, records: Iterable[Record]) -> dict[str, str]:
    """Return since when hosts have no more what records were archived from, by `type/name`.

    Args:
        workspace: Where it was archived.
        records: Any; only datasets, jobs and models that came from a host can be gone.
    """
    from ftgov.api.archive.standing import archived_name
    from ftgov.providers.shapes.unit import Where

    asked: dict[tuple[str, str], list[str]] = {}
    for record in records:
        if not isinstance(record, Dataset | Job | ModelVersion):
            continue
        seen = record.observation
        if seen is None or seen.source != "api" or seen.native_id is None:
            continue
        name = archived_name(
            Where(seen.provider, seen.tenant), _LISTED[type(record)], seen.native_id
        )
        asked.setdefault(("archived", name), []).append(f"{record.type}/{record.name}")
    found = {}
    keys = list(asked)
    for start in range(0, len(keys), _AT_ONCE):
        for key, entry in workspace.ledger.pick(keys[start : start + _AT_ONCE]).items():
            if since := workspace.ledger.read(Archived, entry).tombstoned_at:
                found.update(dict.fromkeys(asked[key], since))
    return found
