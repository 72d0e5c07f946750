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
from ftgov.records.observation import Observation

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


class _Of(NamedTuple):
    """Whose events are read: the job's unit, its name here and its id there, and the listing."""

    unit: Unit
    where: Where
    job: str
    native: str
    below: Below

    def seen(self, native: str | None) -> Observation:
        """Return where and when one of them was seen."""
        return observed(self.where, self.unit, native, self.below)


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
    for of in _listings(unit, where, job, native):
        found = sorted(_said(of.below, flags), key=lambda each: each.order)
        single = [_event(each, of, place) for place, each in enumerate(found) if not each.usual]
        if of.below.refused is None:
            records.append(_all(found, of, len(single)))
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
    for of in _listings(unit, where, job, native):
        found = sorted(_said(of.below, []), key=lambda each: each.order)
        for place, each in enumerate(found):
            yield _event(each, of, place)


def _listings(unit: Unit, where: Where, job: str, native: str) -> Iterator[_Of]:
    for below in unit.below:
        if below.resource == EVENTS:
            yield _Of(unit, where, job, native, below)


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


def _all(found: list[_Said], of: _Of, single: int) -> JobEvents:
    times = [each.at for each in found if each.at is not None]
    return JobEvents(
        name=of.job,
        job=of.job,
        count=len(of.below.items),
        kinds=Counter((each.kind or _UNNAMED)[:128] for each in found),
        levels=Counter((each.level or _UNNAMED)[:128] for each in found),
        first_at=min(times, default=None),
        last_at=max(times, default=None),
        single=single,
        content=of.below.content,
        observation=of.seen(of.native),
    )


def _event(said: _Said, of: _Of, place: int) -> JobEvent:
    level, kind = said.level, said.kind
    seen = of.seen(said.identity)
    mark = said.identity or f"{of.native}:{item_bytes(said.event.value).hex()}"
    return JobEvent.model_validate(
        {
            "name": name_of(mark),
            "job": of.job,
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
