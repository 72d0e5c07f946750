"""The rows at which a score interval decides, at shares of 0 and 1 too."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftgov.statistics.deciding import Asked, rows_to_decide, rows_with_power
from ftgov.statistics.score import difference_intervals, ratio_intervals, two_samples
from ftgov.statistics.simultaneous import smaller_over_larger

SHARE = st.one_of(st.sampled_from([0.0, 0.5, 1.0]), st.floats(0.01, 0.99))


def decided(p1: float, p2: float, n: float, asked: Asked) -> bool:
    """Tell whether the interval itself lies wholly on one side of the limit."""
    counts = two_samples(p1 * n, n, p2 * n, n)
    if asked.ratio:
        low, high = smaller_over_larger(*map(float, ratio_intervals(counts, asked.level)))
        return low > asked.limit or high < asked.limit
    low, high = map(float, difference_intervals(counts, asked.level))
    inside = -asked.limit < low and high < asked.limit
    return inside or low > asked.limit or high < -asked.limit


@given(
    SHARE, SHARE, st.sampled_from([0.1, 0.5, 0.8]), st.booleans(), st.sampled_from([0.95, 0.999])
)
@settings(max_examples=80)
def test_the_interval_decides_at_these_rows_and_not_at_one_fewer(
    p1: float, p2: float, limit: float, ratio: bool, level: float
) -> None:
    asked = Asked(limit, ratio, level)
    n = float(rows_to_decide(p1, p2, asked))
    if math.isinf(n):
        low, high = sorted((p1, p2))
        on_limit = math.isclose(low, limit * high) if ratio else math.isclose(high - low, limit)
        assert on_limit or not decided(p1, p2, 1e8, asked)
        return
    # Where n is large one row moves an end by less than bisection resolves.
    assert decided(p1, p2, n if n < 1e4 else n * 1.001, asked)
    assert n == 1 or not decided(p1, p2, n - 1 if n < 1e4 else n * 0.999, asked)
    assert rows_with_power(min(p1, p2), max(p1, p2), asked, least=n) >= n - 1e-6 * n


def test_shares_of_0_and_1_take_more_than_a_row() -> None:
    # By hand: the score of 1 against .8 is .2 sqrt(n) / .4 sqrt((2n-1)/2n), above 1.96 from 16 on.
    assert rows_to_decide(1, 1, Asked(0.8, ratio=True, level=0.95)) == 16
    assert rows_to_decide(0, 0, Asked(0.8, ratio=True, level=0.95)) == math.inf
    # By hand: (sqrt(8) + .84162 .4/.4)^2 = 13.5.
    fifths = Asked(0.8, ratio=True, level=0.95)
    assert rows_with_power(0, 0.5, fifths, least=8) == pytest.approx(13.469, abs=0.001)
    for asked in (Asked(-0.1, ratio=False, level=0.95), Asked(0, ratio=True, level=0.95)):
        with pytest.raises(ValueError, match="limit"):
            rows_to_decide(0.1, 0.2, asked)
    with pytest.raises(ValueError, match="shares"):
        rows_to_decide(0.1, 1.2, fifths)
