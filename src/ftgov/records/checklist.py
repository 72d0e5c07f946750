"""Checklists: the duties of one role or topic, each with how it stands and who judges what."""

from __future__ import annotations

from ftgov.records.base import Record
from ftgov.records.duty_state import DutyState


class ChecklistLine(Record):
    """A duty in a checklist.

    Attributes:
        id: The duty.
        reference: Its article.
        who: Who owes it.
        text: What it asks for, in our own words.
        asked_for: The evidence that is asked for.
        decides: How far stored evidence decides.
        tool: What the tool decides itself.
        judge: What a person must judge.
        controls: Ids of the public OSCAL catalogue.
        packs: The law packs in which the duty exists.
        readings: From when it applies, in each reading; empty where it is not owed.
        in_days: Days until the earliest of them; negative: since.
        state: How it stands.
    """

    id: str
    reference: str
    who: str
    text: str
    asked_for: str
    decides: str
    tool: str
    judge: str
    controls: tuple[str, ...]
    packs: tuple[str, ...]
    readings: tuple[str, ...]
    in_days: int | None
    state: DutyState


class Checklist(Record):
    """One checklist of a system."""

    id: str
    title: str
    reference: str
    lines: tuple[ChecklistLine, ...]


class Checklists(Record):
    """The checklists of a system under one pack, on one day."""

    system: str
    pack: str
    as_of: str
    overall: str
    lists: tuple[Checklist, ...]
