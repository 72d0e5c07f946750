"""One run over one host: what it needs, and what it does with each page of things."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from ftgov import __version__
from ftgov.api.archive.listings import Listing
from ftgov.api.archive.merge import settled_records
from ftgov.api.archive.result import Tally
from ftgov.api.archive.standing import (
    SWEEP,
    Known,
    Standing,
    archived_name,
    item_mark,
    state_of,
)
from ftgov.api.archive.writer import Writer
from ftgov.api.recording import append
from ftgov.errors import FtgovError
from ftgov.intake.files import describe_file
from ftgov.providers.lax import item_bytes
from ftgov.providers.names import name_of
from ftgov.providers.protocol import Answer, Host
from ftgov.providers.shapes.unit import Below, Derived, Unit, Where
from ftgov.providers.warc import MEDIA_TYPE, capture_bytes
from ftgov.records.archived import Archived, ArchivedPart, Capture, Flag
from ftgov.records.base import Record
from ftgov.records.dataset import Dataset
from ftgov.records.digest import bare, digest_bytes
from ftgov.records.evidence import Evidence
from ftgov.store.evidence import Incoming
from ftgov.store.workspace import Workspace

_HELD = 32 << 20
"""How many bytes of answers are held before they are written."""

_MANY = 500
"""How many things with nothing below them are recorded at once: some hosts list all on one page."""

_BILL_CLOSED = timedelta(days=3)
_AFTERWARDS = 3_600
_LOST = frozenset({"the host answered 404", "the host answered 410"})


class Wanted(NamedTuple):
    """What a caller wants of a run.

    Attributes:
        since: Only things made from this moment on, in seconds since 1970; None: all.
        full: Read everything again, be it known and settled or not.
        content: Whose content is fetched: none, results, training, all.
        only: Resources to read, by the beginning of their name; empty for all.
        candidates: Files and folders of one's own that may be what the host holds.
    """

    since: int | None = None
    full: bool = False
    content: str = "training"
    only: tuple[str, ...] = ()
    candidates: tuple[Path, ...] = ()

    def asks_for(self, resource: str) -> bool:
        """Return whether a resource is wanted."""
        return not self.only or any(resource.startswith(each) for each in self.only)


class RemoteFile(NamedTuple):
    """A file as its host lists it."""

    name: str
    bytes: int | None
    purpose: str


class Run(NamedTuple):
    """A run: where it reads, where it writes, and what it counts."""

    workspace: Workspace
    host: Host
    where: Where
    standing: Standing
    wanted: Wanted
    pool: Executor
    writer: Writer
    folder: Path
    actor: str
    clock: Callable[[], str]
    say: Callable[[str], None]
    tallies: dict[str, Tally]
    files: dict[str, RemoteFile]
    captured: list[str]
    scope: str = ""

    def remember_file(self, item: Any) -> None:
        """Remember a file that the host lists, for when its content is fetched."""
        if isinstance(item, dict) and isinstance(native := item.get("id"), str):
            name, length = item.get("filename"), item.get("bytes")
            self.files[native] = RemoteFile(
                name=name if isinstance(name, str) else "",
                bytes=length if type(length) is int else None,
                purpose=str(item.get("purpose")),
            )

    def tally(self, resource: str) -> Tally:
        """Return the counts of a resource."""
        return self.tallies.setdefault(resource, Tally(resource=resource))


class Read(NamedTuple):
    """A thing with everything below it as it was read; `answers` are those below.

    `flags` say why nothing can follow from it: only its raw is kept.
    """

    item: Any
    native_id: str
    below: tuple[Below, ...] = ()
    answers: tuple[Answer, ...] = ()
    downloads: tuple[tuple[str, Path], ...] = ()
    fault: FtgovError | None = None
    flags: tuple[Flag, ...] = ()

    @property
    def held(self) -> int:
        """How many bytes of answers it holds."""
        return sum(len(answer.body) for answer in self.answers)


class _Ready(NamedTuple):
    """A thing that says something new, ready to be recorded."""

    made: Archived
    derived: Derived
    thing: Read


def keep(run: Run, listing: Listing, page: Answer, things: Iterator[Read]) -> int:
    """Record what is new of a page's things, in order; return how many things changed.

    A page's answer and what hangs below its things make one capture, recorded in one transaction
    with what follows from them. Many bytes make several, each with the page's answer; many things
    with nothing below them make one, and several transactions. It is written beside the reading of
    what comes next.
    """
    ready: list[_Ready] = []
    changed = held = 0
    for thing in things:
        found = _ready(run, listing, page, thing)
        if found is None:
            continue
        ready.append(found)
        changed += 1
        held += thing.held
        if held > _HELD or (not held and len(ready) >= _MANY):
            run.writer.begin(partial(_write, run, listing, page, ready))
            ready, held = [], 0
    run.writer.begin(partial(_write, run, listing, page, ready))
    return changed


def _ready(run: Run, listing: Listing, page: Answer, thing: Read) -> _Ready | None:
    """Return a thing that says something new, or None where all is as it was."""
    tally = run.tally(listing.resource)
    if thing.fault is not None:
        tally.failed += 1
        run.say(f"{listing.resource} {thing.native_id}: left for the next run: {thing.fault.what}")
        return None
    files = _files(thing)
    unit = Unit(thing.item, page.digest, page.at, thing.below, files)
    derived = Derived(flags=thing.flags) if thing.flags else _derived(run, listing, unit)
    native = native_key(listing, thing.native_id)
    known = run.standing.get(listing.resource, native)
    tally.partial += any(each.refused and not _is_lost(each) for each in thing.below)
    made = Archived(
        name=archived_name(run.where, listing.resource, native),
        provider=run.where.provider,
        tenant=run.where.tenant,
        resource=listing.resource,
        native_id=native[:1024],
        observed_at=page.at,
        parts=_parts(listing, unit),
        files=tuple(files.values()),
        flags=() if listing.private else derived.flags,
        settled=(derived.settled and _is_whole(listing, thing, known, page.at))
        or _is_past(listing, thing.item, run.clock()),
        reach=listing.reach(run.wanted.content),
        scope=scope_of(run, listing),
    )
    state = state_of(made)
    sure = known is not None and not known.tombstoned and not known.missed
    if known is not None and sure and state == known.state:
        tally.unchanged += 1
        _drop(thing)
        return None
    tally.flagged += bool(made.flags)
    if known is None:
        tally.new += 1
    else:
        tally.changed += 1
    return _Ready(made, derived, thing)


def _derived(run: Run, listing: Listing, unit: Unit) -> Derived:
    """Return what follows from a unit; one that no record can hold is kept raw and flagged."""
    if listing.derive is None:
        return Derived(settled=listing.settled(unit.item))
    try:
        return listing.derive(unit, run.where, run.standing.names)
    except ValidationError as fault:
        first = fault.errors()[0]
        where = ".".join(map(str, first["loc"]))
        told = f"no {fault.title} can hold it ({where}: {first['msg']}); only its raw is kept"
        return Derived(flags=(Flag(path=".", fault=told[:500]),))


def _is_whole(listing: Listing, thing: Read, known: Known | None, at: str) -> bool:
    """Return whether all below a thing that is over was read, and no more is to be expected.

    A host may add events after a job's end; so it is looked at again an hour later. A file that is
    lost is asked for a second time.
    """
    if listing.has_under and not thing.below:
        return False
    ended = thing.item.get("finished_at") if isinstance(thing.item, dict) else None
    if type(ended) is int and datetime.fromisoformat(at).timestamp() < ended + _AFTERWARDS:
        return False
    if any(each.refused and not _is_lost(each) for each in thing.below):
        return False
    seen_so = known is not None and known.item == item_mark(digest_bytes(item_bytes(thing.item)))
    return seen_so or not any(each.refused for each in thing.below)


def _is_lost(below: Below) -> bool:
    """Return whether a file's content is gone for ever, as the host says."""
    return below.resource == "files.content" and below.refused in _LOST


def _is_past(listing: Listing, item: Any, now: str) -> bool:
    """Return whether a span of time is so long past that its bill changes no more."""
    end = item.get("end_time") if listing.dated and isinstance(item, dict) else None
    if type(end) is not int:
        return False
    return end <= (datetime.fromisoformat(now) - _BILL_CLOSED).timestamp()


def native_key(listing: Listing, native_id: str) -> str:
    """Return a thing's id, below that of what it belongs to."""
    return f"{listing.parent}/{native_id}" if listing.parent else native_id


def _parts(listing: Listing, unit: Unit) -> tuple[ArchivedPart, ...]:
    itself = ArchivedPart(
        resource=listing.resource,
        items=1,
        content=digest_bytes(item_bytes(unit.item)),
        responses=(unit.answer,),
    )
    below = (
        ArchivedPart(
            resource=each.resource,
            of=each.of[:1024],
            items=len(each.items),
            content=each.content,
            responses=each.answers,
            refused=each.refused,
        )
        for each in unit.below
    )
    return (itself, *below)


def _files(thing: Read) -> dict[str, Evidence]:
    """Describe what was downloaded with a thing; only what is new is taken in."""
    return {
        native: describe_file(path).model_copy(
            update={"name": f"{name_of(native)}.csv", "media_type": "text/csv"}
        )
        for native, path in thing.downloads
    }


def _write(run: Run, listing: Listing, page: Answer, ready: Sequence[_Ready]) -> None:
    """Put a capture, the files and then all records into the workspace."""
    if not ready:
        return
    answers = [page, *(answer for each in ready for answer in each.thing.answers)]
    content = capture_bytes(answers, software=f"ftgov/{__version__}")
    mark = bare(digest_bytes(content))[:16]
    name = name_of(f"{run.where.provider}.{listing.resource}.{mark}")
    evidence = run.workspace.evidence
    kept = evidence.put_bytes(
        content, name=f"{name}.warc", media_type=MEDIA_TYPE, erasable=listing.private
    )
    capture = Capture(
        name=name,
        provider=run.where.provider,
        tenant=run.where.tenant,
        resource=listing.resource,
        file=kept,
        responses=len(answers),
        first_at=min(answer.at for answer in answers),
        last_at=max(answer.at for answer in answers),
    )
    evidence.put_all([one for each in ready for one in _incoming(each)], run.writer.disk)
    for each in ready:
        _drop(each.thing)
    fresh = settled_records(
        run.workspace, (record for each in ready for record in each.derived.records)
    )
    archived = [each.made.model_copy(update={"capture": name}) for each in ready]
    commit(run, [*walk_begun(run, listing), capture, *fresh, *archived])
    if name not in run.captured[-1:]:
        run.captured.append(name)


def scope_of(run: Run, listing: Listing) -> str:
    """Return whose view a listing shows: the project's, or the whole organisation's."""
    return "organization" if listing.place.admin else run.scope


def sweep_of(run: Run, listing: Listing) -> tuple[str, str]:
    """Return the resource and the id of the entry about how far a listing was read."""
    return f"{listing.resource}.{SWEEP}", f"{listing.parent or 'all'}@{scope_of(run, listing)}"


def walk_begun(run: Run, listing: Listing) -> tuple[Archived, ...]:
    """Return what says that a walk wrote something and did not end; it goes before what is new.

    Until its end is recorded, known things at the top say nothing of those below them.
    """
    resource, native = sweep_of(run, listing)
    known = run.standing.get(resource, native) if listing.newest_first else None
    if known is None or not known.settled:
        return ()
    mark = run.workspace.ledger.get(Archived, archived_name(run.where, resource, native))
    return (mark.model_copy(update={"settled": False}),) if mark is not None else ()


def _incoming(ready: _Ready) -> Iterator[Incoming]:
    """Yield the files of a thing: what was downloaded with it, and what was written of it."""
    for native, path in ready.thing.downloads:
        yield Incoming(f"{name_of(native)}.csv", path)
    for written in ready.derived.contents:
        kept = written.evidence
        yield Incoming(kept.name, written.content, kept.media_type)


def _drop(thing: Read) -> None:
    """Remove the downloads of a thing that were taken in, or are known."""
    for _, path in thing.downloads:
        path.unlink()


def commit(run: Run, records: Sequence[Record]) -> None:
    """Append records in one transaction, and remember them for the rest of the run."""
    append(run.workspace, records, actor=run.actor, recorded_at=run.clock())
    for record in records:
        if isinstance(record, Archived):
            run.standing.learn(record)
        elif isinstance(record, Dataset) and record.observation and record.observation.native_id:
            run.standing.names[record.observation.native_id] = record.name
