"""What starts when, and what changes between two days or two packs of the law."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ftgov.records.base import Record

Reading = Literal["settled", "literal", "effective", "effective_annex_1"]


class CalendarEntry(Record):
    """A day on which a provision starts to apply, in one reading of the law."""

    on: str
    in_days: int = Field(description="days from the day asked about; negative: it applies already")
    key: str
    what: str
    reference: str
    reading: Reading
    note: str = Field(default="", description="why the day is contested")
    duties: tuple[str, ...] = Field(default=(), description="duties of the system that start then")


class Calendar(Record):
    """The days of one law pack, seen from one day; of one system where one was given."""

    pack: str
    as_of: str
    entries: tuple[CalendarEntry, ...]


class Change(Record):
    """A value that differs; None where one side has none."""

    name: str
    before: str | None
    after: str | None


class Difference(Record):
    """What differs between two states of the law, for all or for one system's facts."""

    before: str = Field(description="pack and day")
    after: str = Field(description="pack and day")
    changes: tuple[Change, ...] = Field(description="conclusions, or dates and rules of the packs")
    duties: tuple[Change, ...] = Field(description="duties added, lifted, reworded or moved")
