"""The intervals and sample sizes against values that others published."""

from __future__ import annotations

import math

import numpy as np
import pytest

from ftgov.statistics.newcombe import newcombe
from ftgov.statistics.paired import PairedCounts, newcombe_paired
from ftgov.statistics.proportions import wilson
from ftgov.statistics.sample_size import n_for_ratio
from ftgov.statistics.score import difference_intervals, ratio_intervals, two_samples
from ftgov.statistics.simultaneous import (
    Share,
    bonferroni,
    pairwise_differences,
    pairwise_ratios,
    worst_difference,
    worst_ratio,
)


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_of_newcombe_1998_table_1(successes: int, n: int, low: float, high: float) -> None:
    assert wilson(successes, n) == pytest.approx((low, high), abs=5e-5)
    mirrored = wilson(n - successes, n)
    assert mirrored == pytest.approx((1 - high, 1 - low), abs=5e-5)


# Newcombe (1998), Stat Med 17:873-890, Table II, examples (a) to (h): methods 5, 6 and 10.
TABLE_2 = [
    ((56, 70, 48, 80), (0.0533, 0.3377), (0.0528, 0.3382), (0.0524, 0.3339)),
    ((9, 10, 3, 10), (0.1821, 0.8370), (0.1700, 0.8406), (0.1705, 0.8090)),
    ((6, 7, 2, 7), (0.0544, 0.8478), (0.0342, 0.8534), (0.0582, 0.8062)),
    ((5, 56, 0, 29), (-0.0313, 0.1926), (-0.0326, 0.1933), (-0.0381, 0.1926)),
    ((0, 10, 0, 20), (-0.1611, 0.2775), (-0.1658, 0.2844), (-0.1611, 0.2775)),
    ((0, 10, 0, 10), (-0.2775, 0.2775), (-0.2879, 0.2879), (-0.2775, 0.2775)),
    ((10, 10, 0, 20), (0.7225, 1.0), (0.7156, 1.0), (0.6791, 1.0)),
    ((10, 10, 0, 10), (0.6777, 1.0), (0.6636, 1.0), (0.6075, 1.0)),
]


@pytest.mark.parametrize(("table", "mee", "corrected", "hybrid"), TABLE_2)
def test_differences_of_newcombe_1998_table_2(
    table: tuple[int, int, int, int],
    mee: tuple[float, float],
    corrected: tuple[float, float],
    hybrid: tuple[float, float],
) -> None:
    counts = two_samples(*table)
    for ends, printed in (
        (difference_intervals(counts, corrected=False), mee),
        (difference_intervals(counts), corrected),
        (newcombe(counts), hybrid),
    ):
        assert [float(end) for end in ends] == pytest.approx(printed, abs=5.001e-5)


def test_ratio_of_koopman_1984_and_the_boundary_that_libraries_get_wrong() -> None:
    low, high = ratio_intervals(two_samples(36, 40, 16, 80), corrected=False)
    assert (float(low), float(high)) == pytest.approx((2.94, 7.15), abs=5e-3)
    low, high = ratio_intervals(two_samples(5, 5, 192, 283))
    assert (float(low), float(high)) == pytest.approx((0.829, 1.608), abs=5e-4)


def test_ricci_against_destefano_lieutenants_hispanic_over_white() -> None:
    low, high = ratio_intervals(two_samples(3, 15, 25, 43))
    assert (float(low), float(high)) == pytest.approx((0.117, 0.828), abs=5e-4)


@pytest.mark.parametrize(
    ("cells", "ends"),
    [
        ((36, 12, 2, 0), (0.0569, 0.3404)),
        ((20, 12, 2, 16), (0.0562, 0.3292)),
        ((18, 12, 2, 18), (0.0562, 0.3290)),
        ((36, 14, 0, 0), (0.1528, 0.4167)),
        ((35, 14, 0, 1), (0.1461, 0.4175)),
        ((18, 14, 0, 18), (0.1441, 0.3963)),
        ((2, 97, 1, 0), (0.8721, 0.9854)),
        ((1, 97, 1, 1), (0.8736, 0.9850)),
        ((0, 30, 0, 0), (0.8395, 1.0)),
        ((54, 0, 0, 0), (-0.0664, 0.0664)),
        ((30, 0, 0, 24), (-0.0358, 0.0358)),
    ],
)
def test_paired_differences_of_newcombe_1998_table_3(
    cells: tuple[int, int, int, int], ends: tuple[float, float]
) -> None:
    assert newcombe_paired(PairedCounts(*cells)) == pytest.approx(ends, abs=1e-4)


@pytest.mark.parametrize(
    ("p", "certify", "certify_of_19"),
    [
        (0.05, 4718, 10068),
        (0.1, 2235, 4769),
        (0.3, 579, 1236),
        (0.5, 248, 530),
        (0.9, 28, 59),
    ],
)
def test_sample_sizes_to_certify_four_fifths(p: float, certify: int, certify_of_19: int) -> None:
    # The published table rounds to the nearest row, ours always up.
    assert n_for_ratio(p, p) in {certify, certify + 1}
    assert n_for_ratio(p, p, alpha=0.05 / 19) in {certify_of_19, certify_of_19 + 1}


def test_boundaries_are_correct_and_empty_denominators_are_undefined() -> None:
    low, high = ratio_intervals(two_samples([0, 0, 5], [5, 5, 5], [0, 3, 0], [9, 9, 9]))
    assert low.tolist()[:2] == [0, 0]
    assert low[2] > 1
    assert high.tolist()[0] == high.tolist()[2] == math.inf
    low, high = difference_intervals(two_samples([5, 0], [5, 5], [0, 5], [5, 5]))
    assert high[0] == pytest.approx(1)
    assert low[1] == pytest.approx(-1)
    for bad in ((0, 0, 1, 2), (1, 2, 0, 0), (3, 2, 1, 2), (-1, 2, 1, 2)):
        with pytest.raises(ValueError, match=r"undefined|outside"):
            two_samples(*bad)
    with pytest.raises(ValueError, match="undefined"):
        wilson(0, 0)
    with pytest.raises(ValueError, match="undefined"):
        newcombe_paired(PairedCounts(0, 0, 0, 0))
    with pytest.raises(ValueError, match="level"):
        wilson(1, 2, level=1)


def test_no_sample_decides_a_ratio_that_lies_on_the_limit() -> None:
    assert n_for_ratio(0.4, 0.5) is None
    assert n_for_ratio(0.4001e-5, 0.5e-5) is None
    with pytest.raises(ValueError, match="above 0"):
        n_for_ratio(0, 0.5)


def test_the_worst_pair_is_bounded_by_the_extremes_of_all_pairs() -> None:
    shares = [Share(450, 900), Share(400, 900), Share(441, 900)]
    ratios = pairwise_ratios(shares, 0.95)
    assert worst_ratio(ratios) == (min(p.low for p in ratios), min(p.high for p in ratios))
    low, high = worst_ratio(ratios)
    assert low < 400 / 450 < high <= 1
    low, high = worst_difference(pairwise_differences(shares, 0.95))
    assert 0 <= low < 50 / 900 < high
    assert bonferroni(0.95, 3) == pytest.approx(1 - 0.05 / 3)
    with pytest.raises(ValueError, match="two groups"):
        pairwise_ratios(shares[:1], 0.95)


def test_coverage_of_the_ratio_interval_is_nominal() -> None:
    random = np.random.default_rng(7)
    for p1, n1, p2, n2 in ((0.24, 30, 0.30, 1000), (0.72, 30, 0.90, 1000), (0.4, 100, 0.5, 100)):
        x1, x2 = random.binomial(n1, p1, 4000), random.binomial(n2, p2, 4000)
        low, high = ratio_intervals(two_samples(x1, n1, x2, n2))
        covered = float(np.mean((low <= p1 / p2) & (p1 / p2 <= high)))
        assert 0.935 < covered < 0.968, (p1, n1, covered)


def test_the_worst_ratio_of_a_fair_model_is_covered_at_least_as_often_as_promised() -> None:
    random = np.random.default_rng(11)
    hits = 0
    for counts in random.binomial(200, 0.3, (300, 4)).tolist():
        pairs = pairwise_ratios([Share(count, 200) for count in counts], 0.9)
        hits += worst_ratio(pairs)[1] >= 1
    assert hits / 300 > 0.87
