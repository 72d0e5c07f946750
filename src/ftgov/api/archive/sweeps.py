"""How far a listing was read, and by whom: what lets a later run end early, or miss a thing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from ftgov.api.archive.listings import Listing
from ftgov.api.archive.run import Run, commit, scope_of, sweep_of, walk_begun
from ftgov.api.archive.standing import SWEEP, archived_name, item_mark
from ftgov.records.archived import Archived, ArchivedPart
from ftgov.records.digest import digest_bytes

_SWEEP_AGAIN = timedelta(days=7)


def may_end_early(run: Run, listing: Listing) -> bool:
    """Return whether the last walk ended cleanly, and one to the end was not long ago."""
    known = run.standing.get(*sweep_of(run, listing))
    return known is not None and known.settled and _lately(run, listing)


def _lately(run: Run, listing: Listing) -> bool:
    before = run.standing.swept_at(*sweep_of(run, listing))
    if before is None:
        return False
    then, now = (datetime.fromisoformat(each) for each in (before, run.clock()))
    return now - then < _SWEEP_AGAIN


def leave_open(run: Run, listing: Listing) -> None:
    """Record that a walk did not end cleanly, so that the next one goes to the end."""
    if mark := walk_begun(run, listing):
        commit(run, mark)


def close_early(run: Run, listing: Listing) -> None:
    """Record that a walk which may end early did so cleanly; when all was read stays as it was."""
    resource, native = sweep_of(run, listing)
    mark = run.workspace.ledger.get(Archived, archived_name(run.where, resource, native))
    if mark is not None and not mark.settled:
        commit(run, [mark.model_copy(update={"settled": True})])


def close_whole(run: Run, listing: Listing, met: Iterable[str]) -> None:
    """Record that a listing was read to its end; again only if it changed, or a week passed."""
    if run.tally(listing.resource).failed:
        leave_open(run, listing)
        return
    names = sorted(met)
    content = digest_bytes("\n".join(names).encode())
    part = ArchivedPart(resource=SWEEP, items=len(names), content=content, responses=())
    resource, native = sweep_of(run, listing)
    known = run.standing.get(resource, native)
    same = known is not None and known.settled and known.item == item_mark(content)
    if same and _lately(run, listing):
        return
    made = Archived(
        name=archived_name(run.where, resource, native),
        provider=run.where.provider,
        tenant=run.where.tenant,
        resource=resource,
        native_id=native,
        observed_at=run.clock(),
        parts=(part,),
        scope=scope_of(run, listing),
        settled=True,
    )
    commit(run, [made])
