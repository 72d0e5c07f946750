"""Training compute at the thresholds of the AI Act, exactly."""

from __future__ import annotations

import json
import math
from datetime import date
from fractions import Fraction

import pytest

from ftgov.api.energy import Question, estimate_job, score, score_cases
from ftgov.api.law import shipped_packs
from ftgov.energy.asked import answer
from ftgov.energy.compute import FRACTION, INDICATIVE, SYSTEMIC, threshold, thresholds
from ftgov.energy.plain import as_json
from ftgov.energy.ranges import Range
from ftgov.errors import UsageError
from ftgov.law.classify import classify
from ftgov.law.facts import parse_facts

THIRD = Fraction(10**23, 3)


def around(high: float, low: float | None = None) -> Range:
    return Range(high if low is None else low, high, high)


def test_the_threshold_is_a_third_and_no_float() -> None:
    strict, systemic = thresholds(around(1e20))
    assert strict.limit == THIRD == INDICATIVE / 3
    assert systemic.limit == Fraction(10**25, 3) == SYSTEMIC / 3
    assert str(strict.limit) == "100000000000000000000000/3"
    assert strict.limit != Fraction(1e23 / 3)


def test_only_what_is_greater_exceeds_and_an_interval_decides_as_a_whole() -> None:
    just_below = float(THIRD)
    while Fraction(just_below) > THIRD:
        just_below = math.nextafter(just_below, 0)
    just_above = math.nextafter(just_below, math.inf)
    assert Fraction(just_below) < THIRD < Fraction(just_above)
    verdicts = [
        threshold("x", INDICATIVE, around(high, low)).verdict
        for low, high in (
            (just_below, just_below),
            (just_above, just_above),
            (just_below, just_above),
        )
    ]
    assert verdicts == ["below", "above", "undetermined"]


def test_what_equals_the_threshold_does_not_exceed_it() -> None:
    exact = threshold("x", Fraction(3 * 2**70), around(float(2**70)))
    assert set(exact.share) == {Fraction(1)}
    assert exact.verdict == "below"


def test_a_known_base_has_its_own_threshold_and_the_json_says_all_exactly() -> None:
    result = answer(Question(tokens="1e9", params="8e9", method="full"))
    plain = as_json(result, Fraction(10**24))
    (only,) = plain["training_compute"]["thresholds"]
    assert only["flop_exact"] == "1000000000000000000000000/3"
    assert Fraction(only["share_high_exact"]) == Fraction(result.flop.high) * 3 / 10**24
    assert plain["threshold_share_high"] == pytest.approx(plain["flop"]["high"] * 3e-24, rel=1e-5)
    assert plain["threshold_share_high"] == only["share"]["high"]
    unknown = as_json(result)
    strictest = unknown["training_compute"]["thresholds"][0]["share"]["high"]
    assert unknown["threshold_share_high"] == strictest
    assert strictest == pytest.approx(plain["flop"]["high"] * 3e-23, rel=1e-5)


@pytest.mark.parametrize("base", [Fraction(0), Fraction(-(10**25)), Fraction(1, 2)])
def test_a_base_without_operations_is_refused(base: Fraction) -> None:
    result = answer(Question(tokens="1e9", params="8e9"))
    with pytest.raises(UsageError, match="can't be meant"):
        as_json(result, base)


def test_it_says_what_is_counted_and_what_is_not() -> None:
    told = as_json(answer(Question(tokens="1e9", params="8e9")))["training_compute"]
    assert "forward and backward" in told["counted"][0]
    assert len(told["not_counted"]) == 6
    assert "C(2025) 7719" in told["reference"]
    assert told["counted_if_systemic"]


def test_recomputed_activations_are_done_but_not_counted() -> None:
    result = answer(Question(tokens="1e9", params="8e9", method="full", site="datacentre"))
    assert result.flop_done.high > 8 * 8e9 * 1e9
    assert result.flop.mid < 1.1 * 6 * 8e9 * 1e9


def test_the_thresholds_are_those_of_every_law_pack() -> None:
    packs = shipped_packs()
    assert packs
    for each in packs:
        limits = each.pack.thresholds
        assert limits.indicative == INDICATIVE
        assert limits.systemic == SYSTEMIC
        assert limits.fraction == FRACTION


def test_the_law_room_takes_the_interval_as_it_stands() -> None:
    pack = shipped_packs()[-1].pack
    text = (
        "ai_system: true\nbase_gpai: true\nmodel_placed: true\nbase_systemic: false\n"
        "on_behalf_of_original: false\nmod_flop: "
    )
    roles = []
    for tokens in ("1e9", "3e11", "1e13"):
        flop = as_json(estimate_job(Question(tokens=tokens, params="2e10,4e10")))["flop"]
        facts = parse_facts(text + json.dumps(flop) + "\n", pack, unstated="no", name="facts.yaml")
        roles.append(classify(pack, facts, date(2026, 12, 2)).gpai_role)
    assert roles == ["none", "undetermined", "modifier_provider"]


def test_the_python_api_scores_the_shipped_cases() -> None:
    assert score(score_cases().overall).n >= 26
