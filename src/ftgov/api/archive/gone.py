"""What a host lists no longer: asked for by itself before it counts as gone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from ftgov.api.archive.listings import Listing, part_of_path
from ftgov.api.archive.run import Run, commit
from ftgov.api.archive.standing import Known
from ftgov.providers.protocol import Answer, HostError, HostRefused
from ftgov.records.archived import Archived

UNNAMED: Final = "unnamed-"
"""How the id of a thing begins to which the host gave none that can be used."""

_GONE: Final = frozenset({404, 410})
_ENOUGH: Final = 20
"""After so many things that are there and were not listed, the listing is known to be cut."""

Missing = Sequence[tuple[str, Known]]
Keep = Callable[[Run, Listing, str, Answer], None]


def ask_for_open(run: Run, listing: Listing, missing: Missing, seen: Keep) -> None:
    """Ask for things that were not over when they were seen last, be they gone or not.

    One that is not found is no tombstone: only a whole listing without it makes it one.
    """
    for _, each in missing:
        if not _is_over(listing, each) and (answer := _asked(run, listing, each)) is not None:
            seen(run, listing, _own(listing, each), answer)


def settle_missing(run: Run, listing: Listing, missing: Missing, seen: Keep) -> None:
    """Settle what became of things that a whole listing does not show.

    Gone is what the host, asked for it alone, does not know; where it can't be asked, what two
    whole listings in two runs leave out. What was not over is asked for in later runs too.

    Raises:
        HostError: If things are still there, so that the listing was none to go by.
    """
    gone, once, still = list[str](), list[str](), 0
    for name, each in missing:
        if each.tombstoned:
            if not _is_over(listing, each) and (answer := _asked(run, listing, each)) is not None:
                seen(run, listing, _own(listing, each), answer)
        elif listing.one is None or _own(listing, each).startswith(UNNAMED):
            (gone if each.missed else once).append(name)
        elif (answer := _asked(run, listing, each)) is None:
            gone.append(name)
        else:
            still += 1
            if not each.settled:
                seen(run, listing, _own(listing, each), answer)
        if still >= _ENOUGH:
            break
    run.writer.settle()
    _mark(run, once, "missed_at")
    run.tally(listing.resource).gone += _mark(run, gone, "tombstoned_at")
    if still:
        raise HostError(
            f"The host's listing {listing.place.path} left out what is still there.",
            why=f"{still} things that were archived before answer by themselves",
            next_step="Run it again; nothing that answers was marked as gone.",
        )


def _is_over(listing: Listing, each: Known) -> bool:
    """Return whether a thing changes no more; one of a kind that never ends is not asked for."""
    return each.settled or not listing.ends or listing.one is None


def _own(listing: Listing, each: Known) -> str:
    """Return a thing's own id, without that of what it is below."""
    return each.native_id.removeprefix(f"{listing.parent}/") if listing.parent else each.native_id


def _asked(run: Run, listing: Listing, each: Known) -> Answer | None:
    """Ask for one thing; None where the host does not know it."""
    path = (listing.one or "").replace("{id}", part_of_path(_own(listing, each)))
    try:
        return run.host.get(path, admin=listing.place.admin)
    except HostRefused as fault:
        if fault.status not in _GONE:
            raise
    return None


def _mark(run: Run, names: Sequence[str], field: str) -> int:
    """Record a moment of things; what was archived of them stays. Return how many there were."""
    found = []
    for name in names:
        standing = run.workspace.ledger.get(Archived, name)
        if standing is not None:
            found.append(standing.model_copy(update={field: run.clock()}))
    if found:
        commit(run, found)
    return len(found)
