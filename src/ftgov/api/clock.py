"""The one place where ftgov asks what time it is."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal, NamedTuple

from pydantic import TypeAdapter, ValidationError

from ftgov.errors import UsageError
from ftgov.records.base import Time, time_text


class Moment(NamedTuple):
    """A time and where it comes from; decisions print both."""

    text: str
    source: Literal["system-clock", "given"]


def now_text() -> str:
    """Return the present moment as RFC 3339 UTC text, whole seconds."""
    return time_text(datetime.now(UTC))


def moment_of(now: str | Moment | None) -> Moment:
    """Return a time that a caller gave, or the present where none was given.

    Raises:
        UsageError: If the text is not RFC 3339 in UTC.
    """
    if isinstance(now, Moment):
        return now
    if now is None:
        return Moment(now_text(), "system-clock")
    try:
        return Moment(TypeAdapter(Time).validate_python(now), "given")
    except ValidationError as fault:
        raise UsageError(
            f"'{now}' is not a time that can be used.",
            why=fault.errors()[0]["msg"],
            next_step="Write it as RFC 3339 in UTC, for example 2026-11-21T09:30:00Z.",
        ) from fault
