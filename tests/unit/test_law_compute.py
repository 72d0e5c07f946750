"""The compute of a modification: exact, an interval, summed over successive jobs."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from ftgov.law.compute import cumulative, job_compute
from law_subjects import job
from law_support import MODEL, run, with_

TOKENS = st.integers(0, 10**15)
PARAMETERS = st.integers(1, 10**13)


def test_one_job_is_six_times_parameters_times_tokens() -> None:
    # C(2025) 7719, annex: 6 x P x D, error of at most 30 %
    found = job_compute(job(trained_tokens=200_000_000), 8_000_000_000)
    assert found
    assert (found.low, found.mid, found.high) == (
        "6720000000000000000",
        "9600000000000000000",
        "12480000000000000000",
    )


def test_without_tokens_or_parameters_nothing_is_guessed() -> None:
    assert job_compute(job(), 8_000_000_000) is None
    assert job_compute(job(trained_tokens=5), None) is None
    assert cumulative([]) is None


def test_a_job_that_lacks_figures_is_named() -> None:
    found = cumulative([], ["second"])
    assert found
    assert found.unknown == ("second",)


@given(st.lists(st.tuples(TOKENS, PARAMETERS), min_size=1, max_size=6))
def test_successive_jobs_add_up_and_a_further_one_never_lowers(
    made: list[tuple[int, int]],
) -> None:
    parts = [job_compute(job(f"j{n}", trained_tokens=t), p) for n, (t, p) in enumerate(made)]
    known = [part for part in parts if part]
    found, before = cumulative(known), cumulative(known[:-1])
    assert found
    exact = sum(Fraction(6 * tokens * parameters) for tokens, parameters in made)
    assert Fraction(found.low) <= exact * 7 / 10 <= exact <= Fraction(found.mid)
    assert exact * 13 / 10 <= Fraction(found.high)
    assert Fraction(found.high) - exact * 13 / 10 <= len(made) + 1
    if before:
        assert Fraction(before.low) <= Fraction(found.low)
        assert Fraction(before.high) <= Fraction(found.high)


def test_jobs_below_a_third_each_pass_it_together() -> None:
    # guidelines: successive modifications are looked at together
    one = job_compute(job(trained_tokens=4 * 10**11), 10**11)
    assert one
    single = cumulative([one])
    double = cumulative([one, one])
    assert single
    assert double
    for total, role in ((single, "none"), (double, "modifier_provider")):
        interval = {"low": total.low, "mid": total.mid, "high": total.high}
        facts = with_(MODEL, ai_system=False, eu_market_provider=True, base_flop="9.5e23")
        assert run(with_(facts, mod_flop=interval)).gpai_role == role
