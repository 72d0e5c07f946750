"""The law room against a second reading of the Act that was written independently of it."""

from __future__ import annotations

import itertools
import random
from datetime import date
from typing import Any

import pytest

from ftgov.law.classify import classify
from ftgov.law.facts import check_facts
from ftgov.records.law import Classification
from law_brute import BOOLEANS, evaluate, random_facts
from law_support import packs

DAYS = ("2025-02-01", "2026-07-01", "2026-12-01", "2026-12-02", "2028-08-02")


def classified(facts: dict[str, Any], number: int, day: str) -> Classification:
    pack = packs()[number]
    as_of = date.fromisoformat(day)
    return classify(pack, check_facts(facts, pack), as_of)


def compare(count: int, seed: int) -> int:
    """Compare random fact sets; the number of different classes that were reached."""
    dice = random.Random(seed)
    classes = set()
    for _ in range(count):
        facts, number, day = random_facts(dice), dice.randint(0, 1), dice.choice(DAYS)
        expected = evaluate(facts, amended=bool(number), day=day)
        found = classified(facts, number, day).model_dump(mode="json", by_alias=True)
        assert {name: found[name] for name in expected} == expected, facts
        assert found["missing"] == []
        classes.add(found["overall"])
    return len(classes)


def test_it_agrees_with_a_second_reading() -> None:
    assert compare(1_500, seed=1) == 8


@pytest.mark.long
def test_it_agrees_with_a_second_reading_on_ten_thousand_fact_sets() -> None:
    assert compare(10_000, seed=2) == 8


@pytest.mark.parametrize("seed", range(60))
def test_the_possible_classes_are_those_of_all_completions(seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(4):
        facts, number, day = random_facts(dice), dice.randint(0, 1), dice.choice(DAYS)
        if not facts["ai_system"]:
            continue
        blank = dice.sample([name for name in BOOLEANS if name != "eu_market_provider"], 4)
        if {"imports_system", "distributes_system"} & set(blank):
            facts["eu_market_provider"] = True
        completions = [
            evaluate(
                {**facts, **dict(zip(blank, values, strict=True))}, amended=bool(number), day=day
            )
            for values in itertools.product((True, False), repeat=len(blank))
        ]
        unknown = classified({**facts, **dict.fromkeys(blank)}, number, day)
        classes = {found["overall"] for found in completions}
        assert set(unknown.possible) == classes
        for name in ("roles", "register", "transparency", "gpai_role", "art25", "high_risk_route"):
            if len({str(found[name]) for found in completions}) > 1:
                assert set(blank) & set(unknown.missing), name
        if len(classes) == 1:
            assert unknown.overall in classes
