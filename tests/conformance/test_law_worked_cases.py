"""The worked cases of law_cases.yaml: facts, the deciding provision, and what must come out."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from ftgov.law.classify import classify
from ftgov.law.facts import check_facts
from ftgov.law.pack import choose_pack
from law_support import IN, NEW, OLD, TODAY, packs, run, with_, worked


@pytest.mark.parametrize("case", worked()["cases"], ids=lambda case: str(case["provision"]))
def test_worked_case(case: dict[str, Any]) -> None:
    facts = with_(*(worked()["sets"][name] for name in case["of"]), case["facts"])
    day = date.fromisoformat(case["day"]) if "day" in case else TODAY
    result = run(facts, OLD if case.get("pack") == "old" else NEW, day)
    found = result.model_dump(mode="json", by_alias=True)
    assert {name: found[name] for name in case["expect"]} == case["expect"]


def test_there_are_enough_cases_for_both_packs() -> None:
    cases = worked()["cases"]
    assert len(cases) >= 60
    assert sum(case.get("pack") == "old" for case in cases) >= 7


def test_what_is_prohibited_is_said_although_the_scope_is_open() -> None:
    result = run(with_(IN, art5=["a"], excl_military_ns=None))
    assert result.overall == "prohibited"
    assert result.possible == ("out_of_scope", "prohibited")
    assert result.missing == ("excl_military_ns",)


def test_an_open_point_that_applies_today_leaves_a_later_one_undetermined() -> None:
    result = run(with_(IN, art5=["ba"], art5_open=["a"]))
    assert result.overall == "undetermined"
    assert result.possible == ("prohibited", "prohibited_from_future_date")
    assert result.missing == ("art5_open",)


def test_no_stated_fact_at_all_is_undetermined() -> None:
    chosen = choose_pack(packs(), TODAY)
    result = classify(chosen, check_facts({}, chosen, "unknown"), TODAY)
    assert result.overall == "undetermined"
    assert result.gpai_role == "undetermined"
    assert {"ai_system", "eu_market_provider", "art5", "annex3"} <= set(result.missing)
