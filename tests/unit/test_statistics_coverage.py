"""Whether the intervals cover as often as they promise: a short form here, the whole one `long`."""

from __future__ import annotations

import importlib.util
import sys
from itertools import product
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from ftgov.statistics.normal import two_sided_z
from ftgov.statistics.score import (
    difference_intervals,
    difference_score,
    ratio_intervals,
    ratio_score,
    two_samples,
)

PLACE = Path(__file__).parents[2] / "benchmarks" / "coverage.py"


@pytest.fixture(scope="module")
def study() -> ModuleType:
    spec = importlib.util.spec_from_file_location("coverage_study", PLACE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_wilson_covers_at_every_size(study: ModuleType) -> None:
    lines = study.one_share(study.SIZES)
    assert [line.what for line in lines if not line.holds] == []
    assert len(lines) == 2 * len(study.SIZES)


def test_score_intervals_cover_where_groups_differ_by_a_factor_of_two(study: ModuleType) -> None:
    lines = study.two_shares((30, 50, 200), study.near(0.2), "near")
    assert [line.what for line in lines if not line.holds] == []
    assert len(lines) == 18


def test_the_one_weak_spot_is_where_the_documentation_says(study: ModuleType) -> None:
    # Equal samples of 50, rates .1 and .9: the interval is Miettinen and Nurminen's all the same.
    weak = study.two_sample_coverage((50, 50), (0.1, 0.9), "difference", corrected=True)
    assert 0.935 < weak < 0.94


@pytest.mark.parametrize("corrected", [True, False])
def test_an_interval_covers_what_its_test_accepts(corrected: bool) -> None:
    x1, x2 = (np.array(part) for part in zip(*product(range(31), range(21)), strict=True))
    counts, z = two_samples(x1, 30, x2, 20), two_sided_z(0.95)
    for d in (-0.35, 0.0, 0.2, 0.61):
        low, high = difference_intervals(counts, corrected=corrected)
        accepted = np.abs(difference_score(counts, np.full(x1.size, d), corrected=corrected)) <= z
        assert ((low <= d) & (d <= high)).tolist() == accepted.tolist()
    for ratio in (0.5, 0.8, 1.0, 2.3):
        low, high = ratio_intervals(counts, corrected=corrected)
        accepted = np.abs(ratio_score(counts, np.full(x1.size, ratio), corrected=corrected)) <= z
        assert ((low <= ratio) & (ratio <= high)).tolist() == accepted.tolist()


def test_twenty_groups_are_covered_at_once(study: ModuleType) -> None:
    assert [line.what for line in study.simultaneous(150) if not line.holds] == []


def test_fair_models_are_not_failed_and_unfair_ones_are(study: ModuleType) -> None:
    lines = study.verdicts(60)
    assert [line.what for line in lines if line.asked and not line.holds] == []
    naive = [line.found for line in lines if "point four fifths" in line.what]
    assert max(naive) > 0.9


def test_clusters_and_weights_are_covered_where_rows_are_not(study: ModuleType) -> None:
    lines = [*study.clusters(120, resamples=250), *study.weights(150)]
    by_rows = [line.found for line in lines if not line.asked]
    # Loose by the noise of so few audits; the long study asks for .93.
    assert min(line.found for line in lines if line.asked) > 0.9
    assert max(by_rows) < 0.9


@pytest.mark.long
def test_the_whole_study_holds_but_for_the_spot_that_is_documented(study: ModuleType) -> None:
    lines = study.study(quick=False)
    missed = [line for line in lines if line.asked and not line.holds]
    assert [line.what for line in missed] == [
        "MN difference, all rates .1 to .9, n = 50, least (beside 50, at 0.1 and 0.9)"
    ]
    assert missed[0].found > 0.936
