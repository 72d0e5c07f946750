"""What counts as the same figure: counts exactly, values to 1e-9, drawn ends by their versions."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftgov.recompute.figures import Comparison, compare_findings
from ftgov.records.finding import Finding, Point, Series
from ftgov.records.measurement import Interval, Measurement

DIGEST = "sha256:" + "0" * 64
EXACT, DRAWN = "Wilson score interval", "cell bootstrap, 1,000 resamples, seed 0"


def figure(value: float | None = 0.5, *, method: str = EXACT, **changes: Any) -> Measurement:
    ends = Interval(low=0.4, high=0.6, level=0.95, method=method) if value is not None else None
    made = Measurement(
        id="group.rate",
        value=value,
        unit="1",
        interval=ends,
        n=10,
        method="share",
        assurance="measured-software",
        evidence=(DIGEST,),
        slice={"sex": "f"},
        reason=None if value is not None else "no rows",
    )
    return made.model_copy(update=changes)


def finding(*figures: Measurement, **changes: Any) -> Finding:
    made = Finding(
        id="group",
        analyzer="group",
        title="Groups",
        outcome="measured",
        summary="Rates by group.",
        measurements=figures,
        evidence=(DIGEST,),
    )
    return made.model_copy(update=changes)


def compared(one: Finding, other: Finding, *, same_versions: bool = True) -> Comparison:
    return compare_findings([one], [other], same_versions=same_versions)


def ends(low: float, method: str = EXACT) -> dict[str, Any]:
    return {"interval": Interval(low=low, high=0.6, level=0.95, method=method)}


@given(st.floats(-1e12, 1e12), st.sampled_from([-1.0, 1.0]))
def test_a_value_is_the_same_within_a_billionth_and_no_further(value: float, sign: float) -> None:
    scale = max(1.0, abs(value))
    stated = finding(figure(value))
    near, far = value + sign * 0.4e-9 * scale, value + sign * 3e-9 * scale
    assert compared(stated, finding(figure(near))) == Comparison(1, (), ())
    assert compared(stated, finding(figure(far))).same == 0


@pytest.mark.parametrize(
    "change",
    [
        {"n": 11},
        {"n_needed": 3},
        {"value": 0.5000001},
        {"assurance": "declared"},
        {"method": "guess"},
        {"unit": "%"},
        {"value": None, "interval": None, "reason": "no rows"},
        ends(0.41),
    ],
    ids=str,
)
@pytest.mark.parametrize("same_versions", [True, False])
def test_what_is_not_drawn_must_be_the_same_whatever_the_versions(
    change: dict[str, Any], same_versions: bool
) -> None:
    other = finding(figure(**change))
    found = compared(finding(figure()), other, same_versions=same_versions)
    assert (found.same, found.underivable) == (0, ())
    assert found.differs[0].startswith("group.rate (sex f): ")


def test_drawn_ends_that_differ_are_a_lie_only_under_the_recorded_versions() -> None:
    stated = finding(figure(method=DRAWN))
    other = finding(figure(**ends(0.41, DRAWN)))
    assert compared(stated, other).differs == (
        "group.rate (sex f): stated 0.4 to 0.6, derived 0.41 to 0.6",
    )
    found = compared(stated, other, same_versions=False)
    assert (found.same, found.differs, len(found.underivable)) == (0, (), 1)
    assert compared(stated, stated, same_versions=False).same == 1


def test_figures_are_matched_by_what_they_are_about_not_by_place() -> None:
    one, two = figure(), figure(0.7, slice={"sex": "m"})
    assert compared(finding(one, two), finding(two, one)).same == 2
    missing = compared(finding(one, two), finding(one))
    assert missing.differs == ("group.rate (sex m): the evidence does not give it",)
    added = compared(finding(one), finding(one, two))
    assert added.differs == ("group.rate (sex m): not stated",)


def test_findings_left_out_added_reworded_or_not_derivable_are_named() -> None:
    stated = finding(figure())
    assert compare_findings([stated], [], same_versions=True).differs
    assert compare_findings([], [stated], same_versions=True).differs == (
        "finding group: not stated",
    )
    assert compared(stated, finding(figure(), summary="All is well.")).differs
    curve = Series(name="loss", points=(Point(step=1, value=2),))
    assert compared(finding(figure(), series=(curve,)), stated).differs
    absent = finding(outcome="not_assessed", summary="The extra is missing.", evidence=())
    assert compared(stated, absent).underivable == ("group.rate (sex f): The extra is missing.",)
    assert compared(absent, absent) == Comparison(0, (), ())
