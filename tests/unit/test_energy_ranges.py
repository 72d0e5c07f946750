"""Ranges of draws: the points are numpy's, to the last bit."""

from __future__ import annotations

import numpy as np
import pytest

from ftgov.energy.ranges import of


def test_a_draw_that_is_no_number_leaves_no_range() -> None:
    samples = np.append(np.arange(999.0), np.nan)
    assert np.isnan(of(samples)).all()
    assert np.isnan(np.percentile(samples, (5, 50, 95))).all()


@pytest.mark.parametrize("draws", [1, 2, 3, 7, 19, 20, 21, 41, 4_000, 20_000])
def test_the_points_are_those_of_numpy(draws: int) -> None:
    chance = np.random.default_rng(draws)
    for scale in (1e-9, 1.0, 3e24):
        for samples in (chance.lognormal(0, 2, draws) * scale, chance.normal(0, scale, draws)):
            kept = samples.copy()
            assert tuple(of(samples)) == tuple(map(float, np.percentile(samples, (5, 50, 95))))
            assert (samples == kept).all()
