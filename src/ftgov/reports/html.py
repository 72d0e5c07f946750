"""The report as one HTML file: no script, no request, readable offline, printable.

Everything is escaped by the template engine; every value passes `safe_text` on its way; the page's
content security policy forbids what an escape could have missed.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from ftgov.reports.fonts import data_url, font_css
from ftgov.reports.shapes import Drawing, ReportView
from ftgov.reports.text import safe_text
from ftgov.shipped import shipped

if TYPE_CHECKING:
    from jinja2 import Environment

_NARROW = 160
"""Characters of a text that stands in a narrow cell, such as a name or a reference."""

POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; font-src data:; base-uri 'none'; "
    "form-action 'none'"
)
"""Content security policy of the HTML file: nothing is fetched and nothing runs."""


def render_html(view: ReportView) -> str:
    """Return the report as one self-contained HTML5 document; the same view gives the same text."""
    sheet = "\n".join((_sheet("report.css"), _sheet("screen.css")))
    paper = f"@media print{{\n{_sheet('print.css')}\n}}"
    body = body_of(view)
    fonts = font_css(body, data_url)
    return document(view, body, f"{fonts}\n{sheet}\n{paper}", policy=POLICY)


def body_of(view: ReportView) -> str:
    """Return the body of the report, the same for screen and paper."""
    return _environment().get_template("body.html.j2").render(view=view)


def document(view: ReportView, body: str, css: str, *, policy: str) -> str:
    """Return a whole document around a rendered body.

    Args:
        view: For its title and dates.
        body: What `body_of` returned, perhaps with characters spelled out.
        css: Our own style sheet.
        policy: The content security policy; empty for print.
    """
    from markupsafe import Markup

    template = _environment().get_template("document.html.j2")
    return template.render(view=view, body=Markup(body), css=Markup(css), policy=policy)  # noqa: S704 - our own templates made it


def print_sheet() -> str:
    """Return the style sheet for paper."""
    return "\n".join((_sheet("report.css"), _sheet("print.css")))


@cache
def _sheet(name: str) -> str:
    return shipped("templates", "report", name).read_text("utf-8")


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(shipped("templates", "report")),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_inert,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["drawn"] = _drawn
    made.filters["brief"] = _brief
    return made


def _inert(value: Any) -> Any:
    from markupsafe import Markup

    return safe_text(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _brief(text: str) -> str:
    """Return text for a narrow cell: at most `_NARROW` characters of it."""
    return safe_text(text, _NARROW)


def _drawn(drawing: object) -> str:
    """Return a chart's SVG unescaped; nothing but a `Drawing` gets through here."""
    from markupsafe import Markup

    if not isinstance(drawing, Drawing):
        raise TypeError("only a Drawing is printed without escaping")
    return Markup(drawing.svg)  # noqa: S704 - made by reports.charts, whose texts are escaped
