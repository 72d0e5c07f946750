"""Deriving again: every record of an archived thing follows from the exact answers, or it is told.

What people added to a record (a ticket, a licence, a bill) is put to the derived one as archiving
does, so that only what the host said is compared.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ftgov.api.archive.listings import derivable
from ftgov.api.archive.merge import key_of, merged, said
from ftgov.api.archive.standing import Standing
from ftgov.errors import FtgovError, NotAssessable
from ftgov.providers.lax import item_bytes, parsed
from ftgov.providers.shapes.unit import Below, Unit, Where
from ftgov.providers.warc import Kept, kept_answers
from ftgov.records.archived import Archived, ArchivedPart, Capture
from ftgov.records.base import Record
from ftgov.records.digest import Digest, digest_bytes
from ftgov.store.workspace import Workspace


class ArchiveCheck(Record):
    """What came of it: records that follow, that differ, and things that can't be derived."""

    captures: int
    things: int
    same: int
    differs: tuple[str, ...]
    underivable: tuple[str, ...]


def check_archive(
    workspace: Workspace, *, say: Callable[[str], None] | None = None
) -> ArchiveCheck:
    """Derive the records of all archived things from the captures, and compare them.

    Only the newest look at each thing is compared, since older records were superseded. A capture
    is in memory at a time.

    Args:
        workspace: Whose archive.
        say: Is told of progress.
    """
    waiting: dict[str, list[Archived]] = defaultdict(list)
    for archived in workspace.ledger.every(Archived):
        if archived.capture is not None:
            waiting[archived.capture].append(archived)
    captures = {each.name: each for each in workspace.ledger.every(Capture) if each.name in waiting}
    standings: dict[Where, Standing] = {}
    same, differs, underivable = 0, list[str](), list[str]()
    for name, things in waiting.items():
        try:
            answers = answers_of(workspace, captures, name)
        except FtgovError as fault:
            underivable += [f"{each.resource} {each.native_id}: {fault.what}" for each in things]
            continue
        for thing in things:
            where = Where(thing.provider, thing.tenant)
            if where not in standings:
                standings[where] = Standing(workspace, where)
            try:
                for faults in _compared(workspace, thing, answers, standings[where]):
                    same += not faults
                    differs += faults
            except FtgovError as fault:
                underivable.append(f"{thing.resource} {thing.native_id}: {fault.what}")
        if say:
            say(f"{name}: {len(things)} things")
    return ArchiveCheck(
        captures=len(waiting),
        things=sum(map(len, waiting.values())),
        same=same,
        differs=tuple(differs),
        underivable=tuple(underivable),
    )


def answers_of(
    workspace: Workspace, captures: Mapping[str, Capture], name: str
) -> dict[Digest, Kept]:
    """Return the answers that a capture holds, by their digests.

    Raises:
        NotAssessable: If it is not recorded, its file is not here, or is no capture.
    """
    if name not in captures:
        raise NotAssessable(f"The capture {name} is not recorded.")
    with workspace.evidence.open(captures[name].file.digest) as stream:
        return {each.digest: each for each in kept_answers(stream, name)}


def _compared(
    workspace: Workspace, thing: Archived, answers: dict[Digest, Kept], standing: Standing
) -> Iterator[list[str]]:
    """Yield for each record of a thing what differs: nothing, or one line."""
    listing = derivable(thing.provider).get(thing.resource)
    if listing is None or listing.derive is None or not thing.parts:
        yield _raw_is_whole(thing, answers)
        return
    unit = unit_of(thing, answers)
    if any(flag.path == "." and "only its raw is kept" in flag.fault for flag in thing.flags):
        return
    derived = listing.derive(unit, Where(thing.provider, thing.tenant), standing.names)
    if derived.flags != thing.flags and not listing.private:
        yield [f"archived/{thing.name}: its flags"]
    ledger = workspace.ledger
    entries = ledger.pick(list(dict.fromkeys(key_of(record) for record in derived.records)))
    for record in derived.records:
        entry = entries.get(key_of(record))
        yield _difference(ledger.read(type(record), entry) if entry else None, record)


def _difference(kept: Record | None, record: Any) -> list[str]:
    if kept is None:
        return [f"{record.type}/{record.name}: it is not recorded"]
    before, after = said(kept), said(merged(kept, record))
    fields = sorted(key for key in after if after[key] != before.get(key))
    return [f"{record.type}/{record.name}: {', '.join(fields)}"] if fields else []


def unit_of(thing: Archived, answers: dict[Digest, Kept]) -> Unit:
    """Return a thing put together again from the answers that its parts name.

    Raises:
        NotAssessable: If an answer is missing, or does not hold what the thing says.
    """
    itself, *rest = thing.parts
    page = _answer(answers, itself.responses[0])
    item = _item(parsed(page.body), itself, thing)
    below = tuple(_below(part, answers) for part in rest)
    files = {each.digest: each for each in thing.files}
    return Unit(item, page.digest, page.at, below, files)


def _item(content: Any, part: ArchivedPart, thing: Archived) -> Any:
    """Return the thing on its page: the one with the digest that was recorded."""
    listed = content.get("data") if isinstance(content, dict) else None
    for item in [*(listed if isinstance(listed, list) else ()), content]:
        if digest_bytes(item_bytes(item)) == part.content:
            return item
    raise NotAssessable(f"The capture {thing.capture} does not show it as it was recorded.")


def _below(part: ArchivedPart, answers: dict[Digest, Kept]) -> Below:
    items: list[Any] = []
    for digest in part.responses:
        answer = _answer(answers, digest)
        items += parsed(answer.body)["data"]
    below = Below.listed(part.resource, part.of or "", part.responses, items, part.refused)
    if below.content != part.content:
        raise NotAssessable(f"The answers of {part.resource} don't hold what was recorded.")
    return below


def _answer(answers: dict[Digest, Kept], digest: Digest) -> Kept:
    if digest not in answers:
        raise NotAssessable(f"The answer {digest} is not in its capture.")
    return answers[digest]


def _raw_is_whole(thing: Archived, answers: dict[Digest, Kept]) -> list[str]:
    missing = [digest for part in thing.parts for digest in part.responses if digest not in answers]
    return [f"archived/{thing.name}: {len(missing)} answers are missing"] if missing else []
