"""Events of a job: each kept in the host's words, of whatever type; its payload unread."""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple

from ftgov.providers.lax import Lax, clean, item_bytes
from ftgov.providers.names import name_of
from ftgov.providers.shapes.unit import Unit, Where, observed
from ftgov.records.archived import Flag
from ftgov.records.event import JobEvent
from ftgov.records.observation import Observation

_BILLED: Final = re.compile(r"billed\D{0,40}?(\d[\d,]*)", re.IGNORECASE)
_STARTED: Final = re.compile(r"^fine-tuning job started\b|^training started\b", re.IGNORECASE)
_LEVELS: Final = ("info", "warn", "error")
_KINDS: Final = ("message", "metrics", "moderation_checks")
_FAR: Final = "9999-12-31T23:59:59Z"


class Told(NamedTuple):
    """What a job's events say of it.

    Attributes:
        records: The events in order of time.
        started_at: When the host says that training began.
        billed_tokens: What the host says that it billed.
        steps: The highest step or total of steps.
        measured: Whether any event carries figures.
    """

    records: tuple[JobEvent, ...] = ()
    started_at: str | None = None
    billed_tokens: int | None = None
    steps: int | None = None
    measured: bool = False


def read_events(unit: Unit, where: Where, job: str, native: str, flags: list[Flag]) -> Told:
    """Return a job's events as records, oldest first, and what they say of the job."""
    found: list[tuple[str, int, JobEvent]] = []
    steps: list[int] = []
    measured = False
    for below in unit.below:
        if below.resource != "fine_tuning.jobs.events":
            continue
        for index, item in enumerate(below.items):
            event = Lax(item, flags, f"events[{index}]")
            seen = observed(where, unit, event.text("id"), below)
            made, at = _event(event, seen, job, native)
            if made is None:
                continue
            # Hosts list the newest first: of two within one second the later one is older.
            found.append((at or _FAR, -index, made))
            if made.kind == "metrics":
                measured = True
                steps += _steps(event)
    found.sort(key=lambda each: each[:2])
    started, billed = None, None
    for moment, _, said in found:
        if match := _BILLED.search(said.message):
            billed = int(match[1].replace(",", ""))
        if moment != _FAR and _STARTED.search(said.message):
            started = moment
    ordered = tuple(
        event.model_copy(update={"position": place}) for place, (_, _, event) in enumerate(found)
    )
    return Told(ordered, started, billed, max(steps, default=None), measured)


def _event(
    event: Lax, seen: Observation, job: str, native: str
) -> tuple[JobEvent | None, str | None]:
    identity = event.text("id", required=True)
    at = event.moment("created_at", required=True)
    message = event.text("message", required=True)
    level = event.text("level", required=True)
    kind = event.text("type")
    if level is not None and level not in _LEVELS:
        event.flag("level", "is no word of the specification", level)
    if kind is not None and kind not in _KINDS:
        event.flag("type", "is no word of the specification", kind)
    if not event.value:
        return None, None
    payload = event.value.get("data")
    mark = identity or f"{native}:{item_bytes(event.value).hex()}"
    made = JobEvent(
        name=name_of(mark),
        job=job,
        at=at or seen.observed_at,
        message=message or "",
        level=level if level in _LEVELS else "unknown",
        native_type=kind,
        kind=kind if kind in _KINDS else "other",
        content=_payload(payload),
        observation=seen,
    )
    return made, at


def _payload(payload: Any) -> str | None:
    return None if payload is None else clean(item_bytes(payload).decode())


def _steps(event: Lax) -> list[int]:
    payload = event.value.get("data")
    found = (
        [payload.get(key) for key in ("step", "total_steps")] if isinstance(payload, dict) else []
    )
    return [step for step in found if type(step) is int and 0 <= step < 2**53]
