"""Resampling of cell tables: equal in law to resampling rows, and never a false certainty."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests

from ftgov.statistics import bootstrap
from ftgov.statistics.multiplicity import holm, max_t
from ftgov.statistics.overall import overall_differences, overall_ratios, pairs_by_resampling
from ftgov.statistics.replicates import BCA, NORMAL, Jackknife, jackknife, replicate_interval
from ftgov.statistics.score import difference_intervals, ratio_intervals, two_samples
from ftgov.statistics.simultaneous import Share, bonferroni, worst_difference, worst_ratio

CELLS = np.array([300.0, 120.0, 80.0, 0.0, 400.0, 100.0])


def test_drawing_counts_is_drawing_rows() -> None:
    rows = np.repeat(np.arange(6), CELLS.astype(int))
    draw = np.random.default_rng(7)
    picked = draw.integers(0, len(rows), size=(1_500, len(rows)))
    by_rows = np.stack([np.bincount(rows[one], minlength=6) for one in picked])
    by_cells = bootstrap.multinomial_cells(CELLS, 1_500, seed=3)
    for cell in (0, 1, 2, 4, 5):
        assert stats.ks_2samp(by_rows[:, cell], by_cells[:, cell]).pvalue > 1e-3
    assert not by_cells[:, 3].any()
    assert (by_cells.sum(axis=1) == CELLS.sum()).all()


def test_a_seed_gives_its_numbers_whatever_the_batch() -> None:
    once = bootstrap.multinomial_cells(CELLS, 50, seed=1)
    again = np.concatenate(list(bootstrap.multinomial_batches(CELLS, 50, 1, batch=7)))
    assert np.array_equal(once, again)
    assert not np.array_equal(once, bootstrap.multinomial_cells(CELLS, 50, seed=2))


def test_weighted_cells_have_the_mean_and_the_variance_of_the_poisson_bootstrap() -> None:
    weights = np.random.default_rng(5).gamma(2.0, 3.0, size=40)
    w, w2 = np.array([weights.sum(), 0.0, 12.0]), np.array([(weights**2).sum(), 0.0, 36.0])
    draws = bootstrap.weighted_cells(w, w2, 40_000, seed=11)
    assert draws.mean(axis=0) == pytest.approx(w, rel=0.02)
    assert draws.var(axis=0) == pytest.approx(w2, rel=0.05)
    # Four rows of weight 3 each: three times a Poisson of mean 4, exactly.
    assert set(draws[:, 2] % 3) == {0.0}
    assert not draws[:, 1].any()


def test_clusters_are_drawn_whole_and_as_one_drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    cluster, cell = np.repeat(np.arange(30), 2), np.tile([0, 1], 30)
    asked = {"n_clusters": 30, "n_cells": 3, "resamples": 4_000, "seed": 9}
    draws = bootstrap.cluster_cells(cluster, cell, np.full(60, 5.0), **asked)
    assert np.array_equal(draws[:, 0], draws[:, 1])
    assert set(draws[:, 0] % 5) == {0.0}
    assert draws[:, 0].var() == pytest.approx(30 * 25, rel=0.1)
    assert not draws[:, 2].any()
    monkeypatch.setattr(bootstrap, "BATCH_VALUES", 1_000)
    again = bootstrap.cluster_cells(cluster, cell, np.full(60, 5.0), **asked)
    assert np.array_equal(draws, again)


@pytest.mark.parametrize("counts", [[1.5, 2.0], [-1.0, 3.0], [0.0, 0.0], [np.nan, 1.0]])
def test_what_cannot_be_drawn_is_refused(counts: list[float]) -> None:
    with pytest.raises(ValueError, match=r"rows|cells|row"):
        bootstrap.multinomial_cells(counts, 10, seed=0)


def test_weights_need_their_squares() -> None:
    with pytest.raises(ValueError, match="squares"):
        bootstrap.weighted_cells([1.0, 2.0], [1.0, 0.0], 10, seed=0)
    with pytest.raises(ValueError, match="cluster"):
        bootstrap.cluster_cells([], [], [], n_clusters=0, n_cells=1, resamples=5, seed=0)


def test_bca_equals_scipy_s_on_the_rows() -> None:
    rows = np.random.default_rng(4).exponential(size=60).round(1)
    values, counts = np.unique(rows, return_counts=True)

    def log_mean(tables: np.ndarray) -> np.ndarray:
        return np.asarray(np.log(tables @ values / tables.sum(axis=1)) ** 3)

    draws = log_mean(bootstrap.multinomial_cells(counts, 20_000, seed=2))
    point = log_mean(counts[np.newaxis, :].astype(float))[0]
    ours = replicate_interval(point, draws, 0.95, jackknife(counts, log_mean))
    theirs = stats.bootstrap(
        (rows,),
        lambda sample, axis: np.log(sample.mean(axis=axis)) ** 3,
        n_resamples=20_000,
        rng=1,
        vectorized=True,
    ).confidence_interval
    width = theirs.high - theirs.low
    assert ours.method == BCA
    assert float(ours.low) == pytest.approx(theirs.low, abs=0.03 * width)
    assert float(ours.high) == pytest.approx(theirs.high, abs=0.03 * width)


def test_bca_covers_f1_of_small_groups() -> None:
    hit, of = np.array([2.0, 0, 0, 0]), np.array([2.0, 1, 1, 0])  # tp, fp, fn, tn
    chances, truth = (0.25, 0.1, 0.15, 0.5), 0.5 / 0.75

    def f1(tables: np.ndarray) -> np.ndarray:
        return np.asarray((tables @ hit) / (tables @ of))

    held = 0
    for seed, counts in enumerate(np.random.default_rng(3).multinomial(60, chances, size=300)):
        draws = f1(bootstrap.multinomial_cells(counts, 1_000, seed))
        point = f1(counts[np.newaxis, :].astype(float))[0]
        found = replicate_interval(point, draws, 0.95, jackknife(counts, f1))
        held += bool(found.low <= truth <= found.high)
    assert 0.92 <= held / 300 <= 0.985


def test_resamples_that_say_nothing_give_no_interval() -> None:
    draws = np.stack([np.full(200, 0.4), np.where(np.arange(200) % 5, 0.3, np.nan)], axis=1)
    draws = np.column_stack([draws, np.linspace(0, 1, 200)])
    found = replicate_interval([0.4, 0.3, 0.5], draws)
    assert np.isnan(found.low).tolist() == [True, True, False]
    assert found.method == NORMAL
    leave_one = Jackknife(np.array([[0.4, 0.3, 0.5]]), np.array([9.0]))
    assert np.isnan(replicate_interval([0.4, 0.3, 0.5], draws, 0.9, leave_one).low)[0]
    low, high, _ = max_t([0.4, 0.3, 0.5], draws)
    assert np.isnan(low).tolist() == np.isnan(high).tolist() == [True, True, False]
    assert worst_difference(pairs_by_resampling([0.4, 0.3, 0.5], draws, 0.95, ratios=False)) == (
        pytest.approx((np.nan, np.nan), nan_ok=True)
    )


def test_max_t_is_narrower_than_bonferroni_and_wider_than_one() -> None:
    draws = np.random.default_rng(1).normal(size=(8_000, 10))
    independent = max_t(np.zeros(10), draws)
    alike = max_t(np.zeros(10), np.repeat(draws[:, :1], 10, axis=1))
    # 1.96 for one figure, 2.80 for ten independent ones: quantile(1 - .5 (1 - .95^(1/10))).
    assert alike.critical == pytest.approx(1.96, abs=0.06)
    assert independent.critical == pytest.approx(2.80, abs=0.06)


def test_pairs_by_resampling_agree_with_score_intervals_of_large_groups() -> None:
    shares = [Share(900, 3_000), Share(1_050, 3_000), Share(1_500, 5_000)]
    cells = np.array([count for x, n in shares for count in (x, n - x)])
    draws = bootstrap.multinomial_cells(cells, 4_000, seed=8)
    rates = draws[:, ::2] / (draws[:, ::2] + draws[:, 1::2])
    points = [x / n for x, n in shares]
    samples = two_samples([900, 900, 1_050], [3_000] * 3, [1_050, 1_500, 1_500], [3e3, 5e3, 5e3])
    for ratios in (False, True):
        pairs = pairs_by_resampling(points, rates, 0.95, ratios=ratios)
        invert = ratio_intervals if ratios else difference_intervals
        low, high = invert(samples, bonferroni(0.95, 3))
        if ratios:
            low, high = np.minimum(low, 1 / high), np.where(low <= 1, 1.0, 0.0)
            assert [pair.low for pair in pairs] == pytest.approx(low, abs=0.02)
            assert 0 < worst_ratio(pairs)[0] < points[0] / points[1] < worst_ratio(pairs)[1] <= 1
        else:
            assert [pair.low for pair in pairs] == pytest.approx(low, abs=0.006)
            assert [pair.high for pair in pairs] == pytest.approx(high, abs=0.006)


def test_above_the_bound_pairs_are_by_bonferroni(monkeypatch: pytest.MonkeyPatch) -> None:
    draws = np.random.default_rng(6).normal(0.5, 0.01, size=(500, 4))
    narrow = pairs_by_resampling([0.5] * 4, draws, 0.95, ratios=False)
    monkeypatch.setattr("ftgov.statistics.overall._MOST_VALUES", 10)
    wide = pairs_by_resampling([0.5] * 4, draws, 0.95, ratios=False)
    assert [pair[:2] for pair in wide] == [pair[:2] for pair in narrow]
    assert [pair.high for pair in wide] == pytest.approx([pair.high for pair in narrow], rel=0.2)
    # z of 1 - .05/6 two-sided is 2.638.
    error = (draws[:, 0] - draws[:, 1]).std(ddof=1)
    assert wide[0].high == pytest.approx(2.638 * error, rel=1e-3)


def test_a_group_against_everyone_is_a_group_against_the_rest() -> None:
    shares = [Share(30, 100), Share(80, 200), Share(20, 50)]
    low, high = overall_differences(shares, 0.95)
    point = np.array([0.3, 0.4, 0.4]) - 130 / 350
    assert (low < point).all()
    assert (point < high).all()
    against = difference_intervals(two_samples(30, 100, 100, 250), bonferroni(0.95, 3))
    assert low[0] == pytest.approx(float(against[0]) * 250 / 350)
    low, high = overall_ratios(shares, 0.95)
    ratio = np.array([0.3, 0.4, 0.4]) / (130 / 350)
    assert (low < ratio).all()
    assert (ratio < high).all()
    # A group that holds 2/7 of the rows and every hit has 7/2 of the overall rate, at most.
    assert overall_ratios([Share(10, 100), Share(0, 250)], 0.95)[1][0] == pytest.approx(3.5)
    with pytest.raises(ValueError, match="two groups"):
        overall_differences(shares[:1], 0.95)


def test_holm_of_his_paper_s_form_and_undefined_tests_apart() -> None:
    # By hand: 4 x .005, 3 x .01, then not below it: 2 x .02, 1 x .04.
    assert holm([0.01, 0.04, 0.005, 0.02]).tolist() == pytest.approx([0.03, 0.04, 0.02, 0.04])
    found = holm([np.nan, 0.01, 0.6, 0.6])
    assert np.isnan(found[0])
    assert found[1:].tolist() == pytest.approx([0.03, 1.0, 1.0])
    with pytest.raises(ValueError, match="p-value"):
        holm([1.2])


def test_holm_agrees_with_statsmodels() -> None:
    draw = np.random.default_rng(13)
    for count in range(1, 30):
        p = draw.random(count).round(2)  # with ties
        assert holm(p) == pytest.approx(multipletests(p, method="holm")[1])
