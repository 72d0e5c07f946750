"""What the caption of a range says: an assumed range never reads as a confidence interval."""

from __future__ import annotations

import pytest

from ftgov.records.finding import Finding, Point, Series
from ftgov.records.measurement import Interval, Measurement
from ftgov.reports.choice import charts_of
from ftgov.reports.grounding import EvidenceIndex
from ftgov.reports.shapes import Drawing
from report_findings import METER, STATE, finding, measured
from report_samples import dossier

ASSUMED = "assumed range, no confidence interval: a factor of 3 either way"
MEASURED = "from the tool's own figure to the 95th percentile of metered runs"


def ranged(name: str, method: str) -> Measurement:
    given = measured(f"odd.{name}", 0.01, 0.005, None, unit="MWh", evidence=(METER.digest,))
    ends = Interval(low=0.003, high=0.03, level=0.9, method=method)
    return given.model_copy(update={"interval": ends})


def drawn(extra: Finding, title: str) -> Drawing:
    charts = charts_of((extra,), EvidenceIndex(dossier("pass")))
    return next(chart for chart in charts if title in chart.title)


@pytest.mark.parametrize(
    ("methods", "words"),
    [
        ((ASSUMED, ASSUMED), "The bar is an assumed range, no confidence interval, the line"),
        ((MEASURED,), "The bar is the 90\N{NO-BREAK SPACE}% interval, the line"),
        ((MEASURED, ASSUMED), "90\N{NO-BREAK SPACE}% interval or an assumed range, the line"),
    ],
)
def test_the_caption_of_a_range_says_what_the_bar_and_the_line_are(
    methods: tuple[str, ...], words: str
) -> None:
    figures = [ranged(f"work{place}", method) for place, method in enumerate(methods)]
    caption = drawn(finding("odd", "Odd", "Odd: 1.", figures), "MWh").caption
    assert words in caption
    assert "the line the figure itself" in caption
    assert "middle" not in caption


def test_the_drawing_of_a_long_curve_keeps_its_minimum_and_at_most_400_points() -> None:
    points = tuple(Point(step=n, value=0.25 if n == 1_001 else 1.0) for n in range(3_001))
    excess = measured("odd.final_loss_excess", 0.1, 0, 16, evidence=(STATE.digest,))
    given = finding("odd", "Odd", "Odd: 1.", [excess])
    given = given.model_copy(update={"series": (Series(name="eval_loss", points=points),)})
    chart = drawn(given, "Loss over training steps")
    assert "0.25" in chart.svg
    told = chart.caption.split(" points")[0].rsplit(" ", 1)[-1]
    assert 300 < int(told) <= 400
