"""Duties: from when, in which reading, and for whom."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from ftgov.law.pack import choose_pack
from law_support import COMPONENT, HIRING, IN, MODEL, NEW, OLD, packs, run, with_

BIG: dict[str, object] = {"mod_flop": "5e23"}


def test_the_pack_follows_the_day() -> None:
    assert choose_pack(packs(), date(2026, 7, 26)).id == OLD
    assert choose_pack(packs(), date(2026, 7, 27)).id == NEW


DATED = [
    ("RMS-1", HIRING, date(2027, 12, 2)),
    (
        "RMS-1",
        with_(IN, annex1_act="mdr", annex1_role="product", third_party_ca=True),
        date(2028, 8, 2),
    ),
    ("PROH-2", with_(IN, generates=["image"]), date(2026, 12, 2)),
    ("TRA-2", with_(IN, generates=["text"], placed_before_2026_08_02=True), date(2026, 12, 2)),
    ("GP-3", with_(IN, MODEL, BIG, model_placed_before_2025_08_02=True), date(2027, 8, 2)),
    (
        "RMS-1",
        with_(HIRING, placed_before_high_risk_date=True, for_public_authorities=True),
        date(2030, 8, 2),
    ),
]


@pytest.mark.parametrize(("identity", "facts", "first"), DATED)
def test_a_duty_applies_from_its_day_and_not_the_day_before(
    identity: str, facts: dict[str, object], first: date
) -> None:
    for day, applies in ((first - timedelta(days=1), False), (first, True)):
        duties = {duty.id: duty for duty in run(facts, NEW, day).obligations}
        assert duties[identity].applies_today is applies
        assert duties[identity].applies_from == first.isoformat()


LEGACY = "Placed before its high-risk date: owed from a significant change in design"
LAST_DAY = f"{LEGACY}, and in any case by 2030-08-02"


@pytest.mark.parametrize(
    ("public", "told"),
    [
        (False, f"{LEGACY} only."),
        (True, f"{LAST_DAY}, since it is intended to be used by public authorities."),
        (None, f"{LAST_DAY} if it is intended to be used by public authorities, which is open."),
    ],
)
def test_a_legacy_system_of_public_authorities_has_a_last_day(public: object, told: str) -> None:
    # Art. 111(2), last sentence: "In any case ... by 2 August 2030"
    facts = with_(HIRING, placed_before_high_risk_date=True, for_public_authorities=public)
    (reason,) = (found for found in run(facts).why if found.rule == "legacy")
    assert (reason.reference, reason.text) == ("Art. 111(2)", told)


def test_a_contested_date_holds_both_readings() -> None:
    # Art. 49(1) and 113(c): Section 5 literally applies since 2 August 2026
    for day, applies in (
        (date(2026, 8, 1), False),
        (date(2026, 8, 2), None),
        (date(2027, 12, 1), None),
        (date(2027, 12, 2), True),
    ):
        duty = {found.id: found for found in run(HIRING, NEW, day).obligations}["REG-1"]
        assert (duty.applies_today, duty.applies_from, duty.status) == (applies, None, "contested")
        assert "2026-08-02 or 2027-12-02" in duty.note


def test_section_b_with_annex_three_is_an_open_reading() -> None:
    result = run(with_(HIRING, COMPONENT), NEW, date(2029, 1, 1))
    assert result.high_risk_route == ("annex_I_B", "annex_III:4a")
    duties = {duty.id: duty for duty in result.obligations}
    assert duties["RMS-1"].status == "contested"
    assert duties["RMS-1"].applies_today is None
    assert duties["CLS-1"].status == "settled"
    assert any(reason.reference == "Art. 2(2)" for reason in result.why)


def test_section_b_alone_owes_article_6_only() -> None:
    duties = run(with_(IN, COMPONENT, generates=["text"]), NEW, date(2029, 1, 1)).obligations
    assert [duty.id for duty in duties] == ["CLS-1"]


def test_duties_follow_the_roles() -> None:
    user: dict[str, object] = {
        "ai_system": True,
        "eu_deployer": True,
        "uses_system": True,
        "annex3": ["4b"],
        "workplace_use": True,
    }
    result = run(user)
    assert result.roles == ("deployer",)
    duties = {duty.id for duty in result.obligations}
    assert {"DEP-1", "DEP-7"} <= duties
    assert "RMS-1" not in duties
