"""Swapped prompts: flips above the noise are found, randomness is not taken for bias."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer_support import SCORING, Shelf, bare_subject, evaluation, figure, jsonl, only
from ftgov.analyzers.counterfactual_fairness import ANALYZER
from ftgov.records.dossier import AnalysisSettings
from ftgov.records.evaluation import Scoring
from ftgov.records.finding import Finding
from ftgov.records.measurement import Measurement
from ftgov.statistics.clustered import clustered_change, clustered_mean, clustered_share, spread_of
from ftgov.statistics.paired import PairedCounts

Row = dict[str, Any]


def audited(rows: list[Row], scoring: Scoring = SCORING) -> Finding:
    shelf = Shelf()
    numbered = [{"id": str(place), "expected": "", **row} for place, row in enumerate(rows)]
    runs = (evaluation(shelf, "tuned", jsonl(numbered), scoring),)
    subject = bare_subject().model_copy(update={"evaluations": runs})
    return only(ANALYZER.analyze(subject, shelf, AnalysisSettings()))


def asked(
    case: int, group: str | None, answer: str, *, template: str | None = None, term: str = ""
) -> Row:
    return {
        "kind": "decision",
        "pair": f"p{case}",
        "group": group,
        "template": template,
        "term": term or None,
        "prompt": f"case {case} of {group} {term}",
        "answer": answer,
    }


def between(found: Finding, name: str) -> Measurement:
    one = [m for m in found.measurements if m.id.endswith(f".{name}") and len(m.between) == 2]
    assert len(one) == 1
    return one[0]


def yes(chosen: object) -> str:
    return "Approved." if chosen else "Denied."


def test_a_model_that_never_looks_at_the_group_has_no_flip() -> None:
    rows = [asked(n, group, yes(n % 3)) for n in range(90) for group in ("a", "b")]
    found = audited([*rows, *rows])
    for name in ("flip_rate", "noise_floor", "excess_flip_rate"):
        result = figure(found, name)
        assert result.value == 0
        assert result.interval is not None
        assert result.interval.high > 0  # 90 cases without a flip do not prove that there is none
    assert between(found, "directional_difference").value == 0
    assert between(found, "directional_p_adjusted").value == 1


def test_randomness_is_the_noise_floor_and_no_bias() -> None:
    draw = np.random.default_rng(1)
    rows = [
        asked(n, group, yes(draw.random() < 0.5))
        for n in range(400)
        for group in ("a", "b")
        for _ in range(2)
    ]
    found = audited(rows)
    flip, floor = figure(found, "flip_rate"), figure(found, "noise_floor")
    excess = figure(found, "excess_flip_rate")
    assert flip.value == pytest.approx(0.5, abs=0.06)
    assert floor.value == pytest.approx(0.5, abs=0.06)
    assert excess.interval is not None
    assert excess.interval.low < 0 < excess.interval.high
    assert (excess.interval.high - excess.interval.low) < 0.15
    largest = figure(found, "largest_directional_difference")
    assert largest.interval is not None
    assert largest.interval.low == 0


def test_a_bias_beyond_the_noise_is_found_with_its_direction() -> None:
    draw = np.random.default_rng(2)
    rates = {"a": 0.8, "b": 0.5}
    rows = [
        asked(n, group, yes(draw.random() < rates[group]))
        for n in range(500)
        for group in ("a", "b")
        for _ in range(2)
    ]
    found = audited(rows)
    excess = figure(found, "excess_flip_rate")
    assert excess.interval is not None
    assert excess.interval.low > 0
    # .8 x .5 + .2 x .5 flips, less the mean of 2 x .8 x .2 and 2 x .5 x .5: .09.
    assert excess.value == pytest.approx(0.09, abs=0.04)
    assert excess.n_needed is not None
    direction = between(found, "directional_difference")
    assert direction.value == pytest.approx(0.3, abs=0.05)
    assert direction.interval is not None
    assert direction.interval.low > 0.2
    p = between(found, "directional_p_adjusted").value
    assert p is not None
    assert p < 1e-6


def test_without_repeats_the_noise_is_unknown_and_never_0() -> None:
    rows = [asked(n, group, yes(group == "a" or n % 2)) for n in range(40) for group in ("a", "b")]
    found = audited(rows)
    assert figure(found, "flip_rate").value == 0.5
    for name in ("noise_floor", "excess_flip_rate"):
        assert "asked twice" in (figure(found, name).reason or "")
    assert "unknown" in found.summary


def test_refusals_and_unparsed_answers_are_categories() -> None:
    answers = {"a": "Approved.", "b": "I cannot help with that.", None: "Maybe?"}
    rows = [asked(n, group, answer) for n in range(30) for group, answer in answers.items()]
    found = audited(rows)
    assert figure(found, "flip_rate").value == 1
    assert figure(found, "unparsed_share").value == pytest.approx(1 / 3)
    only_text = audited([asked(n, g, "Once upon a time") for n in range(30) for g in ("a", "b")])
    assert "no answer matches" in (figure(only_text, "flip_rate").reason or "")
    assert figure(only_text, "unparsed_share").value == 1


def test_few_templates_are_worth_few_cases_however_often_they_are_filled() -> None:
    def rows(templates: int) -> list[Row]:
        return [
            asked(n, group, yes(group == "a" or n % templates), template=f"t{n % templates}")
            for n in range(400)
            for group in ("a", "b")
        ]

    few, many = audited(rows(4)), audited(rows(200))
    assert (figure(few, "flip_rate").n or 0) <= 4
    assert (figure(many, "flip_rate").n or 0) > 100
    alone = audited(
        [asked(n, g, yes(g == "a"), template="t") for n in range(50) for g in ("a", "b")]
    )
    flip = figure(alone, "flip_rate")
    assert flip.interval is not None
    assert (flip.n, flip.interval.low, flip.interval.high) == (0, 0, 1)


def test_one_name_for_a_group_is_said_and_many_widen_the_interval() -> None:
    def rows(names: int) -> list[Row]:
        return [
            asked(n, group, yes((n + 3 * k + (group == "b") * k) % 5), term=f"{group}{k}")
            for n in range(40)
            for group in ("a", "b")
            for k in range(names)
        ]

    lone = between(audited(rows(1)), "directional_difference")
    assert "one term alone stands for a and b" in lone.method
    many = between(audited(rows(6)), "directional_difference")
    assert "one term" not in many.method


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([asked(1, "a", "Approved.")], "No case was asked for two groups"),
        ([{"kind": "decision", "group": g, "prompt": g, "answer": ""} for g in "ab"], "No case"),
        ([asked(1, f"g{n}", "Approved.") for n in range(31)], "31 groups"),
    ],
)
def test_what_was_not_swapped_is_not_assessed(rows: list[Row], words: str) -> None:
    found = audited(rows)
    assert found.outcome == "not_assessed"
    assert words in found.summary


def test_without_a_favourable_label_there_is_no_direction() -> None:
    rows = [asked(n, group, "Approved.") for n in range(20) for group in ("a", "b")]
    found = audited(rows, SCORING.model_copy(update={"favourable": None}))
    for name in ("largest_directional_difference", "directional_difference"):
        assert "no favourable label" in (figure(found, name).reason or "")
    assert figure(found, "flip_rate").value == 0


ANSWERS = st.sampled_from(("Approved.", "Denied.", "I cannot help", "Hm", ""))
CASES = st.lists(
    st.tuples(st.integers(0, 4), st.sampled_from(("a", "b", None)), ANSWERS, st.booleans()),
    min_size=1,
    max_size=25,
)


@given(CASES)
@settings(max_examples=60, deadline=None)
def test_any_swap_gives_figures_in_range_or_reasons(
    given_rows: list[tuple[int, str | None, str, bool]],
) -> None:
    rows = [
        asked(n, group, answer, template="t" if shared else None)
        for n, group, answer, shared in given_rows
    ]
    found = audited(rows)
    swapped = {n for n, *_ in given_rows if len({g for m, g, *_ in given_rows if m == n}) > 1}
    assert (found.outcome == "measured") == bool(swapped)
    for result in found.measurements:
        if result.value is not None and result.interval is not None:
            assert -1 <= result.interval.low <= result.value <= result.interval.high <= 1


def test_clusters_that_agree_make_shares_worth_their_number() -> None:
    values = np.repeat([1.0, 0.0, 1.0, 0.0, 0.0], 20)
    clustered = clustered_share(values, np.repeat(np.arange(5), 20).tolist())
    alone = clustered_share(values, list(range(100)))
    assert clustered.value == alone.value == pytest.approx(0.4)
    assert clustered.n <= 5
    # 100 rows, less the t quantile of 99 degrees and the factor 100/99.
    assert 95 <= alone.n <= 99
    assert clustered.high - clustered.low > 2 * (alone.high - alone.low)


def test_a_change_of_single_answers_is_tango_s_and_clusters_widen_it() -> None:
    counts = PairedCounts(40, 20, 8, 32)
    d = np.repeat([0.0, 1.0, -1.0, 0.0], [40, 20, 8, 32])
    influence = (d - d.mean()) / 100
    single = clustered_change(counts, spread_of(influence, list(range(100))))
    assert 95 <= single.n <= 99
    shared = clustered_change(counts, spread_of(influence, np.repeat(range(10), 10).tolist()))
    assert shared.n < single.n / 3
    nothing = clustered_change(counts, spread_of(influence, [0] * 100))
    assert (nothing.low, nothing.high, nothing.n) == (-1, 1, 0)


def test_few_clusters_that_moved_are_no_certainty() -> None:
    influence = np.array([0.5] + [-0.5 / 99] * 99) / 100 / 1_000
    low, high = clustered_mean(5e-6, spread_of(influence, list(range(100))), moved=1)
    assert low < -0.03
    assert high > 0.03
    low, high = clustered_mean(0.3, spread_of(np.zeros(50), list(range(50))), moved=50)
    assert low < 0.3 < high
