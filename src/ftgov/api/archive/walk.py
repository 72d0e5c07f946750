"""Walking a listing: page by page, with what is below each thing, and no further than needed."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from ftgov.api.archive.gone import UNNAMED, ask_for_open, settle_missing
from ftgov.api.archive.listings import FILES, Listing, Under
from ftgov.api.archive.run import Read, Run, keep, native_key, scope_of
from ftgov.api.archive.standing import Known, archived_name, item_mark
from ftgov.api.archive.sweeps import close_early, close_whole, leave_open, may_end_early
from ftgov.errors import FtgovError
from ftgov.providers.announced import ended_on
from ftgov.providers.lax import clean, item_bytes
from ftgov.providers.paging import NotWhole, Page, pages
from ftgov.providers.protocol import Answer, HostError, HostRefused
from ftgov.providers.shapes.unit import Below
from ftgov.records.archived import Flag
from ftgov.records.digest import digest_bytes

_QUIET_PAGES = 2
"""After so many pages on which all is known and settled, what follows is known too."""

_UNAUTHORISED = 401
_NO_MORE = (404, 410)
_NOT_ITS_OWN = "another thing on its page has the same id; only its raw is kept"
_TWIN = (Flag(path=".", fault=_NOT_ITS_OWN),)


def walk(run: Run, listing: Listing) -> None:
    """Read a listing and keep what is new; a listing that can't be read is told and passed over.

    Raises:
        HostRefused: If the key is not taken at all.
    """
    tally = run.tally(listing.resource)
    try:
        if listing.whole:
            _whole(run, listing)
        else:
            _walk(run, listing)
    except HostRefused as fault:
        if fault.status == _UNAUTHORISED:
            raise
        if run.where.provider == "openai" and fault.status in _NO_MORE:
            tally.ended = ended_on(listing.resource, run.clock())
        if tally.ended is None:
            tally.refused = f"{fault.what} {fault.why}".strip()
    except HostError as fault:
        tally.refused = f"{fault.what} {fault.why}".strip()
    run.writer.settle()
    if tally.refused:
        leave_open(run, listing)
    if not listing.parent:
        run.say(tally.said())


def _whole(run: Run, listing: Listing) -> None:
    """Read what is one thing by itself, such as a setting."""
    answer = run.host.get(listing.place.path, admin=listing.place.admin)
    run.tally(listing.resource).read += 1
    thing = Read(answer.content, listing.resource.rsplit(".", 1)[-1])
    keep(run, listing, answer, iter([thing]))


def _walk(run: Run, listing: Listing) -> None:
    """Read a listing as far as anything can be new, then what is open but was not met."""
    met: set[str] = set()
    quiet, before = 0, float("inf")
    early = listing.newest_first and not run.wanted.full and may_end_early(run, listing)
    ended_early = False
    # Where reading may end early, nothing is asked ahead.
    ahead = not early and run.wanted.since is None
    for page, things in _begun(run, listing, met, ahead=ahead):
        for item in page.items:
            before, sorted_ = _in_order(item, before)
            early = early and sorted_
        failed = run.tally(listing.resource).failed
        changed = keep(run, listing, page.answer, things) > 0
        changed = changed or run.tally(listing.resource).failed > failed
        for item in page.items:
            for inner in listing.inner(item) if _native(listing, item) else ():
                walk(run, inner)
        if not listing.parent and page.answer.content.get("has_more") is True:
            run.say(run.tally(listing.resource).said())
        quiet = 0 if changed or not _all_settled(run, listing, page) else quiet + 1
        if (early and quiet >= _QUIET_PAGES) or _all_older(run, listing, page):
            ended_early = True
            break
    run.writer.settle()
    since = run.wanted.since is not None
    if not ended_early and not since and not listing.dated:
        settle_missing(run, listing, _missing(run, listing, met), _seen_alone)
        close_whole(run, listing, met)
    elif run.tally(listing.resource).failed:
        leave_open(run, listing)
    elif ended_early and not since:
        ask_for_open(run, listing, _missing(run, listing, met), _seen_alone)
        run.writer.settle()
        close_early(run, listing)


def _missing(run: Run, listing: Listing, met: set[str]) -> list[tuple[str, Known]]:
    """Return what this view showed before and not now: what is not gone, or was not over."""
    scope = scope_of(run, listing)
    return [
        (name, each)
        for gone in (False, True)
        for name, each in run.standing.of(listing.resource, listing.parent, gone=gone)
        if name not in met and each.scope == scope
    ]


def _seen_alone(run: Run, listing: Listing, native: str, answer: Answer) -> None:
    """Keep a thing that was asked for by itself."""
    run.tally(listing.resource).read += 1
    keep(run, listing, answer, iter([_with_below(run, listing, Read(answer.content, native))]))


def _begun(
    run: Run, listing: Listing, met: set[str], *, ahead: bool
) -> Iterator[tuple[Page, Iterator[Read]]]:
    """Yield the pages of a listing, each with its things as they are read.

    Ahead, what a page shows is being asked for while the page before it is kept. A page that was
    begun is yielded before the fault that ended the listing after it.
    """
    waiting: tuple[Page, Iterator[Read]] | None = None
    try:
        for page in pages(run.host, _from(run, listing)):
            begun = page, _page(run, listing, page, met)
            if not ahead:
                yield begun
                continue
            if waiting is not None:
                yield waiting
            waiting = begun
    except (HostError, HostRefused):
        if waiting is not None:
            yield waiting
        raise
    if waiting is not None:
        yield waiting


def _page(run: Run, listing: Listing, page: Page, met: set[str]) -> Iterator[Read]:
    """Begin to read what may be new on a page, and yield it in order as it comes."""
    tally = run.tally(listing.resource)
    wanted = []
    here: dict[str, Any] = {}
    for item in page.items:
        native = _native(listing, item)
        tally.read += 1
        if listing.resource == FILES.resource:
            run.remember_file(item)
        if native is None:
            native = UNNAMED + digest_bytes(item_bytes(item))[7:23]
        flags: tuple[Flag, ...] = ()
        if here.setdefault(native, item) != item:
            native, flags = UNNAMED + digest_bytes(item_bytes(item))[7:23], _TWIN
        key = native_key(listing, native)
        met.add(archived_name(run.where, listing.resource, key))
        if _too_old(run, item):
            continue
        known = run.standing.get(listing.resource, key)
        same = known is not None and known.item == item_mark(digest_bytes(item_bytes(item)))
        sure = known is not None and not known.tombstoned and not known.missed
        if same and sure and _is_over(run, listing, known) and not run.wanted.full:
            tally.unchanged += 1
            continue
        wanted.append(Read(item, native, flags=flags))
    if not listing.has_below:
        return iter(wanted)
    return run.pool.map(lambda thing: _with_below(run, listing, thing), wanted)


def _with_below(run: Run, listing: Listing, thing: Read) -> Read:
    """Read what hangs below a thing; a fault comes back with it and harms no other."""
    if _native(listing, thing.item) is None or listing.dated or thing.flags:
        return thing
    below: list[Below] = []
    answers: list[Answer] = []
    downloads: list[tuple[str, Path]] = []
    try:
        below += [_below(run, under, answers) for under in listing.under(thing.item)]
        then = listing.then(thing.item, tuple(below))
        below += [_below(run, under, answers) for under in then]
        for file in listing.results(thing.item) if run.wanted.content != "none" else ():
            downloads += _download(run, file, below)
    except FtgovError as fault:
        if isinstance(fault, HostRefused) and fault.status == _UNAUTHORISED:
            raise
        return thing._replace(fault=fault)
    return thing._replace(below=tuple(below), answers=tuple(answers), downloads=tuple(downloads))


def _below(run: Run, under: Under, answers: list[Answer]) -> Below:
    items: list[Any] = []
    digests = []
    try:
        for page in pages(run.host, under.place):
            answers.append(page.answer)
            digests.append(page.answer.digest)
            items += page.items
    except HostRefused as fault:
        if fault.status == _UNAUTHORISED:
            raise
        why = f"the host answered {fault.status}"
        return Below.listed(under.resource, under.of, digests, items, why)
    except NotWhole as fault:
        return Below.listed(under.resource, under.of, digests, items, fault.why)
    return Below.listed(under.resource, under.of, digests, items)


def _download(run: Run, file: str, below: list[Below]) -> list[tuple[str, Path]]:
    """Fetch a result file to the disk; one that the host won't give is told below the thing."""
    with tempfile.NamedTemporaryFile(dir=run.folder, delete=False) as target:
        try:
            run.host.download(file, target)  # type: ignore[arg-type]
        except HostRefused as fault:
            if fault.status == _UNAUTHORISED:
                raise
            why = f"the host answered {fault.status}"
            below.append(Below.listed("files.content", file, (), (), why))
            return []
    return [(file, Path(target.name))]


def _native(listing: Listing, item: Any) -> str | None:
    """Return a thing's id, or None where it has none that can be used."""
    found = item.get("start_time" if listing.dated else "id") if isinstance(item, dict) else None
    if listing.dated and type(found) is int:
        return str(found)
    return clean(found) if isinstance(found, str) and found else None


def _in_order(item: Any, before: float) -> tuple[float, bool]:
    made = item.get("created_at", item.get("effective_at")) if isinstance(item, dict) else None
    if isinstance(made, bool) or not isinstance(made, int | float):
        return before, False
    return float(made), made <= before


def _all_settled(run: Run, listing: Listing, page: Page) -> bool:
    """Return whether all things of a page are archived and over."""
    for item in page.items:
        native = _native(listing, item)
        known = run.standing.get(listing.resource, native_key(listing, native)) if native else None
        if not _is_over(run, listing, known):
            return False
    return bool(page.items)


def _is_over(run: Run, listing: Listing, known: Known | None) -> bool:
    """Return whether a thing is over, and was read as far as this run would read it."""
    needed = listing.reach(run.wanted.content)
    return known is not None and known.settled and known.reach.issuperset(needed)


def _too_old(run: Run, item: Any) -> bool:
    made = item.get("created_at") if isinstance(item, dict) else None
    since = run.wanted.since
    return since is not None and type(made) is int and made < since


def _all_older(run: Run, listing: Listing, page: Page) -> bool:
    if not listing.newest_first or not page.items:
        return False
    return all(_too_old(run, item) for item in page.items)


def _from(run: Run, listing: Listing) -> Any:
    """Return where a listing of time spans goes on; others begin at their beginning."""
    if not listing.dated:
        return listing.place
    settled = [int(each.native_id) for _, each in run.standing.of(listing.resource) if each.settled]
    start = max(settled, default=_earliest(run))
    return listing.place._replace(query={**listing.place.query, "start_time": start})


def _earliest(run: Run) -> int:
    """Return the first second that costs are asked for: a year before today, or `--since`."""
    now = datetime.fromisoformat(run.clock())
    return run.wanted.since or int((now - timedelta(days=365)).timestamp()) // 86400 * 86400
