"""Validation: the scores themselves, the tables of cases, and the promises about both."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

import pytest
from scipy.stats import binomtest

from ftgov.energy import scorecard
from ftgov.energy.cases import SHIPPED, Case, parse, read_cases
from ftgov.energy.ranges import Range
from ftgov.energy.score import (
    Tried,
    clopper_pearson,
    interval_score,
    score,
    transferred,
    without_each,
)
from ftgov.energy.validate import Validation, regime_score, validate
from ftgov.errors import ExitCode, FtgovError, NothingToAudit, UsageError

HEADER = (
    "id,source,params_active,tokens_trained,method,energy_kwh,gpu,n_gpus,regime,measured_by,"
    "pue_included,note\n"
)
ROW = "one,a paper,7e9,1e9,lora,3.5,H100,8,datacentre,meter,1.0,\n"
WIDEST = {
    "hosted": 8,
    "hosted_unknown_parameters": 12,
    "datacentre": 6,
    "datacentre_hours": 3,
    "local": 18,
    "local_hours": 3,
}


@pytest.fixture(scope="module")
def shipped() -> Validation:
    return validate(read_cases())


def promises(result: Validation) -> None:
    """Hold every regime and the whole to what is promised of them."""
    overall = score(result.overall)
    assert overall.coverage >= 0.85
    for name, tried in result.regimes.items():
        scored = score(tried)
        assert scored.coverage >= 0.80, name
        assert scored.median_width <= WIDEST[name], name
        low, high = (0.33, 3.0) if name.startswith("local") else (0.6, 1.7)
        assert low <= scored.median_ratio <= high, name


def test_the_shipped_cases_are_covered_as_promised(shipped: Validation) -> None:
    promises(shipped)
    assert set(shipped.regimes) == set(WIDEST)


def test_the_given_cases_are_covered_as_promised(shared_folder: Path) -> None:
    promises(validate(read_cases(shared_folder / "energy" / "cases.csv")))


def test_the_promises_do_not_hang_on_the_seed() -> None:
    promises(validate(read_cases(), seed=11))


def test_the_shipped_table_names_source_address_and_where_it_was_read() -> None:
    rows = SHIPPED.read_text(encoding="utf-8").splitlines()
    columns = rows[0].split(",")
    assert {"url", "checked", "retrieved", "boundary", "hours"} <= set(columns)
    for row in rows[1:]:
        assert "https://" in row
        assert re.search(r",(raw logs|model card|as given),20\d\d-\d\d-\d\d,", row), row
    sources = {case.source for case in read_cases()}
    assert len(sources) >= 8
    assert len(rows) - 1 >= 26


def test_a_source_left_out_changes_no_promise(shipped: Validation) -> None:
    for name in ("hosted", "datacentre"):
        tried = shipped.regimes[name]
        assert len({each.source for each in tried}) >= 4
        assert without_each(tried).coverage >= 0.8


def test_the_json_says_per_regime_and_overall_what_the_contract_asks(shipped: Validation) -> None:
    plain = scorecard.as_json(shipped)
    for scored in (*plain["regimes"].values(), plain["overall"]):
        assert {"n", "coverage", "coverage_low", "coverage_high"} <= set(scored)
        assert {"median_ratio", "median_width", "interval_score"} <= set(scored)
        assert 0 <= scored["coverage_low"] <= scored["coverage"] <= scored["coverage_high"] <= 1
    assert plain["regimes"]["datacentre"]["leave_one_source_out"]["n"] >= 4
    assert plain["regimes"]["local"]["leave_one_source_out"] is None
    assert "needed" in plain["regimes"]["local"]["leave_one_source_out_reason"]
    assert plain["overall"]["n"] == len(read_cases())
    assert len(plain["cases"]) == sum(len(tried) for tried in shipped.regimes.values())
    text = "\n".join(scorecard.lines(shipped))
    assert all(name in text for name in shipped.regimes)


def test_a_method_box_is_told_what_a_validation_says(shipped: Validation) -> None:
    for name, tried in shipped.regimes.items():
        assert regime_score(name) == score(tried)


@pytest.mark.parametrize(("hits", "n"), [(0, 5), (5, 5), (11, 11), (9, 12), (1, 40), (26, 26)])
def test_the_exact_interval_is_scipy_s(hits: int, n: int) -> None:
    ends = binomtest(hits, n).proportion_ci(method="exact")
    assert clopper_pearson(hits, n) == pytest.approx((ends.low, ends.high), abs=1e-9)


def tried(low: float, high: float, measured: float, source: str = "s") -> Tried:
    return Tried("c", source, Range(low, math.sqrt(low * high), high), measured)


def test_the_interval_score_is_gneiting_and_raftery_s() -> None:
    assert interval_score(tried(1, math.e, 2)) == pytest.approx(1)
    assert interval_score(tried(1, math.e, math.e**2)) == pytest.approx(1 + 20)
    assert interval_score(tried(1, math.e, math.e**-0.5)) == pytest.approx(1 + 10)


def test_a_score_counts_what_is_held() -> None:
    found = score([tried(1, 4, 2), tried(1, 4, 3, "t"), tried(1, 4, 5), tried(1, 9, 9, "t")])
    assert (found.n, found.sources, found.coverage) == (4, 2, 0.75)
    assert found.median_width == 4
    assert found.median_ratio == pytest.approx((2 / 3 + 2 / 5) / 2)


def test_a_correction_from_the_others_is_theirs_alone() -> None:
    both = [tried(1, 4, 4, "a"), tried(1, 4, 1, "b"), tried(1, 4, 1, "c")]
    corrected = transferred(both)
    assert corrected[0].estimate == pytest.approx((0.5, 1, 2))
    assert corrected[1].estimate.mid == pytest.approx(2 * math.exp(0.0))
    assert without_each(both).coverage == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "lacks the column id"),
        (HEADER + ROW.replace("a paper", ""), "line 2: source is empty"),
        (HEADER + ROW + ROW, "line 3: the id one stands there twice"),
        (HEADER + ROW.replace("3.5", "-3.5"), "energy_kwh is -3.5, not positive"),
        (HEADER + ROW.replace("3.5", "nan"), "not positive and finite"),
        (HEADER + ROW.replace("3.5", "much"), "no number"),
        (HEADER + ROW.replace("3.5", ""), "energy_kwh is empty"),
        (HEADER + ROW.replace("lora", "magic"), "method is 'magic'"),
        (HEADER + ROW.replace("datacentre", "cloud"), "regime is 'cloud'"),
        (HEADER + ROW.replace(",8,", ",8.5,"), "no whole number"),
        (HEADER + ROW.replace(",1.0,", ",,"), "line 2: pue_included is empty"),
        (HEADER + ROW.replace("1e9", ""), "neither tokens nor hours"),
        (HEADER + "one,two\n", "more or fewer fields"),
        (HEADER + ROW.strip() + ",more\n", "more or fewer fields"),
    ],
)
def test_a_row_without_source_or_with_a_wrong_number_is_refused(text: str, words: str) -> None:
    with pytest.raises(FtgovError, match=re.escape(words)) as caught:
        parse(text, "cases.csv")
    assert "cases.csv" in caught.value.what


def test_the_boundary_follows_the_building_s_overhead() -> None:
    (plain,) = parse(HEADER + ROW, "f")
    (building,) = parse(HEADER + ROW.replace(",1.0,", ",1.2,"), "f")
    assert (plain.boundary, building.boundary) == ("it", "facility")
    assert plain._replace(boundary="facility") == building


def test_a_header_alone_is_nothing_to_score() -> None:
    with pytest.raises(NothingToAudit, match=r"cases\.csv holds no case") as caught:
        parse(HEADER, "cases.csv")
    assert caught.value.exit_code == ExitCode.NOTHING_TO_AUDIT


def test_a_boundary_that_is_stated_needs_no_overhead() -> None:
    head = HEADER.replace(",note", ",boundary")
    (case,) = parse(head + ROW.replace(",1.0,", ",,it"), "f")
    assert case.boundary == "it"


def test_the_text_says_which_row_is_the_goal_s_and_what_a_correction_falls_to(
    shipped: Validation,
) -> None:
    text = "\n".join(scorecard.lines(shipped))
    least = min(
        (score(transferred(tried)).coverage, name)
        for name, tried in shipped.regimes.items()
        if score(tried).sources >= scorecard.ENOUGH_SOURCES
    )
    assert least[0] < 0.8
    assert f"It falls to {100 * least[0]:.0f} % ({least[1]})" in text
    assert "leave-one-source-out, worst: the row that the goal of 80 % is about" in text


def test_an_absent_table_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="can't be read"):
        read_cases(tmp_path / "none.csv")


def test_a_case_of_another_kind_moves_the_score() -> None:
    (good,) = parse(HEADER + ROW, "f")
    far: Case = good._replace(id="far", source="other", kwh=1e6)
    result: Any = scorecard.as_json(validate([good, far]))
    assert result["overall"]["coverage"] <= 0.5
    missed = [each for each in result["cases"] if not each["covered"]]
    assert {each["id"] for each in missed} >= {"far"}
