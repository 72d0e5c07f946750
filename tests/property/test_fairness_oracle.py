"""Every metric and aggregate equals row-level fairlearn to 1e-12, wherever fairlearn's is defined.

Where fairlearn answers 0 or NaN for what is undefined, ours says undefined; the rows below decide
which it is by counting, apart from both.
"""

from __future__ import annotations

import math
import random
import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

import fairlearn.metrics as fm
import pytest
import sklearn.metrics as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from ftgov.api.fairness import group_fairness
from ftgov.errors import UsageError
from ftgov.records.fairness import FairnessAudit

CLOSE = 1e-12
METRICS: dict[str, Callable[..., float]] = {
    "selection_rate": fm.selection_rate,
    "true_positive_rate": fm.true_positive_rate,
    "true_negative_rate": fm.true_negative_rate,
    "false_positive_rate": fm.false_positive_rate,
    "false_negative_rate": fm.false_negative_rate,
    "accuracy_score": sm.accuracy_score,
    "precision_score": sm.precision_score,
    "recall_score": sm.recall_score,
    "f1_score": sm.f1_score,
}
AGGREGATES: dict[str, Callable[..., float]] = {
    "demographic_parity_difference": fm.demographic_parity_difference,
    "demographic_parity_ratio": fm.demographic_parity_ratio,
    "equalized_odds_difference": fm.equalized_odds_difference,
    "equalized_odds_ratio": fm.equalized_odds_ratio,
    "equal_opportunity_difference": fm.equal_opportunity_difference,
    "equal_opportunity_ratio": fm.equal_opportunity_ratio,
}


class Row(NamedTuple):
    """One decision."""

    label: bool
    prediction: bool
    group: tuple[str | None, str | None]
    weight: float


NAMES = st.one_of(
    st.none(),
    st.sampled_from(["a", "b", "ä", "'; --", " "]),
    st.text("xyz", min_size=1, max_size=2),
)
WEIGHTS = st.one_of(
    st.just(0.0), st.just(1.0), st.floats(1e-3, 1e4, allow_nan=False), st.floats(0.1, 10.0)
)
ROWS = st.lists(
    st.builds(Row, st.booleans(), st.booleans(), st.tuples(NAMES, NAMES), WEIGHTS),
    min_size=1,
    max_size=60,
)
SPELLINGS = st.sampled_from([("1", "0"), ("yes", "no"), ("granted", "refused"), ("0", "1")])


def _audit(rows: list[Row], spelled: tuple[str, str], *, weighted: bool) -> FairnessAudit:
    yes, no = spelled
    return group_fairness(
        y_true=[yes if row.label else no for row in rows],
        y_pred=[yes if row.prediction else no for row in rows],
        sensitive_features={
            "one": [row.group[0] for row in rows],
            "two": [row.group[1] for row in rows],
        },
        sample_weight=[row.weight for row in rows] if weighted else None,
        positive=yes,
        resamples=100,
    )


def _always(row: Row) -> bool:
    return True


def _defined(name: str, rows: list[Row], weights: list[float]) -> bool:
    """Tell whether a metric has a denominator: some weight on the rows that it divides by."""
    within: dict[str, Callable[[Row], bool]] = {
        "true_positive_rate": lambda row: row.label,
        "recall_score": lambda row: row.label,
        "false_negative_rate": lambda row: row.label,
        "false_positive_rate": lambda row: not row.label,
        "true_negative_rate": lambda row: not row.label,
        "precision_score": lambda row: row.prediction,
        "f1_score": lambda row: row.label or row.prediction,
    }
    belongs = within.get(name, _always)
    return any(w > 0 and belongs(row) for row, w in zip(rows, weights, strict=True))


def _fairlearn(name: str, rows: list[Row], weights: list[float]) -> float:
    truth, answer = [int(row.label) for row in rows], [int(row.prediction) for row in rows]
    extra: dict[str, Any] = {} if name == "accuracy_score" else {"pos_label": 1}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return float(METRICS[name](truth, answer, sample_weight=weights, **extra))


@given(ROWS, SPELLINGS, st.booleans())
@settings(max_examples=60, deadline=None)
def test_metrics_by_group_and_overall(
    rows: list[Row], spelled: tuple[str, str], weighted: bool
) -> None:
    weights = [row.weight if weighted else 1.0 for row in rows]
    try:
        audit = _audit(rows, spelled, weighted=weighted)
    except UsageError:
        audit = None
    if audit is None:  # neither column holds the positive value at all
        assert not any(row.label or row.prediction for row in rows)
        return
    assert audit.n == len(rows)
    seen = 0
    for group in audit.groups:
        key = (group.group["one"], group.group["two"])
        places = [place for place, row in enumerate(rows) if row.group == key]
        seen += len(places)
        own, held = [rows[place] for place in places], [weights[place] for place in places]
        assert group.n == len(own)
        for name in METRICS:
            _check(name, group.metrics[name], own, held)
    assert seen == len(rows)
    for name in METRICS:
        _check(name, audit.overall[name], rows, weights)


@pytest.mark.long
def test_many_random_tables_agree_and_are_counted(record_property: Any) -> None:
    """300 tables of up to 300 rows; the count of compared figures is printed by `pytest -s`."""
    draw, compared, undefined = random.Random(11), 0, 0
    for _ in range(300):
        names = (None, "a", "b", "c", "d")[: draw.randint(2, 5)]
        yes, right = draw.random(), draw.random()
        rows = []
        for _ in range(draw.randint(2, 300)):
            label = draw.random() < yes
            answer = label if draw.random() < right else not label
            pair = (draw.choice(names), draw.choice(names))
            rows.append(Row(label, answer, pair, draw.lognormvariate(0, 2)))
        rows.append(Row(True, True, rows[0].group, 1.0))
        audit = _audit(rows, ("1", "0"), weighted=draw.random() < 0.5)
        weights = [row.weight if audit.weight else 1.0 for row in rows]
        for group in audit.groups:
            key = (group.group["one"], group.group["two"])
            held = [place for place, row in enumerate(rows) if row.group == key]
            for name in METRICS:
                own = [rows[place] for place in held]
                _check(name, group.metrics[name], own, [weights[place] for place in held])
                compared += group.metrics[name].value is not None
                undefined += group.metrics[name].value is None
    record_property("compared", compared)
    print(f"{compared} figures equal fairlearn's to {CLOSE}; {undefined} undefined")  # noqa: T201
    assert compared > 20_000
    assert undefined > 100


def _check(name: str, figure: Any, rows: list[Row], weights: list[float]) -> None:
    if not _defined(name, rows, weights):
        assert figure.value is None, name
        assert figure.reason.startswith("undefined"), name
        return
    expected = _fairlearn(name, rows, weights)
    assert figure.value == pytest.approx(expected, abs=CLOSE, rel=CLOSE), name
    if figure.low is not None:
        assert figure.low <= figure.value <= figure.high, name


@given(ROWS, st.booleans())
@settings(max_examples=60, deadline=None)
def test_aggregates_over_groups(rows: list[Row], weighted: bool) -> None:
    weights = [row.weight if weighted else 1.0 for row in rows]
    try:
        audit = _audit(rows, ("1", "0"), weighted=weighted)
    except UsageError:
        assert not any(row.label or row.prediction for row in rows)
        return
    # fairlearn refuses missing values; a group of its own needs a name there.
    groups = [f"{row.group[0]!r} {row.group[1]!r}" for row in rows]
    for name, function in AGGREGATES.items():
        found = next(c for c in audit.comparisons if c.metric == name and not c.between)
        rates = {
            "demographic": ["selection_rate"],
            "equalized": ["true_positive_rate", "false_positive_rate"],
            "equal": ["true_positive_rate"],
        }[name.split("_")[0]]
        by_group: dict[str, list[float | None]] = {rate: [] for rate in rates}
        for group in audit.groups:
            for rate in rates:
                by_group[rate].append(group.metrics[rate].value)
        undefined = len(audit.groups) < 2 or any(None in values for values in by_group.values())
        if name.endswith("ratio"):
            undefined = undefined or any(not any(values) for values in by_group.values())
        if undefined:
            assert found.value is None, name
            assert found.verdict == "not_assessed"
            assert found.reason
            continue
        truth, answer = [int(row.label) for row in rows], [int(row.prediction) for row in rows]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            expected = function(truth, answer, sensitive_features=groups, sample_weight=weights)
        assert not math.isnan(expected)
        assert found.value == pytest.approx(expected, abs=CLOSE, rel=CLOSE), name
        if found.low is not None and found.value is not None:
            assert found.low <= found.value + CLOSE, name
            assert found.high is None or found.high >= found.value - CLOSE, name
