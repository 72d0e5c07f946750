"""The curves of a training run as drawings: losses together, one evaluation minimum marked."""

from __future__ import annotations

from collections.abc import Iterable

from ftgov.records.finding import Finding, Series
from ftgov.reports.charts.curve import Curve, curve_chart
from ftgov.reports.grounding import EvidenceIndex
from ftgov.reports.numbers import significant
from ftgov.reports.shapes import Drawing
from ftgov.reports.text import sentence_case
from ftgov.statistics.thinning import thinned

_CURVES = 4
_POINTS = 400


def curve_drawings(findings: Iterable[Finding], index: EvidenceIndex) -> list[Drawing]:
    """Return one drawing per finding that has curves.

    Raises:
        UngroundedFigure: If the finding of a curve names no evidence of the dossier.
    """
    drawn = [(finding, _curves(finding.series)) for finding in findings]
    return [_drawing(finding, curves, index) for finding, curves in drawn if curves]


def _curves(series: tuple[Series, ...]) -> tuple[Curve, ...]:
    losses = [one for one in series if "loss" in one.name and one.points]
    chosen = losses or [one for one in series if one.points][:1]
    return tuple(
        Curve(
            _name(one.name),
            tuple((point.step, point.value) for point in thinned(one.points, _POINTS)),
            marked="eval" in one.name or "valid" in one.name,
        )
        for one in chosen[:_CURVES]
    )


def _name(name: str) -> str:
    known = {"loss": "training", "eval_loss": "evaluation", "train_loss": "training"}
    return known.get(name, sentence_case(name).lower())


def _drawing(finding: Finding, curves: tuple[Curve, ...], index: EvidenceIndex) -> Drawing:
    loss = any("loss" in one.name for one in finding.series)
    title = "Loss over training steps" if loss else f"{curves[0].name} over training steps"
    told = "; ".join(
        f"{curve.name}: from {significant(curve.points[0][1], 3)} at step "
        f"{curve.points[0][0]:g} to {significant(curve.points[-1][1], 3)} at step "
        f"{curve.points[-1][0]:g}, {len(curve.points)} points"
        for curve in curves
    )
    told_by = sorted({one.assurance for one in finding.measurements if one.value is not None})
    assurance = f" Assurance: {', '.join(told_by)}." if told_by else ""
    caption = f"Exact values as the trainer logged them: {told}.{assurance}"
    source = index.marks(finding.evidence, finding.id)
    svg = curve_chart(title, told, curves)
    return Drawing(kind="curve", title=title, caption=caption, svg=svg, source=source)
