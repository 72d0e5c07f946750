"""Strata, pairs, means, equivalence, shrinkage and missing attributes, held against oracles."""

from __future__ import annotations

import itertools
import math
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.contingency_tables import StratifiedTable

from ftgov.errors import MissingExtra
from ftgov.statistics.bootstrap import cluster_cells
from ftgov.statistics.design import cluster_covariance, effective_n, weighted_variance
from ftgov.statistics.equivalence import equivalence_p
from ftgov.statistics.means import Sums, mean_difference_interval, mean_interval
from ftgov.statistics.missing_attribute import difference_bounds, ratio_bounds
from ftgov.statistics.paired import PairedCounts
from ftgov.statistics.paired_score import mcnemar_p, paired_score, tango
from ftgov.statistics.proportions import wilson, wilson_many
from ftgov.statistics.sample_size import n_for_difference, n_from_error
from ftgov.statistics.score import difference_intervals, equality_p, ratio_intervals, two_samples
from ftgov.statistics.shrinkage import LABEL, largest_difference, shrunken
from ftgov.statistics.simultaneous import Share
from ftgov.statistics.strata import common_difference, stratified

COUNTS = st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(st.lists(COUNTS, min_size=1, max_size=8), st.sampled_from((0.9, 0.95, 0.9999)))
@settings(max_examples=60, deadline=None)
def test_many_wilson_intervals_are_the_single_ones(
    shares: list[tuple[int, int]], level: float
) -> None:
    low, high = wilson_many([x for x, _ in shares], [n for _, n in shares], level)
    assert list(zip(low.tolist(), high.tolist(), strict=True)) == [
        wilson(x, n, level) for x, n in shares
    ]
    assert np.isnan(wilson_many([0], [0])).all()
    with pytest.raises(ValueError, match="outside"):
        wilson_many([3], [2])


@given(COUNTS, COUNTS)
@settings(max_examples=60, deadline=None)
def test_the_test_of_equality_is_pearson_s(one: tuple[int, int], other: tuple[int, int]) -> None:
    found = float(equality_p(two_samples(*one, *other), corrected=False))
    table = [[one[0], one[1] - one[0]], [other[0], other[1] - other[0]]]
    if 0 in np.sum(table, axis=0):
        assert found == 1
    else:
        assert found == pytest.approx(stats.chi2_contingency(table, correction=False).pvalue)


STRATA = np.array([[[10, 20], [15, 30]], [[5, 12], [7, 3]], [[40, 60], [33, 21]], [[0, 4], [0, 9]]])


def test_strata_agree_with_statsmodels_and_count_the_silent_ones() -> None:
    found = stratified(STRATA)
    oracle = StratifiedTable([table.astype(float) for table in STRATA[:3]])
    assert found.odds_ratio == pytest.approx(oracle.oddsratio_pooled)
    assert (found.low, found.high) == pytest.approx(oracle.oddsratio_pooled_confint(0.05))
    assert found.p_association == pytest.approx(oracle.test_null_odds(correction=False).pvalue)
    assert found.p_homogeneity == pytest.approx(oracle.test_equal_odds(adjust=True).pvalue)
    assert (found.informing, found.strata) == (3, 4)


def test_a_paradox_is_seen_within_strata() -> None:
    # Two departments, equal rates within each; the groups apply to them in different numbers.
    tables = np.array([[[80, 20], [16, 4]], [[4, 16], [20, 80]]])
    pooled = tables.sum(axis=0)
    assert pooled[0, 0] / pooled[0].sum() == pytest.approx(0.7)
    assert pooled[1, 0] / pooled[1].sum() == pytest.approx(0.3)
    found = stratified(tables)
    assert found.odds_ratio == pytest.approx(1)
    assert found.p_association == pytest.approx(1)
    value, low, high = common_difference(tables)
    assert value == pytest.approx(0, abs=1e-12)
    assert low < 0 < high


def test_the_common_difference_of_one_stratum_is_its_own() -> None:
    value, low, high = common_difference([[[56, 14], [48, 32]]])
    assert value == pytest.approx(0.2)
    assert (low, high) == pytest.approx((0.0575, 0.3425), abs=1e-3)  # Wald's, for one stratum
    assert all(map(math.isnan, common_difference([[[0, 0], [1, 2]]])))
    assert stratified([[[0, 0], [1, 2]]]).informing == 0
    with pytest.raises(ValueError, match="tables"):
        stratified([[1, 2], [3, 4]])


@given(st.tuples(*[st.integers(0, 40)] * 4).filter(lambda c: sum(c) > 0), st.floats(-0.9, 0.9))
@settings(max_examples=60, deadline=None)
def test_tango_s_closed_form_is_the_likelihood_s_maximum(
    cells: tuple[int, int, int, int], d: float
) -> None:
    counts = PairedCounts(*cells)
    grid = np.linspace(max(0.0, -d), (1 - d) / 2, 40_001)
    parts = ((counts.first_only, grid + d), (counts.second_only, grid))
    rest = (counts.both + counts.neither, 1 - d - 2 * grid)
    with np.errstate(divide="ignore", invalid="ignore"):
        fit = sum(np.where(k > 0, k * np.log(np.maximum(p, 0)), 0.0) for k, p in (*parts, rest))
    q = grid[int(np.argmax(fit))]
    variance = counts.n * (2 * q + d * (1 - d))
    distance = counts.first_only - counts.second_only - counts.n * d
    if variance > 1e-3 * counts.n:
        score = float(paired_score(counts, d))
        assert score == pytest.approx(distance / math.sqrt(variance), rel=1e-2, abs=1e-2)


@given(st.tuples(*[st.integers(0, 60)] * 4).filter(lambda c: sum(c) > 0))
@settings(max_examples=60, deadline=None)
def test_tango_excludes_0_when_mcnemar_rejects(cells: tuple[int, int, int, int]) -> None:
    counts = PairedCounts(*cells)
    b, c = counts.first_only, counts.second_only
    low, high = tango(counts)
    point = (b - c) / counts.n
    assert -1 <= low <= point + 1e-9
    assert point - 1e-9 <= high <= 1
    statistic = (b - c) ** 2 / (b + c) if b + c else 0.0
    if abs(statistic - 3.8415) > 0.01:
        assert (low > 1e-9 or high < -1e-9) == (statistic > 3.8415)
    turned = tango(counts._replace(first_only=c, second_only=b))
    assert turned == pytest.approx((-high, -low), abs=1e-9)


def test_mcnemar_is_the_binomial_test_and_its_middle() -> None:
    counts = PairedCounts(50, 12, 4, 34)
    exact = mcnemar_p(counts, mid=False)
    assert exact == pytest.approx(stats.binomtest(4, 16).pvalue)
    assert mcnemar_p(counts) == pytest.approx(exact - stats.binom.pmf(4, 16, 0.5))
    assert mcnemar_p(PairedCounts(5, 0, 0, 5)) == 1
    assert mcnemar_p(PairedCounts(0, 5, 5, 0), mid=False) == 1
    assert 0 <= mcnemar_p(PairedCounts(0, 9_000, 8_000, 0)) < 1e-10
    with pytest.raises(ValueError, match="whole"):
        mcnemar_p(PairedCounts(1, 0.5, 1, 1))


def test_means_agree_with_scipy() -> None:
    draw = np.random.default_rng(3)
    one, other = draw.normal(1, 2, size=30), draw.normal(0, 1, size=12)
    sums, others = (Sums(len(x), x.sum(), (x**2).sum()) for x in (one, other))
    t = stats.ttest_1samp(one, 0).confidence_interval()
    assert [float(end) for end in mean_interval(sums)] == pytest.approx([t.low, t.high])
    welch = stats.ttest_ind(one, other, equal_var=False).confidence_interval()
    found = [float(end) for end in mean_difference_interval(sums, others)]
    assert found == pytest.approx([welch.low, welch.high])
    assert np.isnan(mean_interval(Sums([0, 1], [0, 3], [0, 9]))).all()
    assert np.isnan(mean_difference_interval(sums, Sums(1, 1, 1))).all()


@given(COUNTS, COUNTS, st.sampled_from((0.05, 0.1, 0.3)))
@settings(max_examples=50, deadline=None)
def test_equivalence_agrees_with_the_interval_of_twice_alpha(
    one: tuple[int, int], other: tuple[int, int], margin: float
) -> None:
    counts = two_samples(*one, *other)
    low, high = (float(end) for end in difference_intervals(counts, 0.9))
    p = float(equivalence_p(counts, margin, "difference"))
    if min(abs(abs(low) - margin), abs(abs(high) - margin)) > 1e-6:
        assert (p < 0.05) == (-margin < low and high < margin)
    low, high = (float(end) for end in ratio_intervals(counts, 0.9))
    p = float(equivalence_p(counts, 1 - margin, "ratio"))
    if min(abs(low - 1 + margin), abs(high - 1 / (1 - margin))) > 1e-6:
        assert (p < 0.05) == (1 - margin < low and high < 1 / (1 - margin))


def test_alike_is_shown_by_many_rows_only() -> None:
    few, many = (two_samples(0.3 * n, n, 0.3 * n, n) for n in (50, 5_000))
    assert equivalence_p(few, 0.05, "difference") > 0.2
    assert equivalence_p(many, 0.05, "difference") < 0.001
    with pytest.raises(ValueError, match="margin"):
        equivalence_p(few, 1.25, "ratio")


def test_shrinkage_halves_the_error_and_its_difference_is_not_understated() -> None:
    draw = np.random.default_rng(12)
    truth = draw.beta(12, 28, size=200)
    n = draw.integers(5, 200, size=200)
    x = draw.binomial(n, truth)
    found = shrunken(x, n)
    raw_error = np.sqrt(((x / n - truth) ** 2).mean())
    assert np.sqrt(((found.rates - truth) ** 2).mean()) < 0.75 * raw_error
    assert ((found.low <= truth) & (truth <= found.high)).mean() > 0.9
    assert found.alpha / (found.alpha + found.beta) == pytest.approx(0.3, abs=0.02)
    low, high = largest_difference(x, n, (found.alpha, found.beta), seed=1)
    assert low < truth.max() - truth.min() < high
    assert found.label == LABEL
    assert np.ptp(found.rates) < truth.max() - truth.min()


def test_shrinkage_fits_what_scipy_s_likelihood_prefers() -> None:
    x, n = np.array([2, 9, 14, 30, 1]), np.array([20, 30, 60, 70, 9])
    found = shrunken(x, n)

    def fit(a: float, b: float) -> float:
        return float(stats.betabinom.logpmf(x, n, a, b).sum())

    best = fit(found.alpha, found.beta)
    for a, b in itertools.product((0.9, 1, 1.1), (0.9, 1, 1.1)):
        assert fit(found.alpha * a, found.beta * b) <= best + 1e-6
    with pytest.raises(ValueError, match="three groups"):
        shrunken([1, 2], [5, 5])


GROUPS = st.lists(
    st.integers(1, 6).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    min_size=2,
    max_size=3,
)


@given(GROUPS, st.integers(0, 3), st.integers(0, 3))
@settings(max_examples=60, deadline=None)
def test_no_way_to_give_out_unknown_rows_leaves_the_bounds(
    groups: list[tuple[int, int]], hits: int, misses: int
) -> None:
    known = [Share(*group) for group in groups]
    differences, ratios = [], []
    for to_hits in itertools.product(range(len(groups)), repeat=hits):
        for to_misses in itertools.product(range(len(groups)), repeat=misses):
            rates = [
                (x + to_hits.count(g)) / (n + to_hits.count(g) + to_misses.count(g))
                for g, (x, n) in enumerate(groups)
            ]
            differences.append(max(rates) - min(rates))
            ratios.append(min(rates) / max(rates) if max(rates) else 1.0)
    low, high = difference_bounds(known, Share(hits, hits + misses))
    assert low <= min(differences) + 1e-9
    assert high == pytest.approx(max(differences))
    low, high = ratio_bounds(known, Share(hits, hits + misses))
    assert low <= min(ratios) + 1e-9
    assert high >= max(ratios) - 1e-9


def test_no_unknown_row_leaves_the_figure_itself_and_many_leave_nothing() -> None:
    known = [Share(30, 100), Share(20, 100)]
    assert difference_bounds(known, Share(0, 0)) == pytest.approx((0.1, 0.1))
    assert ratio_bounds(known, Share(0, 0)) == pytest.approx((2 / 3, 2 / 3))
    low, high = difference_bounds(known, Share(500, 1_000))
    assert low == 0
    assert high > 0.7
    with pytest.raises(ValueError, match="without rows"):
        difference_bounds([Share(0, 0), Share(1, 2)], Share(0, 0))


def test_weights_and_clusters_make_rows_worth_less() -> None:
    draw = np.random.default_rng(2)
    w, y = draw.gamma(1, 2, size=500), draw.random(500) < 0.4
    share = (w * y).sum() / w.sum()
    direct = (w**2 * (y - share) ** 2).sum() / w.sum() ** 2
    sums = [(w * keep).sum() for keep in (y, ~y)] + [(w**2 * keep).sum() for keep in (y, ~y)]
    assert float(weighted_variance(*sums)) == pytest.approx(direct)
    assert float(weighted_variance(30, 70, 30, 70)) == pytest.approx(0.3 * 0.7 / 100)
    assert np.isnan(weighted_variance(0, 0, 0, 0))
    assert float(effective_n(0.3, 0.3 * 0.7 / 100, 100)) == pytest.approx(100)
    assert effective_n([0.0, 0.3], [0.0, np.nan], [40, 40]).tolist() == [40, 40]
    few = float(effective_n(0.3, 0.0021, 100, 4))
    assert few == pytest.approx(100 * (1.959964 / 2.776445) ** 2, rel=1e-5)
    assert effective_n(0.3, 0.0021, 100, 0) == 0


def test_the_covariance_over_clusters_is_the_one_written_out() -> None:
    draw = np.random.default_rng(8)
    clusters, groups = np.repeat(np.arange(40), 6), np.tile([0, 1, 2], 80)
    hit = (draw.random(240) < np.repeat(draw.beta(2, 3, size=40), 6)).astype(float)
    asked = {"n_groups": 4, "n_clusters": 40}
    found = cluster_covariance(clusters, groups, hit, np.ones(240), **asked)
    influence = np.zeros((40, 3))
    for g in range(3):
        mine = groups == g
        for c in range(40):
            rows = mine & (clusters == c)
            influence[c, g] = (hit[rows] - hit[mine].mean()).sum() / mine.sum()
    assert found[:3, :3] == pytest.approx(influence.T @ influence * 40 / 39)
    assert np.isnan(found[3]).all()
    shuffled = draw.permutation(240)
    again = cluster_covariance(
        clusters[shuffled], groups[shuffled], hit[shuffled], np.ones(240), **asked
    )
    assert again[:3, :3] == pytest.approx(found[:3, :3])
    one = cluster_covariance([0, 0], [0, 1], [1, 0], [2, 2], n_groups=2, n_clusters=1)
    assert np.isnan(one).all()


def test_rows_needed_for_a_difference_and_for_a_composite() -> None:
    # By hand: 2.80159^2 (.21 + .24) / .05^2 = 1412.8 for .3 - .4 against -.05.
    assert n_for_difference(0.3, 0.4, limit=-0.05) == 1413
    assert n_for_difference(0.3, 0.4, limit=-0.1) is None
    # 400 rows give an error of .02; at a distance of .1 it takes 400 (2.80159 x .02 / .1)^2.
    assert n_from_error(400, 0.02, 0.1) == 126
    assert n_from_error(400, 0.02, 0.0) is None
    with pytest.raises(ValueError, match="limit"):
        n_for_difference(0.3, 0.4, limit=2)
    with pytest.raises(ValueError, match="finite"):
        n_from_error(0, 0.1, 0.1)


def test_what_needs_scipy_names_the_extra_and_the_core_needs_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("scipy", "scipy.special", "scipy.sparse"):
        monkeypatch.setitem(sys.modules, name, None)
    for call in (
        lambda: mean_interval(Sums(5, 3, 9)),
        lambda: shrunken([1, 2, 3], [5, 5, 5]),
        lambda: cluster_cells([0], [0], [1], n_clusters=1, n_cells=1, resamples=2, seed=0),
    ):
        with pytest.raises(MissingExtra, match="fairness"):
            call()
    assert tango(PairedCounts(3, 2, 1, 4))[0] < 0.1
    assert float(equality_p(two_samples(3, 9, 5, 9))) < 1
