"""The compute of a modification: exact, an interval, summed over successive jobs."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from ftgov.law.compute import cumulative
from ftgov.records.answer import JobCompute, UncountedJob
from law_support import MODEL, run, with_

FLOP = st.integers(0, 10**27)


def part(low: int, mid: int, high: int) -> JobCompute:
    return JobCompute(
        job="one", low=str(low), mid=str(mid), high=str(high), method="m", parameters=("1", "1")
    )


def test_without_a_job_there_is_no_modification() -> None:
    assert cumulative([]) is None


def test_a_job_that_lacks_figures_is_named_with_the_reason() -> None:
    lacking = UncountedJob(job="second", why="the job's trained tokens are not recorded")
    found = cumulative([part(1, 2, 3)], [lacking])
    assert found
    assert (found.low, found.unknown) == ("1", (lacking,))


@given(st.lists(st.tuples(FLOP, FLOP, FLOP).map(sorted), min_size=1, max_size=6))
def test_successive_jobs_add_up_exactly_and_a_further_one_never_lowers(
    made: list[list[int]],
) -> None:
    parts = [part(*ends) for ends in made]
    found, before = cumulative(parts), cumulative(parts[:-1])
    assert found
    for place, end in enumerate((found.low, found.mid, found.high)):
        assert int(end) == sum(ends[place] for ends in made)
    if before:
        assert Fraction(before.low) <= Fraction(found.low)
        assert Fraction(before.high) <= Fraction(found.high)


def test_jobs_below_a_third_each_pass_it_together() -> None:
    # guidelines: successive modifications are looked at together
    one = part(168 * 10**21, 240 * 10**21, 312 * 10**21)
    single, double = cumulative([one]), cumulative([one, one])
    assert single
    assert double
    for total, role in ((single, "none"), (double, "modifier_provider")):
        interval = {"low": total.low, "mid": total.mid, "high": total.high}
        facts = with_(MODEL, ai_system=False, eu_market_provider=True, base_flop="9.5e23")
        assert run(with_(facts, mod_flop=interval)).gpai_role == role
