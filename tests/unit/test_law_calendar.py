"""Timeline and difference: what starts when, and what changed."""

from __future__ import annotations

from datetime import date

from ftgov.law.difference import pack_difference, system_difference
from ftgov.law.timeline import timeline
from law_support import HIRING, IN, NEW, OLD, TODAY, packs, run, with_


def test_the_second_of_december_is_eleven_days_away() -> None:
    # Art. 113(a) and 111(4) as amended
    entries = [entry for entry in timeline(packs()[1], TODAY).entries if entry.in_days == 11]
    assert {entry.key for entry in entries} == {
        "art5_ba_bb_1a_1b",
        "art50_2_systems_placed_before_2026-08-02",
    }
    assert {entry.on for entry in entries} == {"2026-12-02"}


def test_the_timeline_is_in_order_and_holds_every_date_of_the_pack() -> None:
    for pack in packs():
        found = timeline(pack, TODAY)
        days = [entry.on for entry in found.entries]
        assert days == sorted(days)
        assert {entry.key for entry in found.entries} == {*pack.dates, "in_force"}


def test_a_contested_day_stands_in_each_reading_with_the_reason() -> None:
    key = "ch_III_section_5_arts_40_49"
    entries = {e.reading: e for e in timeline(packs()[1], TODAY).entries if e.key == key}
    assert {reading: entry.on for reading, entry in entries.items()} == {
        "literal": "2026-08-02",
        "effective": "2027-12-02",
        "effective_annex_1": "2028-08-02",
    }
    assert all(entry.note for entry in entries.values())


def test_a_settled_day_stands_once() -> None:
    key = "ch_IX_arts_72_73_86"
    entries = [e for e in timeline(packs()[0], TODAY).entries if e.key == key]
    assert [(e.reading, e.on) for e in entries] == [
        ("settled", "2026-08-02"),
        ("effective_annex_1", "2027-08-02"),
    ]


def test_a_systems_timeline_holds_each_of_its_dated_duties() -> None:
    result = run(with_(HIRING, generates=["text"], placed_before_2026_08_02=True))
    found = timeline(packs()[1], TODAY, result)
    named = {(entry.on, duty) for entry in found.entries for duty in entry.duties}
    owed = {(day, duty.id) for duty in result.obligations for day in duty.readings}
    assert named == owed
    assert ("2026-12-02", "TRA-2") in named


def test_a_system_on_two_days() -> None:
    facts = with_(IN, art5=["ba"])
    before, after = (run(facts, NEW, date(2026, 12, day)) for day in (1, 2))
    found = system_difference(before, after)
    changes = {change.name: (change.before, change.after) for change in found.changes}
    assert changes["overall"] == ("prohibited_from_future_date", "prohibited")
    assert changes["prohibited_now"] == (None, "ba")
    assert changes["prohibited_later"] == ("ba", None)


def test_a_system_under_two_packs() -> None:
    before = run(HIRING, OLD, date(2026, 7, 1))
    after = run(HIRING, NEW, date(2026, 7, 27))
    found = system_difference(before, after)
    changes = {change.name: (change.before, change.after) for change in found.changes}
    assert changes["high_risk_from"] == ("2026-08-02", "2027-12-02")
    duties = {change.name: (change.before, change.after) for change in found.duties}
    assert duties["BIAS-2"][0] is None
    assert "Art. 10(5)" in str(duties["BIAS-1"][0])
    assert "contested" in str(duties["REG-1"][1])


def test_nothing_differs_from_itself() -> None:
    result = run(HIRING)
    found = system_difference(result, result)
    assert (found.changes, found.duties) == ((), ())
    same = pack_difference(packs()[0], packs()[0])
    assert (same.changes, same.duties) == ((), ())


def test_the_packs_differ_in_dates_points_acts_and_duties() -> None:
    found = pack_difference(*packs())
    changes = {change.name: (change.before, change.after) for change in found.changes}
    assert changes["date high_risk_annex_III"] == ("2026-08-02", "2027-12-02")
    assert changes["Annex I machinery"] == ("section A", "section B")
    assert changes["Art. 5(1)(ba)"][0] is None
    assert changes["date high_risk_legacy_cutoff"] == ("2026-08-02", None)
    assert {"BIAS-2", "TRA-2a", "PEN-5"} <= {change.name for change in found.duties}
