"""An audit of decisions by group as one HTML file: no script, no request, readable offline."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from ftgov.records.fairness import Comparison, FairnessAudit, Figure, LimitOutcome
from ftgov.reports.fairness_plot import forests, group_text, rates_plot
from ftgov.reports.fonts import data_url, font_css
from ftgov.reports.html import POLICY
from ftgov.reports.text import safe_text, sentence_case
from ftgov.shipped import shipped

if TYPE_CHECKING:
    from jinja2 import Environment

_DRAWN = ("selection_rate", "true_positive_rate", "false_positive_rate")
_COLUMNS = (
    "selection_rate",
    "true_positive_rate",
    "false_positive_rate",
    "accuracy_score",
    "mean_error",
    "mean_absolute_error",
)
_PILLS = {"pass": "good", "fail": "bad", "inconclusive": "open", "not_assessed": "open"}


def fairness_page(audit: FairnessAudit) -> str:
    """Return an audit as a self-contained HTML5 document; the same audit gives the same text."""
    names = [name for name in _COLUMNS if name in audit.overall]
    shown = names or [name for name in audit.overall if name != "count"][:4]
    drawn = [
        name
        for name in (_DRAWN if set(_DRAWN) & set(audit.overall) else shown[:2])
        if name in audit.overall and audit.overall[name].value is not None
    ]
    body = (
        _environment()
        .get_template("body.html.j2")
        .render(
            audit=audit,
            shown=shown,
            judged=[one for one in audit.comparisons if one.limit],
            whole=[one for one in audit.comparisons if not one.between],
            forests=list(forests(audit)),
            rates={name: rates_plot(audit, name) for name in drawn},
        )
    )
    fonts = font_css(body, data_url)
    sheets = [shipped("templates", "report", name).read_text("utf-8") for name in
              ("report.css", "screen.css")]  # fmt: skip
    from markupsafe import Markup

    css = "\n".join((fonts, *sheets))
    template = _environment().get_template("document.html.j2")
    return template.render(audit=audit, body=Markup(body), css=Markup(css), policy=POLICY)  # noqa: S704 - our own templates made it


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(shipped("templates", "fairness")),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_inert,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "group": group_text,
        "words": sentence_case,
        "figure": _figure,
        "pill": lambda verdict: _PILLS[verdict],
        "drawn": _drawn,
    }
    return made


def _inert(value: object) -> object:
    from markupsafe import Markup

    return safe_text(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _figure(found: Figure | Comparison | LimitOutcome) -> str:
    if found.value is None:
        return "undefined"
    if found.low is None:
        return _number(found.value)
    high = "inf" if found.high is None else _number(found.high)
    return f"{_number(found.value)} [{_number(found.low)}, {high}]"


def _number(value: float) -> str:
    return f"{value + 0.0:.3f}" if abs(value) < 100 else f"{value:,.4g}"


def _drawn(svg: str) -> str:
    """Return a chart unescaped; its texts were escaped when it was drawn."""
    from markupsafe import Markup

    return Markup(svg)  # noqa: S704 - made by reports.charts, whose texts are escaped
