"""Properties of estimates, numbers and scores that hold for whatever is put in."""

from __future__ import annotations

import math
import re

from hypothesis import given, settings
from hypothesis import strategies as st

from ftgov.energy.asked import Question, answer, number
from ftgov.energy.cases import parse
from ftgov.energy.estimate import estimate
from ftgov.energy.job import Job, Method, Site
from ftgov.energy.ranges import Range, six, two
from ftgov.energy.score import Tried, clopper_pearson, interval_score
from ftgov.errors import FtgovError, UsageError

TOKENS = st.floats(1, 1e14)
PARAMETERS = st.floats(1e6, 1e12)
METHODS: st.SearchStrategy[Method] = st.sampled_from(["lora", "full", "dpo", "unknown"])
SITES: st.SearchStrategy[Site] = st.sampled_from(["hosted", "local", "datacentre"])
FINITE = st.floats(1e-12, 1e30)


@settings(max_examples=25, deadline=None)
@given(TOKENS, PARAMETERS, METHODS, SITES, st.sampled_from([None, "A100", "T4", "B200"]))
def test_ranges_are_ordered_and_boundaries_nested(
    tokens: float, parameters: float, method: Method, site: Site, gpu: str | None
) -> None:
    result = estimate(Job(tokens, (parameters, 2 * parameters), method, site, gpu), draws=500)
    for each in (*result.energy, result.flop, result.co2e_kg, result.water_l):
        assert 0 < each.low <= each.mid <= each.high < math.inf
    for end in range(3):
        assert result.energy.accelerator[end] < result.energy.it[end] <= result.energy.facility[end]


@settings(max_examples=15, deadline=None)
@given(TOKENS.filter(lambda t: t < 1e13), PARAMETERS, METHODS, SITES)
def test_ten_times_the_tokens_take_ten_times_the_energy(
    tokens: float, parameters: float, method: Method, site: Site
) -> None:
    one, ten = (
        estimate(Job(times * tokens, (parameters, parameters), method, site), draws=500)
        for times in (1, 10)
    )
    for small, large in zip(one.energy.facility, ten.energy.facility, strict=True):
        assert math.isclose(large, 10 * small, rel_tol=1e-9)


@settings(max_examples=60, deadline=None)
@given(
    st.text(max_size=12) | st.floats().map(str) | st.integers().map(str),
    st.none() | st.text(max_size=8) | st.floats().map(str),
    st.none() | st.floats(),
    st.none() | st.integers(-5, 10**7),
    st.none() | st.sampled_from(["H100", "nothing", ""]),
)
def test_whatever_is_asked_gives_an_estimate_or_a_usage_error(
    tokens: str, params: str | None, hours: float | None, gpus: int | None, gpu: str | None
) -> None:
    try:
        result = answer(Question(tokens=tokens, params=params, hours=hours, gpus=gpus, gpu=gpu))
    except UsageError:
        return
    assert result.energy.facility.low > 0


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-1e9, max_value=1e9))
def test_numbers_are_read_exactly(value: object) -> None:
    assert number(str(value), "--tokens") == number(f" {value} ", "--tokens")
    assert float(number(str(value), "--tokens")) == float(str(value))


@given(FINITE)
def test_two_figures_are_within_five_percent_and_no_more_than_two(value: float) -> None:
    text = two(value)
    assert math.isclose(float(text.replace(",", "")), value, rel_tol=0.0501)
    digits = re.sub(r"e.*", "", text).replace(",", "").replace(".", "").strip("0")
    assert len(digits) <= 2
    assert math.isclose(six(value), value, rel_tol=1e-5)


@given(st.integers(0, 60), st.integers(1, 60))
def test_the_exact_interval_holds_the_share(hits: int, more: int) -> None:
    n = hits + more
    low, high = clopper_pearson(hits, n)
    assert 0 <= low <= hits / n <= high <= 1
    assert high - low < 1


@given(FINITE, st.floats(1.01, 1e3), FINITE)
def test_widening_a_range_that_already_holds_the_figure_costs(
    low: float, width: float, measured: float
) -> None:
    tried = Tried("a", "s", Range(low, low * math.sqrt(width), low * width), measured)
    wider = tried._replace(estimate=Range(low / 2, low, low * width * 2))
    assert interval_score(tried) > 0
    if tried.covered:
        assert interval_score(wider) > interval_score(tried)


@settings(max_examples=60)
@given(st.text(st.sampled_from('a1,.\r\n"\0e-') | st.characters(), max_size=200))
def test_any_text_is_cases_or_an_error_of_ours(text: str) -> None:
    header = "id,source,params_active,tokens_trained,method,energy_kwh,regime\n"
    for content in (text, header + text):
        try:
            cases = parse(content, "cases.csv")
        except FtgovError:
            continue
        assert all(case.source and case.kwh > 0 for case in cases)
