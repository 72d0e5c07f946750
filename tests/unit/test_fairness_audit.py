"""Audits of small tables whose answers are known, and the ways in which rows are not plain."""

from __future__ import annotations

import random
import subprocess
import sys
from typing import Any

import fairlearn.metrics as fm
import pandas as pd
import pytest
import sklearn.metrics as sm

from fairness_support import atoms, decisions
from ftgov.api.fairness import group_fairness
from ftgov.errors import UsageError
from ftgov.records.fairness import Comparison, FairnessAudit
from ftgov.statistics.proportions import wilson
from ftgov.statistics.score import ratio_intervals, two_samples
from tests_support import HOUSE

CLOSE = 1e-12


def audited(rows: list[dict[str, Any]], **options: Any) -> FairnessAudit:
    given = {"label": "label", "prediction": "prediction", "groups": ["group"]} | options
    return group_fairness(pd.DataFrame(rows), **given)


def whole(found: FairnessAudit, metric: str) -> Comparison:
    return next(c for c in found.comparisons if c.metric == metric and not c.between)


def pair(found: FairnessAudit, metric: str, kind: str, *names: str) -> Comparison:
    return next(
        c
        for c in found.comparisons
        if (c.metric, c.kind, tuple(g.get("group") for g in c.between)) == (metric, kind, names)
    )


def test_two_groups_have_the_unadjusted_score_interval() -> None:
    found = audited(decisions(("a", 30, 100), ("b", 45, 100)), metrics=["selection_rate"])
    ratio = pair(found, "selection_rate", "ratio", "a", "b")
    low, high = ratio_intervals(two_samples([30.0], [100.0], [45.0], [100.0]))
    assert (ratio.low, ratio.high, ratio.family) == (low[0], high[0], 1)
    rate = found.groups[0].metrics["selection_rate"]
    assert (rate.low, rate.high) == pytest.approx(wilson(30, 100), rel=1e-12)


def test_intervals_widen_with_pairs_and_with_limits() -> None:
    rows = decisions(("a", 300, 1000), ("b", 450, 1000), ("c", 400, 1000))
    one = whole(
        audited(rows, fail_on=["demographic_parity_ratio:lt:0.8"]), "demographic_parity_ratio"
    )
    limits = ["demographic_parity_ratio:lt:0.8", "demographic_parity_difference:gt:0.2"]
    two = whole(audited(rows, fail_on=limits), "demographic_parity_ratio")
    assert (one.family, two.family) == (3, 6)
    assert two.low is not None
    assert one.low is not None
    assert two.low < one.low


def test_equalized_odds_and_its_pairs_agree_on_the_family() -> None:
    rows = atoms("a", 90, 10, 10, 90) + atoms("b", 50, 10, 50, 90)
    found = audited(rows, fail_on=["equalized_odds_difference:gt:0.1"])
    odds = whole(found, "equalized_odds_difference")
    assert odds.value == pytest.approx(0.4, rel=1e-12)
    assert odds.verdict == "fail"
    assert odds.low is not None
    assert odds.low > 0.1
    judged = pair(found, "true_positive_rate", "difference", "b", "a")
    assert (judged.verdict, judged.family, odds.family) == ("fail", 2, 2)
    assert pair(found, "false_positive_rate", "difference", "a", "b").verdict == "inconclusive"


def test_a_named_reference_is_second_everywhere() -> None:
    rows = decisions(("a", 30, 100), ("b", 45, 100), ("c", 60, 100))
    found = audited(rows, reference={"group": "b"}, metrics=["selection_rate"])
    assert found.reference == {"group": "b"}
    pairs = [c for c in found.comparisons if c.between and c.kind == "difference"]
    assert [c.between[1] for c in pairs] == [{"group": "b"}] * 2
    assert [c.value for c in pairs] == pytest.approx([-0.15, 0.15])
    assert {c.family for c in pairs} == {2}


@pytest.mark.parametrize("kind", ["difference", "ratio"])
def test_against_everyone_equals_fairlearn_to_overall(kind: str) -> None:
    rows = decisions(("a", 30, 100), ("b", 45, 150), ("c", 90, 130))
    found = audited(rows, against="overall")
    frame = pd.DataFrame(rows)
    expected = getattr(fm, f"demographic_parity_{kind}")(
        frame["label"], frame["prediction"], sensitive_features=frame["group"], method="to_overall"
    )
    one = whole(found, f"demographic_parity_{kind}")
    assert one.value == pytest.approx(expected, rel=CLOSE, abs=CLOSE)
    assert one.low is not None
    assert one.low <= expected
    assert [c.between[1] for c in found.comparisons if c.between] == [{}] * 60
    every = pair(found, "selection_rate", kind, "c", None)  # type: ignore[arg-type]
    assert every.low is not None
    assert every.value is not None
    assert every.high is not None
    assert every.low < every.value < every.high


def test_groups_below_min_n_are_shown_and_not_compared() -> None:
    rows = decisions(("a", 300, 1000), ("b", 300, 1000), ("few", 0, 3))
    found = audited(rows, min_n=10, fail_on=["demographic_parity_ratio:lt:0.8"])
    assert whole(found, "demographic_parity_ratio").verdict == "pass"
    assert [group.n for group in found.groups] == [1000, 1000, 3]
    assert any("below --min-n 10" in note for note in found.notes)
    with pytest.raises(UsageError, match="below --min-n"):
        audited(rows, min_n=10, reference={"group": "few"})


def test_weights_give_wider_intervals_than_as_many_rows() -> None:
    draw = random.Random(1)
    rows = decisions(("a", 300, 1000), ("b", 400, 1000))
    for row in rows:
        row["weight"] = draw.choice([0.1, 1.0, 10.0])
    plain = audited(rows, metrics=["selection_rate", "f1_score"])
    weighted = audited(rows, metrics=["selection_rate", "f1_score"], weight="weight")
    for name in ("selection_rate", "f1_score"):
        one, other = (found.groups[0].metrics[name] for found in (plain, weighted))
        assert one.low is not None
        assert one.high is not None
        assert other.low is not None
        assert other.high is not None
        assert other.high - other.low > 1.2 * (one.high - one.low)
    effective = weighted.groups[0].metrics["selection_rate"].n_effective
    assert effective is not None
    assert 300 < effective < 700
    equal = audited(
        [row | {"weight": 7} for row in rows], weight="weight", metrics=["selection_rate"]
    )
    assert equal.groups[0].metrics["selection_rate"].low == pytest.approx(
        plain.groups[0].metrics["selection_rate"].low, rel=1e-9
    )


def test_clusters_count_as_what_they_are_worth() -> None:
    """Five identical answers to one prompt are one observation, not five."""
    draw = random.Random(2)
    rows: list[dict[str, Any]] = []
    for name in ("a", "b"):
        for prompt in range(120):
            row = {"group": name, "label": 1, "prediction": int(draw.random() < 0.4)}
            rows += [row | {"prompt": f"{name}{prompt}"}] * 5
    found = audited(rows, cluster="prompt")
    rate = found.groups[0].metrics["selection_rate"]
    assert rate.n == 600
    assert rate.n_effective is not None
    assert 110 < rate.n_effective < 121
    single = audited(rows[::5], metrics=["selection_rate"])
    assert rate.low == pytest.approx(single.groups[0].metrics["selection_rate"].low, abs=0.005)
    f1 = found.groups[0].metrics["f1_score"]
    assert f1.low is not None
    assert f1.high is not None
    assert f1.high - f1.low > 0.1


def test_the_same_prompts_asked_for_both_groups_make_narrower_pairs() -> None:
    draw = random.Random(3)
    rows = []
    for prompt in range(300):
        answer = int(draw.random() < 0.5)
        for name in ("a", "b"):
            given = answer if draw.random() < 0.95 else 1 - answer
            rows.append({"group": name, "label": 1, "prediction": given, "prompt": prompt})
    apart = pair(audited(rows), "selection_rate", "difference", *_order(rows))
    paired = pair(audited(rows, cluster="prompt"), "selection_rate", "difference", *_order(rows))
    assert apart.low is not None
    assert apart.high is not None
    assert paired.low is not None
    assert paired.high is not None
    assert paired.high - paired.low < 0.6 * (apart.high - apart.low)
    assert "joint variance" in paired.method


def _order(rows: list[dict[str, Any]]) -> list[str]:
    sums = {name: sum(r["prediction"] for r in rows if r["group"] == name) for name in "ab"}
    return sorted("ab", key=lambda name: (sums[name], name))


def test_amounts_equal_scikit_learn_by_group() -> None:
    draw = random.Random(5)
    rows = [
        {
            "group": draw.choice("abc"),
            "label": draw.gauss(1e6, 1e5),
            "w": draw.choice([1, 2, 0.5]),
        }
        for _ in range(300)
    ]
    for row in rows:
        row["prediction"] = float(str(row["label"])) + draw.gauss(3, 1)
    for weight in (None, "w"):
        found = audited(rows, amounts=True, weight=weight)
        frame = pd.DataFrame(rows)
        for group in found.groups:
            own = frame[frame["group"] == group.group["group"]]
            weights = None if weight is None else own["w"]
            absolute = sm.mean_absolute_error(
                own["label"], own["prediction"], sample_weight=weights
            )
            squared = sm.mean_squared_error(own["label"], own["prediction"], sample_weight=weights)
            assert group.metrics["mean_absolute_error"].value == pytest.approx(
                absolute, rel=CLOSE, abs=CLOSE
            )
            assert group.metrics["mean_squared_error"].value == pytest.approx(
                squared, rel=CLOSE, abs=CLOSE
            )
            error = group.metrics["mean_error"]
            assert error.low is not None
            assert error.high is not None
            assert error.low < 3 < error.high + 0.5
            assert error.high - error.low < 1
    gap = pair(audited(rows, amounts=True), "mean_error", "difference",
               *sorted("ab", key=lambda n: _mean_error(rows, n)))  # fmt: skip
    assert gap.low is not None
    assert gap.high is not None
    assert gap.low < 0 < gap.high


def _mean_error(rows: list[dict[str, Any]], name: str) -> float:
    errors = [row["prediction"] - row["label"] for row in rows if row["group"] == name]
    return float(sum(errors) / len(errors))


def test_calibration_is_told_from_bins() -> None:
    draw = random.Random(6)
    rows: list[dict[str, Any]] = []
    for name, shift in (("honest", 0.0), ("inflated", 0.2)):
        for _ in range(1500):
            chance = draw.uniform(0.1, 0.7)
            happened = int(draw.random() < chance)
            score = chance + shift
            rows.append(
                {"group": name, "label": happened, "prediction": int(score > 0.5), "score": score}
            )
    honest, inflated = audited(rows, score="score").calibration
    own = [row for row in rows if row["group"] == "inflated"]
    gap = sum(row["score"] - row["label"] for row in own) / len(own)
    assert inflated.gap.value == pytest.approx(gap, rel=1e-9)
    assert inflated.gap.low is not None
    assert inflated.gap.low > 0.1
    assert honest.gap.low is not None
    assert honest.gap.high is not None
    assert honest.gap.low < 0.02
    assert honest.gap.high > -0.02
    assert sum(one.n for one in honest.bins) == 1500
    assert inflated.expected_error.value is not None
    assert honest.expected_error.value is not None
    assert inflated.expected_error.value > 0.15 > 0.08 > honest.expected_error.value


def test_simpsons_paradox_is_told() -> None:
    """Berkeley's shape: worse overall, better within each department."""
    rows = [
        row | {"unit": unit}
        for unit, groups in (
            ("easy", (("m", 480, 800), ("f", 70, 100))),
            ("hard", (("m", 20, 200), ("f", 150, 900))),
        )
        for row in decisions(*groups)
    ]
    (found,) = audited(rows, strata="unit").strata
    assert found.between == ({"group": "f"}, {"group": "m"})
    assert found.crude_difference < -0.2
    assert found.difference is not None
    assert found.difference > 0.05
    assert found.reversed
    assert found.p_association is not None
    assert found.p_association < 0.01


def test_small_groups_are_shrunken_for_triage_alone() -> None:
    rows = decisions(("a", 400, 1000), ("b", 380, 1000), ("tiny", 0, 4))
    found = audited(rows)
    by_name = {one.group["group"]: one for one in found.triage}
    assert 0.1 < by_name["tiny"].rate < 0.45
    assert found.groups[2].metrics["selection_rate"].value == 0


def test_more_than_two_labels_are_one_against_the_rest() -> None:
    rows = [
        {"group": "ab"[i % 2], "label": "xyz"[i % 3], "prediction": "xyz"[(i * i) % 3]}
        for i in range(60)
    ]
    found = audited(rows, positive="x")
    for group in found.groups:
        own = [row for row in rows if row["group"] == group.group["group"]]
        accuracy = sum(row["label"] == row["prediction"] for row in own) / len(own)
        assert group.metrics["accuracy_score"].value == pytest.approx(
            accuracy, rel=CLOSE, abs=CLOSE
        )
    assert any("more than two labels" in note for note in found.notes)
    assert (
        found.groups[0].metrics["mean_prediction"].reason == "undefined: predictions are no numbers"
    )


def test_metric_frame_inputs_in_any_shape() -> None:
    frame = pd.DataFrame(decisions(("a", 30, 100), ("b", 45, 100)))
    y, p, s = frame["label"], frame["prediction"], frame["group"]
    texts = {
        group_fairness(y_true=one, y_pred=two, sensitive_features=three, metrics=four).overall[
            "accuracy_score"
        ]
        .model_dump_json()
        for one, two, three, four in (
            (y, p, s, sm.accuracy_score),
            (list(y), p.to_numpy(), frame[["group"]], {"any": sm.accuracy_score}),
            (y.to_numpy(), list(p), {"g": list(s)}, ["accuracy_score"]),
            (y, p, s.to_numpy().reshape(-1, 1), "accuracy_score"),
        )
    }  # fmt: skip
    assert len(texts) == 1
    with pytest.raises(UsageError, match="differ in length"):
        group_fairness(y_true=y[:5], y_pred=p, sensitive_features=s)
    with pytest.raises(UsageError, match="Give a frame"):
        group_fairness(y_pred=p)


def test_without_labels_only_selection_is_compared() -> None:
    found = audited(decisions(("a", 30, 100), ("b", 45, 100)), label=None)
    assert set(found.overall) == {"selection_rate", "mean_prediction", "count"}
    names = {c.metric for c in found.comparisons if not c.between}
    assert names == {"demographic_parity_difference", "demographic_parity_ratio"}


def test_the_impact_table_leaves_small_and_unknown_categories_out_of_the_ratio() -> None:
    rows = decisions(("a", 300, 1000), ("b", 500, 1000), ("few", 10, 10), (None, 40, 50))
    lines = {one.group["group"]: one for one in audited(rows, impact=True).impact_ratios}
    assert lines["a"].impact_ratio == pytest.approx(0.6)
    assert (lines["a"].four_fifths, lines["b"].four_fifths) == (True, False)
    assert (lines["few"].excluded, lines["few"].four_fifths) == (True, None)
    assert lines["few"].impact_ratio == pytest.approx(2.0)
    assert (lines[None].applicants, lines[None].impact_ratio) == (50, None)


def test_the_scoring_rate_is_the_share_above_the_median_score() -> None:
    rows: list[dict[str, Any]] = [
        {"group": name, "label": 1, "prediction": 1, "score": (place + shift) / 100}
        for name, shift in (("a", 0), ("b", 30))
        for place in range(60)
    ]
    scores = sorted(row["score"] for row in rows)
    median = (scores[59] + scores[60]) / 2
    lines = audited(rows, score="score", impact=True).impact_ratios
    found = {one.group["group"]: one for one in lines if one.basis != "selected"}
    for name in "ab":
        above = sum(row["score"] > median for row in rows if row["group"] == name)
        assert (found[name].selected, found[name].applicants) == (above, 60)
    assert found["a"].impact_ratio == pytest.approx((found["a"].rate or 0) / (found["b"].rate or 1))
    assert found["a"].four_fifths


def test_the_example_is_what_its_script_makes() -> None:
    folder = HOUSE / "examples" / "decisions"
    command = [sys.executable, str(folder / "make_loans.py")]
    made = subprocess.run(command, capture_output=True, check=True).stdout
    assert made == (folder / "loans.csv").read_bytes()
