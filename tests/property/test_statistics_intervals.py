"""Properties that hold for every table of counts."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ftgov.statistics.paired import PairedCounts, newcombe_paired
from ftgov.statistics.proportions import wilson
from ftgov.statistics.score import (
    TwoSamples,
    difference_intervals,
    difference_score,
    ratio_intervals,
    ratio_score,
    two_samples,
)
from ftgov.statistics.simultaneous import Share, pairwise_ratios, worst_ratio

LEVELS = st.sampled_from((0.8, 0.9, 0.95, 0.99, 0.9999))
SHARES = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(SHARES, LEVELS)
def test_wilson_holds_its_point_and_is_symmetric(share: tuple[int, int], level: float) -> None:
    x, n = share
    low, high = wilson(x, n, level)
    assert 0 <= low <= x / n <= high <= 1
    mirrored = wilson(n - x, n, level)
    assert np.allclose(mirrored, (1 - high, 1 - low), atol=1e-12)
    assert low > 0 or x == 0 or low < 1e-9
    assert (high == 1) == (x == n) or high > 1 - 1e-9


@given(SHARES, SHARES, LEVELS)
@settings(max_examples=60)
def test_differences_hold_their_point_and_turn_with_the_groups(
    one: tuple[int, int], other: tuple[int, int], level: float
) -> None:
    counts = two_samples(*one, *other)
    low, high = map(float, difference_intervals(counts, level))
    point = one[0] / one[1] - other[0] / other[1]
    assert -1 <= low <= point + 1e-12
    assert point - 1e-12 <= high <= 1
    turned = difference_intervals(two_samples(*other, *one), level)
    assert np.allclose((-high, -low), [float(end) for end in turned], atol=1e-7)


@given(SHARES, SHARES, LEVELS)
@settings(max_examples=60)
def test_ratios_hold_their_point_and_invert_with_the_groups(
    one: tuple[int, int], other: tuple[int, int], level: float
) -> None:
    low, high = map(float, ratio_intervals(two_samples(*one, *other), level))
    assert 0 <= low <= high
    if one[0] and other[0]:
        point = (one[0] / one[1]) / (other[0] / other[1])
        assert low <= point * (1 + 1e-9)
        assert point <= high * (1 + 1e-9)
        back_low, back_high = map(float, ratio_intervals(two_samples(*other, *one), level))
        assert np.isclose(low * back_high, 1, rtol=1e-6)
        assert np.isclose(high * back_low, 1, rtol=1e-6)
    assert (low == 0) == (one[0] == 0)
    assert np.isinf(high) == (other[0] == 0)


def _likelihood(counts: TwoSamples, p1: np.ndarray, p2: np.ndarray) -> np.ndarray:
    """The log-likelihood, by brute force; 0 log 0 is 0."""
    total = np.zeros_like(p1)
    for x, n, p in ((counts.x1, counts.n1, p1), (counts.x2, counts.n2, p2)):
        for count, chance in ((x, p), (n - x, 1 - p)):
            with np.errstate(divide="ignore", invalid="ignore"):
                total = total + np.where(count == 0, 0.0, count * np.log(chance))
    return total


@given(SHARES, SHARES, st.floats(-0.95, 0.95))
@settings(max_examples=40)
def test_the_closed_form_of_a_difference_is_the_likelihood_s_maximum(
    one: tuple[int, int], other: tuple[int, int], d: float
) -> None:
    counts = two_samples(*one, *other)
    grid = np.linspace(max(0.0, -d), min(1.0, 1.0 - d), 20_001)
    best = grid[np.nanargmax(_likelihood(counts, np.clip(grid + d, 0, 1), grid))]
    p1 = min(max(best + d, 0.0), 1.0)
    variance = p1 * (1 - p1) / one[1] + best * (1 - best) / other[1]
    score = float(difference_score(counts, np.asarray(d), corrected=False))
    distance = one[0] / one[1] - other[0] / other[1] - d
    if variance > 1e-5:
        assert np.isclose(score, distance / np.sqrt(variance), rtol=2e-2, atol=2e-2)


@given(SHARES, SHARES, st.floats(0.1, 10))
@settings(max_examples=40)
def test_the_closed_form_of_a_ratio_is_the_likelihood_s_maximum(
    one: tuple[int, int], other: tuple[int, int], ratio: float
) -> None:
    counts = two_samples(*one, *other)
    grid = np.linspace(0.0, min(1.0, 1 / ratio), 20_001)
    best = grid[np.nanargmax(_likelihood(counts, np.clip(grid * ratio, 0, 1), grid))]
    p1 = min(best * ratio, 1.0)
    variance = p1 * (1 - p1) / one[1] + ratio**2 * best * (1 - best) / other[1]
    score = float(ratio_score(counts, np.asarray(ratio), corrected=False))
    distance = one[0] / one[1] - ratio * other[0] / other[1]
    if variance > 1e-4:
        assert np.isclose(score, distance / np.sqrt(variance), rtol=2e-2, atol=2e-2)


@given(st.lists(st.integers(0, 300), min_size=4, max_size=4).filter(any), LEVELS)
def test_paired_differences_hold_their_point_and_turn(cells: list[int], level: float) -> None:
    counts = PairedCounts(*cells)
    low, high = newcombe_paired(counts, level)
    point = (counts.first_only - counts.second_only) / counts.n
    assert -1 <= low <= point + 1e-12
    assert point - 1e-12 <= high <= 1
    turned = counts._replace(first_only=counts.second_only, second_only=counts.first_only)
    assert np.allclose(newcombe_paired(turned, level), (-high, -low), atol=1e-12)


@given(st.lists(SHARES, min_size=2, max_size=5), LEVELS)
@settings(max_examples=50)
def test_the_worst_ratio_holds_the_point_and_ignores_the_order(
    shares: list[tuple[int, int]], level: float
) -> None:
    given_shares = [Share(*share) for share in shares]
    low, high = worst_ratio(pairwise_ratios(given_shares, level))
    rates = [x / n for x, n in shares]
    assert 0 <= low <= high <= 1
    if max(rates) > 0:
        assert low - 1e-9 <= min(rates) / max(rates) <= high + 1e-9
    turned = worst_ratio(pairwise_ratios(given_shares[::-1], level))
    assert np.allclose(turned, (low, high), atol=1e-6)
