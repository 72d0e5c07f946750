"""Verdicts of intervals, and intervals that may be looked at whenever one likes."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftgov.statistics.proportions import wilson
from ftgov.statistics.sequence import confidence_sequence, difference_sequence
from ftgov.statistics.verdicts import FailingSide, Side, decide


@pytest.mark.parametrize(
    ("low", "high", "side", "verdict"),
    [
        (0.1, 0.7, "lt", "fail"),
        (0.85, 1.0, "lt", "pass"),
        (0.7, 0.9, "lt", "inconclusive"),
        (0.7, 0.8, "lt", "inconclusive"),
        (0.7, 0.8, "le", "fail"),
        (0.8, 0.9, "lt", "pass"),
        (0.8, 0.9, "le", "inconclusive"),
        (0.8, 0.9, "gt", "inconclusive"),
        (0.8, 0.9, "ge", "fail"),
        (0.7, 0.8, "gt", "pass"),
        (0.9, math.inf, "gt", "fail"),
        (math.nan, 0.9, "gt", "not_assessed"),
        (0.1, math.nan, "lt", "not_assessed"),
    ],
)
def test_the_whole_interval_decides(low: float, high: float, side: Side, verdict: str) -> None:
    assert decide(low, high, FailingSide(side, 0.8)) == verdict


def test_what_is_no_interval_or_no_limit_is_refused() -> None:
    with pytest.raises(ValueError, match="wrong order"):
        decide(0.9, 0.1, FailingSide("lt", 0.8))
    with pytest.raises(ValueError, match="finite"):
        decide(0.1, 0.9, FailingSide("lt", math.nan))


@given(
    st.floats(-2, 2), st.floats(0, 1), st.floats(-2, 2), st.sampled_from(("lt", "le", "gt", "ge"))
)
def test_a_verdict_is_what_every_point_says(
    low: float, width: float, limit: float, side: Side
) -> None:
    failing = FailingSide(side, limit)
    points = {failing.holds(point) for point in (low, low + width / 2, low + width)}
    expected = "inconclusive" if len(points) == 2 else "fail" if points == {True} else "pass"
    assert decide(low, low + width, failing) == expected


@given(st.integers(0, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
@settings(max_examples=60, deadline=None)
def test_a_sequence_holds_its_share_and_is_wider_than_one_look(counts: tuple[int, int]) -> None:
    x, n = counts
    low, high = (float(end) for end in confidence_sequence(x, n))
    assert 0 <= low <= (x / n if n else 0.5) <= high <= 1
    if n:
        fixed = wilson(x, n)
        assert low <= fixed[0] + 0.02
        assert high >= fixed[1] - 0.02


def test_a_sequence_holds_at_every_moment_where_single_looks_fail() -> None:
    draw = np.random.default_rng(20)
    rows = draw.random((400, 600)) < 0.3
    hits, n = rows.cumsum(axis=1), np.arange(1, 601)
    low, high = confidence_sequence(hits[:, ::5], np.broadcast_to(n[::5], (400, 120)))
    missed = ((low > 0.3) | (high < 0.3)).any(axis=1).mean()
    assert missed <= 0.05
    share = hits / n
    reach = 1.96 * np.sqrt(0.21 / n)
    once = (np.abs(share - 0.3) > reach)[:, 29:].any(axis=1).mean()
    assert once > 0.2


def test_a_difference_over_time_is_found_and_a_bad_call_refused() -> None:
    low, high = difference_sequence(([30, 300], [100, 1_000]), ([50, 500], [100, 1_000]))
    assert low[0] < -0.2 < high[0]
    assert high[1] < 0
    assert [float(end) for end in confidence_sequence(0, 0)] == [0, 1]
    with pytest.raises(ValueError, match="positive"):
        confidence_sequence(1, 2, prior=(0, 1))
    with pytest.raises(ValueError, match="outside"):
        confidence_sequence(3, 2)
