"""Events of a job: one record for all of them, and one for each that needs a second look."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from ftgov.providers.lax import Lax, clean, item_bytes
from ftgov.providers.names import name_of
from ftgov.providers.shapes.unit import Below, Unit, Where, observed
from ftgov.records.archived import Flag
from ftgov.records.base import Record
from ftgov.records.event import JobEvent, JobEvents

EVENTS: Final = "fine_tuning.jobs.events"
_BILLED: Final = re.compile(r"billed\D{0,40}?(\d[\d,]*)", re.IGNORECASE)
_STARTED: Final = re.compile(r"^fine-tuning job started\b|^training started\b", re.IGNORECASE)
_LEVELS: Final = ("info", "warn", "error")
_KINDS: Final = ("message", "metrics", "moderation_checks")
_USUAL: Final = ("message", "metrics")
_FAR: Final = "9999-12-31T23:59:59Z"
_UNNAMED: Final = "none"


class Told(NamedTuple):
    """What a job's events say of it.

    Attributes:
        records: One for all events, then those that need a second look, in order of time.
        started_at: When the host says that training began.
        billed_tokens: What the host says that it billed.
        steps: The highest step or total of steps.
        measured: Whether any event carries figures.
    """

    records: tuple[Record, ...] = ()
    started_at: str | None = None
    billed_tokens: int | None = None
    steps: int | None = None
    measured: bool = False


class _Said(NamedTuple):
    """An event as it was read; `flagged` tells whether anything in it is not as it must be."""

    at: str | None
    place: int
    identity: str | None
    message: str
    level: str | None
    kind: str | None
    event: Lax
    flagged: bool

    @property
    def order(self) -> tuple[str, int]:
        """Where it stands in time; of two within one second the later one in the list is older."""
        return (self.at or _FAR, -self.place)

    @property
    def usual(self) -> bool:
        """Whether it says what every job's events say, as the specification has it."""
        return not self.flagged and self.level == "info" and self.kind in _USUAL


def read_events(unit: Unit, where: Where, job: str, native: str, flags: list[Flag]) -> Told:
    """Return the records of a job's events, and what they say of the job."""
    records: list[Record] = []
    said: list[_Said] = []
    for below in _listings(unit):
        found = sorted(_said(below, flags), key=lambda each: each.order)
        single = [
            _event(each, unit, where, job, native, place, below)
            for place, each in enumerate(found)
            if not each.usual
        ]
        if below.refused is None:
            records.append(_all(found, unit, where, job, native, below, len(single)))
        records += single
        said += found
    started, billed = None, None
    for each in said:
        if match := _BILLED.search(each.message):
            billed = int(match[1].replace(",", ""))
        if each.at is not None and _STARTED.search(each.message):
            started = each.at
    metrics = [each for each in said if each.kind == "metrics"]
    steps = [step for each in metrics for step in _steps(each.event)]
    return Told(tuple(records), started, billed, max(steps, default=None), bool(metrics))


def every_event(unit: Unit, where: Where, job: str, native: str) -> Iterator[JobEvent]:
    """Yield each event of a job as a record of its own, oldest first."""
    for below in _listings(unit):
        found = sorted(_said(below, []), key=lambda each: each.order)
        for place, each in enumerate(found):
            yield _event(each, unit, where, job, native, place, below)


def _listings(unit: Unit) -> Iterator[Below]:
    return (below for below in unit.below if below.resource == EVENTS)


def _said(below: Below, flags: list[Flag]) -> Iterator[_Said]:
    """Yield the events of a listing, read; what is no object is flagged and left out."""
    for index, item in enumerate(below.items):
        before = len(flags)
        event = Lax(item, flags, f"events[{index}]")
        identity = event.text("id", required=True)
        at = event.moment("created_at", required=True)
        message = event.text("message", required=True)
        level = event.text("level", required=True)
        kind = event.text("type")
        if level is not None and level not in _LEVELS:
            event.flag("level", "is no word of the specification", level)
        if kind is not None and kind not in _KINDS:
            event.flag("type", "is no word of the specification", kind)
        if event.value:
            flagged = len(flags) > before
            yield _Said(at, index, identity, message or "", level, kind, event, flagged)


def _all(
    found: list[_Said],
    unit: Unit,
    where: Where,
    job: str,
    native: str,
    below: Below,
    single: int,
) -> JobEvents:
    times = [each.at for each in found if each.at is not None]
    return JobEvents(
        name=job,
        job=job,
        count=len(below.items),
        kinds=Counter((each.kind or _UNNAMED)[:128] for each in found),
        levels=Counter((each.level or _UNNAMED)[:128] for each in found),
        first_at=min(times, default=None),
        last_at=max(times, default=None),
        single=single,
        content=below.content,
        observation=observed(where, unit, native, below),
    )


def _event(
    said: _Said, unit: Unit, where: Where, job: str, native: str, place: int, below: Below
) -> JobEvent:
    level, kind = said.level, said.kind
    seen = observed(where, unit, said.identity, below)
    mark = said.identity or f"{native}:{item_bytes(said.event.value).hex()}"
    return JobEvent.model_validate(
        {
            "name": name_of(mark),
            "job": job,
            "at": said.at or seen.observed_at,
            "message": said.message,
            "level": level if level in _LEVELS else "unknown",
            "native_type": kind,
            "kind": kind if kind in _KINDS else "other",
            "position": place,
            "content": _payload(said.event.value.get("data")),
            "observation": seen,
        }
    )


def _payload(payload: Any) -> str | None:
    return None if payload is None else clean(item_bytes(payload).decode())


def _steps(event: Lax) -> list[int]:
    payload = event.value.get("data")
    found = (
        [payload.get(key) for key in ("step", "total_steps")] if isinstance(payload, dict) else []
    )
    return [step for step in found if type(step) is int and 0 <= step < 2**53]
