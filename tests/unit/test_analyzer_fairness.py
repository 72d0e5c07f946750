"""Group fairness: known harm is found, undefined rates are undefined, and no row is dropped."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer_support import (
    SCORING,
    Shelf,
    answers,
    bare_subject,
    decision,
    evaluation,
    figure,
    full_subject,
    jsonl,
    only,
)
from ftgov import analyzers
from ftgov.analyzers.group_fairness import ANALYZER
from ftgov.records.dossier import AnalysisSettings
from ftgov.records.evaluation import Scoring
from ftgov.records.finding import Finding
from ftgov.statistics.score import difference_intervals, two_samples

SETTINGS = AnalysisSettings()


def found(rows: list[dict[str, Any]], scoring: Scoring = SCORING) -> Finding:
    shelf = Shelf()
    run = evaluation(shelf, "tuned", jsonl(rows), scoring)
    subject = bare_subject().model_copy(update={"evaluations": (run,)})
    return only(analyzers.run((ANALYZER,), subject, shelf, SETTINGS))


def test_planted_harm_is_found_and_a_fair_model_is_not_accused() -> None:
    shelf = Shelf()
    harmed = only(ANALYZER.analyze(full_subject(shelf), shelf, SETTINGS))
    assert figure(harmed, "selection_rate", group="old").value == 0
    ratio = figure(harmed, "demographic_parity_ratio")
    assert ratio.interval is not None
    assert ratio.value == 0
    assert ratio.interval.high < 0.8
    assert "(not given)" in harmed.summary or "old" in harmed.summary
    fair = found(answers(harmful=False, pairs=300))
    ratio = figure(fair, "demographic_parity_ratio")
    assert ratio.value == 1
    assert ratio.interval is not None
    assert ratio.interval.low < 1
    assert ratio.interval.high == 1
    assert figure(fair, "equalized_odds_difference").value == 0


def test_a_missing_group_is_a_group() -> None:
    finding = found(answers(harmful=False))
    assert figure(finding, "selection_rate", group=None).n == 60
    groups = {m.slice.get("group") for m in finding.measurements if m.slice}
    assert groups == {"old", "young", None}


def test_rates_are_counted_by_hand() -> None:
    rows = [decision(n, "a", "Approved.", "Approved." if n < 6 else "what?") for n in range(10)]
    rows += [decision(n, "b", "Denied.", "Approved." if n < 2 else "Denied.") for n in range(10)]
    rows += [decision(n + 10, "b", "Approved.", "Denied.") for n in range(10)]
    finding = found(rows)
    assert figure(finding, "selection_rate", group="a").value == 0.6
    assert figure(finding, "selection_rate", group="b").value == 0.1
    assert figure(finding, "true_positive_rate", group="a").value == 0.6
    assert figure(finding, "false_positive_rate", group="b").value == 0.2
    assert figure(finding, "accuracy_score", group="b").value == 0.4
    assert figure(finding, "unparsed_share", group="a").value == 0.4
    assert figure(finding, "unparsed_share").value == pytest.approx(4 / 30)
    assert figure(finding, "demographic_parity_ratio").value == pytest.approx(1 / 6)
    assert figure(finding, "demographic_parity_ratio").n_needed is not None


def test_an_empty_denominator_is_undefined_and_not_zero() -> None:
    rows = [decision(n, "a", "Approved.", "Approved.") for n in range(5)]
    rows += [decision(n, "b", "Denied.", "Denied.") for n in range(5)]
    finding = found(rows)
    missing = figure(finding, "true_positive_rate", group="b")
    assert missing.value is None
    assert missing.reason is not None
    odds = figure(finding, "equalized_odds_difference")
    assert odds.value is None
    assert odds.reason is not None
    assert "true_positive_rate" in odds.reason
    assert figure(finding, "demographic_parity_difference").value == 1


def test_nobody_selected_has_no_ratio_and_one_group_no_comparison() -> None:
    finding = found([decision(n, g, "Approved.", "Denied.") for n in range(9) for g in "ab"])
    assert figure(finding, "demographic_parity_ratio").value is None
    assert figure(finding, "demographic_parity_difference").value == 0
    finding = found([decision(n, "a", "Approved.", "Approved.") for n in range(9)])
    reason = figure(finding, "demographic_parity_ratio").reason
    assert reason is not None
    assert "one group" in reason


def test_pairs_are_simultaneous_and_name_the_lower_rate_first() -> None:
    rows = [decision(n, "high", "Approved.", "Approved.") for n in range(50)]
    rows += [
        decision(n, "low", "Approved.", "Approved." if n < 25 else "Denied.") for n in range(50)
    ]
    rows += [
        decision(n, "mid", "Approved.", "Approved." if n < 40 else "Denied.") for n in range(50)
    ]
    pairs = [m for m in found(rows).measurements if m.id.endswith("rate_difference")]
    pairs = [m for m in pairs if m.between]
    assert len(pairs) == 3
    worst = next(m for m in pairs if m.value == -0.5)
    assert worst.between == ({"group": "low"}, {"group": "high"})
    low, high = difference_intervals(two_samples(25, 50, 50, 50), 1 - 0.05 / 3)
    assert worst.interval is not None
    assert worst.interval.low == pytest.approx(float(low))
    assert worst.interval.high == pytest.approx(float(high))


def test_many_groups_are_compared_with_the_highest_only() -> None:
    rows = [
        decision(n, f"g{group:02}", "Approved.", "Approved." if n < group % 5 else "Denied.")
        for group in range(40)
        for n in range(8)
    ]
    pairs = [m for m in found(rows).measurements if m.between]
    assert len(pairs) == 2 * 39
    assert {m.between[1]["group"] for m in pairs if m.value not in {0, 1}} == {"g04"}


def test_five_answers_to_one_case_are_worth_one() -> None:
    once = [decision(n, g, "Approved.", "Approved.") for n in range(40) for g in "ab"]
    again = [row | {"id": f"{row['id']}-{k}"} for row in once for k in range(5)]
    one, five = found(once), found(again)
    assert (
        figure(one, "selection_rate", group="a").interval
        == figure(five, "selection_rate", group="a").interval
    )
    assert figure(five, "selection_rate", group="a").n == 40
    assert "200 rows from 40 cases" in figure(five, "selection_rate", group="a").method


def test_a_case_of_many_rows_is_worth_no_more_than_its_share_of_them() -> None:
    rows = [decision(0, "a", "Approved.", "Approved.") | {"id": f"r{n}"} for n in range(900)]
    rows += [decision(n, "a", "Approved.", "Approved.") for n in range(1, 101)]
    rows += [decision(n, "b", "Approved.", "Approved.") for n in range(1, 101)]
    finding = found(rows)
    assert figure(finding, "selection_rate", group="a").n == 1
    assert figure(finding, "selection_rate", group="b").n == 100
    assert figure(finding, "demographic_parity_ratio").n == 1
    assert figure(finding, "unparsed_share").n == 1


@pytest.mark.parametrize(
    ("rows", "scoring", "words"),
    [
        ([], Scoring(), "favourable"),
        ([{"kind": "support"}], SCORING, "kind decision"),
        ([decision(1, None, "Denied.", "Denied.")], SCORING, "names a group"),
        ([decision(n, f"g{n}", "Denied.", "x") for n in range(101)], SCORING, "101 different"),
    ],
)
def test_what_cannot_be_compared_says_what_to_record(
    rows: list[dict[str, Any]], scoring: Scoring, words: str
) -> None:
    finding = found(rows or [{}], scoring)
    assert finding.outcome == "not_assessed"
    assert words in finding.summary


def test_a_missing_extra_names_its_install_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fairlearn.metrics", None)
    finding = found(answers(harmful=False))
    assert finding.outcome == "not_assessed"
    assert "pip install 'ftgov[fairness]'" in finding.summary


CELLS = st.tuples(
    st.sampled_from(["a", "b", None, "\x00", "<b>"]),
    st.sampled_from(["Approved.", "Denied.", "nonsense"]),
    st.sampled_from(["Approved.", "Denied.", "nonsense", None]),
)


@given(st.lists(CELLS, min_size=1, max_size=30))
@settings(max_examples=12, deadline=None)
def test_our_counts_agree_with_fairlearn_on_any_rows(
    cells: list[tuple[str | None, str, str | None]],
) -> None:
    rows = [decision(n, *cell) for n, cell in enumerate(cells)]
    finding = found(rows)
    # A disagreement would be an ArithmeticError, reported as not assessed with severity error.
    assert finding.severity != "error", finding.summary
    if finding.outcome == "measured":
        shares = [m for m in finding.measurements if m.value is not None and not m.between]
        assert all(m.interval and m.interval.low <= m.value <= m.interval.high for m in shares)  # type: ignore[operator]
