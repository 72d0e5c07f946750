"""The calendar of a law pack: when what starts, contested days in each reading."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from ftgov.law.pack_records import BasePack, Pack, PackDate
from ftgov.records.calendar import Calendar, CalendarEntry, Reading
from ftgov.records.law import Classification

_IN_FORCE = "in_force"


def timeline(pack: BasePack, as_of: date, system: Classification | None = None) -> Calendar:
    """Return the days of a pack, in order.

    Args:
        pack: The law pack.
        as_of: The day from which the days are counted.
        system: A classification under the same pack; only days on which one of its duties starts
            are returned then, each with these duties.
    """
    entries = [_in_force(pack, as_of)]
    for key, when in pack.dates.items():
        entries += [_entry(key, when, reading, day, as_of) for reading, day in _readings(when)]
    if system is not None:
        entries = list(_concerning(pack, entries, system))
    entries.sort(key=lambda entry: (entry.on, entry.key))
    return Calendar(pack=pack.id, as_of=as_of.isoformat(), entries=tuple(entries))


def _readings(when: PackDate) -> Iterator[tuple[Reading, date]]:
    """Yield each reading of a date with its day; equal days of one status are one entry."""
    if when.on is not None:
        yield "settled", when.on
        return
    named: tuple[tuple[Reading, date | None], ...] = (
        ("literal", when.literal),
        ("effective", when.effective),
        ("effective_annex_1", when.effective_annex_1),
    )
    contested = when.status == "contested"
    for reading, day in named:
        if day is not None and (contested or reading != "literal"):
            yield reading if contested or reading == "effective_annex_1" else "settled", day


def _entry(key: str, when: PackDate, reading: Reading, day: date, as_of: date) -> CalendarEntry:
    return CalendarEntry(
        on=day.isoformat(),
        in_days=(day - as_of).days,
        key=key,
        what=when.what,
        reference=when.reference,
        reading=reading,
        note=when.reason,
    )


def _in_force(pack: BasePack, as_of: date) -> CalendarEntry:
    start = pack.in_force.start
    return CalendarEntry(
        on=start.isoformat(),
        in_days=(start - as_of).days,
        key=_IN_FORCE,
        what=f"in force: {pack.title}",
        reference=_cited(pack),
        reading="settled",
    )


def _cited(pack: BasePack) -> str:
    """Return what a pack is cited by as a whole; an amendment by its own identifier."""
    if isinstance(pack, Pack):
        return pack.amended_by or pack.eli
    return getattr(pack, "citation", pack.id)


def _concerning(
    pack: BasePack, entries: list[CalendarEntry], system: Classification
) -> Iterator[CalendarEntry]:
    """Yield the days on which duties of a system start; their own key names the provision."""
    specs = {duty.id: duty.applies_from for duty in pack.obligations}
    keys = {"high_risk": ("high_risk_annex_III", "high_risk_annex_I")}
    keys["art50_2_due"] = ("art50", "art50_2_systems_placed_before_2026-08-02")
    for entry in entries:
        started = tuple(
            duty.id
            for duty in system.obligations
            if entry.on in duty.readings
            and entry.key in keys.get(specs[duty.id], (specs[duty.id],))
        )
        if started:
            yield entry.model_copy(update={"duties": started})
