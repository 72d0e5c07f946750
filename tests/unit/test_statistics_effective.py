"""What clustered rows are worth, how many it takes to decide, and curves made short."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftgov.records.finding import Point
from ftgov.statistics.effective import clusters
from ftgov.statistics.paired import PairedCounts, newcombe_paired
from ftgov.statistics.proportions import wilson
from ftgov.statistics.sample_size import n_for_paired_change, n_for_share
from ftgov.statistics.thinning import thinned


def test_one_large_case_makes_all_rows_worth_one() -> None:
    assert clusters([900] + [1] * 100) == (1_000, 101, 1)
    assert clusters([3] * 40) == (120, 40, 40)
    assert clusters([2, 1]) == (3, 2, 1)
    assert clusters([]) == (0, 0, 0)
    with pytest.raises(ValueError, match="at least one row"):
        clusters([1, 0])


@given(st.lists(st.integers(1, 50), min_size=1, max_size=40))
def test_the_effective_n_never_exceeds_the_cases(sizes: list[int]) -> None:
    found = clusters(sizes)
    assert 1 <= found.effective <= found.cases <= found.rows
    assert (found.effective == found.cases) or len(set(sizes)) > 1


@pytest.mark.parametrize(("limit", "level", "n"), [(0.02, 0.95, 189), (0.05, 0.95, 73)])
def test_so_many_probes_without_a_hit_bring_the_upper_end_to_the_limit(
    limit: float, level: float, n: int
) -> None:
    assert n_for_share(0, limit=limit, alpha=(1 - level) / 2) == n
    assert wilson(0, n, level)[1] <= limit < wilson(0, n - 1, level)[1]


def test_a_share_on_its_limit_is_never_decided_and_one_apart_takes_power_into_account() -> None:
    assert n_for_share(0.02, limit=0.02) is None
    # By hand: (1.95996 * .4 + .84162 * .45826)^2 / .01 = 136.7.
    assert n_for_share(0.3, limit=0.2) == 137
    with pytest.raises(ValueError, match="limit"):
        n_for_share(0.1, limit=0)


def test_a_paired_change_takes_what_its_interval_takes_and_more_for_power() -> None:
    same = PairedCounts(54, 0, 0, 0)
    needed = n_for_paired_change(same, limit=-0.05)
    assert needed == 73
    assert newcombe_paired(same.scaled(73))[0] > -0.05 > newcombe_paired(same.scaled(72))[0]
    # By hand: 2.80159^2 (.2 - .0025) / .08^2 = 242.2 at a change of .05 against -.03.
    assert n_for_paired_change(PairedCounts(60, 12.5, 7.5, 20), limit=-0.03) == 243
    assert n_for_paired_change(PairedCounts(0, 0, 3, 97), limit=-0.03) is None
    with pytest.raises(ValueError, match="0 items"):
        n_for_paired_change(PairedCounts(0, 0, 0, 0), limit=-0.03)


@given(
    st.tuples(*[st.integers(0, 60)] * 4).filter(any), st.sampled_from([-0.05, -0.03]), st.booleans()
)
@settings(max_examples=60)
def test_at_the_n_needed_the_interval_excludes_the_limit(
    cells: tuple[int, int, int, int], limit: float, strict: bool
) -> None:
    counts, level = PairedCounts(*cells), 0.99 if strict else 0.95
    needed = n_for_paired_change(counts, limit=limit, level=level)
    if needed is None:
        assert (counts.first_only - counts.second_only) / counts.n == pytest.approx(limit, abs=1e-4)
    else:
        low, high = newcombe_paired(counts.scaled(needed), level)
        assert low > limit or high < limit


@given(
    st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=300),
    st.integers(4, 60),
)
@settings(max_examples=80)
def test_a_shortened_curve_keeps_its_ends_and_its_minimum(values: list[float], most: int) -> None:
    line = tuple(Point(step=step, value=value) for step, value in enumerate(values))
    kept = thinned(line, most)
    assert len(kept) <= most
    assert [kept[0], kept[-1]] == [line[0], line[-1]]
    lowest = min(line, key=lambda point: point.value)
    assert lowest in kept
    assert [point.step for point in kept] == sorted({point.step for point in kept})
    assert len(line) > most or kept == line
