"""The view of a dossier: grounded, consistent, complete, and free of other rooms' names."""

from __future__ import annotations

import pytest

from ftgov.errors import ExitCode, FtgovError
from ftgov.records.digest import digest_bytes
from ftgov.records.dossier import Dossier
from ftgov.records.finding import Finding
from ftgov.records.measurement import Measurement
from ftgov.reports.grounding import UngroundedFigure
from ftgov.reports.shapes import FigureView
from ftgov.reports.view import build_view
from report_findings import ANSWERS, finding, measured
from report_samples import decision, dossier, sealed

FOREIGN = digest_bytes(b"not in the dossier")


def _with_finding(extra: Finding) -> Dossier:
    return dossier("pass", extra=(extra,))


def test_a_figure_without_evidence_in_the_dossier_is_not_printed() -> None:
    naked = finding("odd", "Odd", "Odd.", [measured("odd.rate", 0.5, 0.1, 9, evidence=(FOREIGN,))])
    with pytest.raises(UngroundedFigure, match=r"odd\.rate") as caught:
        build_view(_with_finding(naked))
    assert caught.value.exit_code == ExitCode.NOT_ASSESSABLE
    assert FOREIGN in caught.value.why


def test_a_decision_on_a_foreign_figure_is_not_printed() -> None:
    made = dossier("pass")
    found = measured("odd.rate", 0.5, 0.1, 9, evidence=(FOREIGN,))
    foreign = decision("FTG-ODD-001", "Odd", "pass", "Odd.", found)
    with pytest.raises(UngroundedFigure):
        build_view(sealed(made.assessment, (*made.decisions, foreign)))
    bare_figure = foreign.figures[0].model_copy(update={"evidence": ()})
    naked = foreign.model_copy(update={"figures": (bare_figure,)})
    with pytest.raises(UngroundedFigure, match="no evidence"):
        build_view(sealed(made.assessment, (*made.decisions, naked)))


def test_a_dossier_that_contradicts_itself_is_refused() -> None:
    made = dossier("fail")
    with pytest.raises(FtgovError, match="decisions say"):
        build_view(made.model_copy(update={"verdict": "pass"}))
    with pytest.raises(FtgovError, match="digest"):
        build_view(made.model_copy(update={"assessment_digest": FOREIGN}))


def test_every_figure_has_interval_label_and_evidence() -> None:
    view = build_view(dossier("fail"))
    printed: list[FigureView] = [*view.highlights]
    printed += [figure for one in view.findings for figure in one.figures]
    matrices = [matrix for one in view.findings for matrix in one.matrices]
    cells = [cell for matrix in matrices for row in matrix.rows for cell in row.cells]
    printed += [cell for cell in cells if cell]
    printed += [figure for one in view.decisions for figure in one.figures]
    assert len(printed) > 40
    for figure in printed:
        assert figure.interval, figure.measure
        assert figure.assurance, figure.measure
        assert figure.evidence, figure.measure
        assert figure.n, figure.measure


def test_failures_stand_first_and_the_sentence_counts_them() -> None:
    view = build_view(dossier("fail"))
    assert view.pill.word == "FAIL"
    assert view.decisions[0].pill.word == "fail"
    assert view.sentence == "The release gate failed: 1 of 7 rules failed."
    open_view = build_view(dossier("error"))
    assert open_view.pill.word == "NOT ASSESSED"
    assert open_view.decisions[0].pill.word == "not assessed"
    assert "1 of 7 rules lacked" in open_view.sentence


def test_no_decision_at_all_is_not_assessed() -> None:
    view = build_view(sealed(dossier("pass").assessment, ()))
    assert view.pill.word == "NOT ASSESSED"
    assert "nothing to decide" in view.sentence


def test_an_unknown_analyzer_is_rendered_with_table_and_chart() -> None:
    parts: list[Measurement] = []
    for name, value in {"north": 0.31, "south": 0.44}.items():
        part: dict[str, str | None] = {"region": name}
        parts += [
            measured("weather.rain_rate", value, 0.05, 80, part=part),
            measured("weather.rain_rate_base", value - 0.1, 0.05, 80, part=part),
        ]
    view = build_view(_with_finding(finding("weather", "Rain", "It rains.", parts)))
    charts = [chart for chart in view.charts if chart.title.startswith("Rain rate")]
    assert [chart.kind for chart in charts] == ["dumbbell"]
    shown = next(one for one in view.findings if one.identity == "weather")
    assert [row.scope for row in shown.matrices[0].rows] == ["region north", "region south"]
    assert shown.matrices[0].heads == ("Rain rate", "Rain rate base")
    assert [row.n for row in shown.matrices[0].rows] == ["80", "80"]
    assert shown.figures == ()


def test_measures_with_different_labels_do_not_share_a_table() -> None:
    parts: list[Measurement] = []
    for name in ("north", "south"):
        part: dict[str, str | None] = {"region": name}
        parts += [
            measured("weather.rain_rate", 0.4, 0.05, 80, part=part),
            measured("weather.sun_rate", 0.4, 0.05, 80, part=part, assurance="declared"),
        ]
    view = build_view(_with_finding(finding("weather", "Rain", "It rains.", parts)))
    shown = next(one for one in view.findings if one.identity == "weather")
    assert shown.matrices == ()
    assert [figure.assurance for figure in shown.figures] == ["measured-software"] * 2 + [
        "declared"
    ] * 2


def test_no_figure_of_a_finding_is_lost_between_its_tables() -> None:
    made = dossier("pass")
    view = build_view(made)
    for one, shown in zip(made.assessment.findings, view.findings, strict=True):
        cells = [cell for matrix in shown.matrices for row in matrix.rows for cell in row.cells]
        assert len(one.measurements) == len(shown.figures) + len([c for c in cells if c])


def test_long_tables_are_cut_and_say_so() -> None:
    rows = [
        measured("wide.rate", 0.5, 0.1, 9, evidence=(ANSWERS.digest,), part={"slice": f"{i}"})
        for i in range(300)
    ]
    view = build_view(_with_finding(finding("wide", "Wide", "Many slices.", rows)))
    shown = next(one for one in view.findings if one.identity == "wide")
    assert len(shown.figures) + shown.more == 300
    assert shown.more > 200


def test_a_missing_value_prints_its_reason() -> None:
    none = Measurement(
        id="odd.rate",
        value=None,
        unit="1",
        method="share",
        assurance="measured-software",
        evidence=(ANSWERS.digest,),
        reason="no row of this group",
        n=0,
        n_needed=1_240,
    )
    view = build_view(_with_finding(finding("odd", "Odd", "Odd.", [none])))
    shown = next(one for one in view.findings if one.identity == "odd").figures[0]
    assert shown.value == "\N{EN DASH}"
    assert shown.note == "no row of this group; an n of 1,240 would decide"


def test_charts_of_the_sample() -> None:
    view = build_view(dossier("pass"))
    kinds = [chart.kind for chart in view.charts]
    assert kinds.count("curve") == 1
    assert kinds.count("range") == 1
    assert kinds.count("dumbbell") == 4
    ratio = next(chart for chart in view.charts if chart.title.startswith("Ratios"))
    assert "four-fifths reference" in ratio.svg
    assert view.lineage.kind == "lineage"
    assert all(chart.source for chart in view.charts)
