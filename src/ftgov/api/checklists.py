"""Checklists of a recorded system: what is owed, and what stored evidence shows of it."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from ftgov.api.judgement import judged
from ftgov.api.law import shipped_packs
from ftgov.errors import UsageError
from ftgov.law.checklists import checklists, packs_of_duties
from ftgov.records.checklist import Checklists
from ftgov.store.workspace import Workspace


def checklists_of(
    workspace: Workspace,
    system: str,
    *,
    as_of: str,
    only: Sequence[str] = (),
    pack_id: str | None = None,
) -> Checklists:
    """Return the checklists of a system on a day.

    Args:
        workspace: Where it is recorded.
        system: Its name.
        as_of: The day, ISO.
        only: Ids of checklists; empty for all.
        pack_id: The law pack; by default the one in force on the day.

    Raises:
        UsageError: If there is no such system, pack or checklist.
        NotAssessable: If the lineage of its model is broken.
    """
    found = judged(workspace, system, as_of=as_of, pack_id=pack_id)
    for name in only:
        if name not in found.pack.checklists:
            known = ", ".join(found.pack.checklists)
            near = difflib.get_close_matches(name, found.pack.checklists, n=1)
            hint = f" Did you mean '{near[0]}'?" if near else ""
            raise UsageError(
                f"There is no checklist '{name}'.{hint}", next_step=f"Choose from: {known}."
            )
    existing = packs_of_duties([each.pack for each in shipped_packs()])
    return Checklists(
        system=system,
        pack=found.pack.id,
        as_of=as_of,
        overall=found.classification.overall,
        lists=checklists(found.pack, found.classification, found.duties, existing, only),
    )
