"""The report as a tagged, archival PDF (PDF/A-3a): the one door of WeasyPrint.

Nothing is fetched but our vendored fonts; a refused address, a warning or an error of the renderer
is an error here, never silence. The same view and identifier give the same bytes on the same
library versions. Source: ISO 19005-3 (PDF/A-3, level A), WeasyPrint documentation.
"""

from __future__ import annotations

import io
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from typing import Any

from ftgov.errors import FtgovError, MissingExtra
from ftgov.reports.fonts import font_bytes, font_css, printable
from ftgov.reports.html import body_of, document, print_sheet
from ftgov.reports.shapes import ReportView

VARIANT = "pdf/a-3a"
ASSETS = "ftgov-asset:"
APT_LINE = (
    "apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 "
    "libharfbuzz-subset0"
)


class PdfUnavailable(FtgovError):
    """The system libraries that the PDF renderer needs are absent; all other output works."""


class RenderFault(FtgovError):
    """The PDF renderer refused an address or complained; no PDF is given out."""


def render_pdf(view: ReportView, *, identifier: bytes) -> bytes:
    """Return the report as PDF/A-3a bytes.

    Args:
        view: What to print.
        identifier: 16 bytes that name the file, from the dossier's digest; not random.

    Raises:
        MissingExtra: If WeasyPrint is not installed.
        PdfUnavailable: If the libraries of Pango are missing on this machine.
        RenderFault: If the renderer complained or asked for something that is not ours.
    """
    return pdf_bytes(print_document(view), identifier=identifier)


def print_document(view: ReportView) -> str:
    """Return the HTML that is printed: the same body as on screen, in the vendored fonts alone."""
    body = printable(body_of(view))
    css = font_css(body, lambda file: ASSETS + file) + "\n" + print_sheet()
    return document(view, body, css, policy="")


def pdf_bytes(html: str, *, identifier: bytes) -> bytes:
    """Return printed HTML as PDF/A-3a bytes; see `render_pdf` for errors."""
    weasyprint = _weasyprint()
    refused: list[str] = []
    with _complaints() as complaints:
        page = weasyprint.HTML(string=html, url_fetcher=_fetcher(refused))
        content: bytes = page.write_pdf(
            pdf_variant=VARIANT, pdf_identifier=identifier, finisher=_name_header_scopes
        )
    if refused or complaints:
        raise RenderFault(
            "The PDF was not made: the page asked for something that is not part of it."
            if refused
            else "The PDF was not made: the renderer complained.",
            why="; ".join((refused or complaints)[:3]),
            next_step="Report this with the dossier that caused it; the HTML report is unaffected.",
        )
    return content


def _weasyprint() -> Any:
    try:
        # Without its libraries WeasyPrint prints a notice to stdout, which is not ours to fill.
        with warnings.catch_warnings(), redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            import weasyprint
    except ImportError as fault:
        raise MissingExtra("The PDF report", "pdf") from fault
    except OSError as fault:
        raise PdfUnavailable(
            "The PDF report needs the Pango text libraries, which this machine lacks.",
            why=str(fault).splitlines()[0],
            next_step=APT_LINE,
        ) from fault
    return weasyprint


def missing_libraries() -> str | None:
    """Return the line that installs the system libraries, or None if the renderer loads them.

    Raises:
        MissingExtra: If WeasyPrint itself is not installed.
    """
    try:
        _weasyprint()
    except PdfUnavailable as fault:
        return fault.next_step
    return None


def _fetcher(refused: list[str]) -> Any:
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class _Vendored(URLFetcher):  # type: ignore[misc]
        """Gives out vendored fonts, and refuses and records every other address."""

        def fetch(self, url: str, headers: object = None) -> Any:  # noqa: ARG002 - its interface
            content = font_bytes(url.removeprefix(ASSETS)) if url.startswith(ASSETS) else None
            if content is None:
                refused.append(f"It asked for {url[:200]!r}.")
                raise ValueError("only vendored fonts are given out")
            return URLFetcherResponse(url, content, {"Content-Type": "font/woff2"})

    return _Vendored(fail_on_errors=False)


class _Collector(logging.Handler):
    """Keeps what is logged as text."""

    def __init__(self, messages: list[str]) -> None:
        super().__init__(logging.WARNING)
        self._messages = messages

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one message."""
        self._messages.append(record.getMessage())


@contextmanager
def _complaints() -> Iterator[list[str]]:
    """Collect the renderer's warnings and errors instead of letting them reach the terminal."""
    messages: list[str] = []
    logger, subsetter = logging.getLogger("weasyprint"), logging.getLogger("fontTools")
    kept = (logger.handlers[:], logger.propagate, subsetter.propagate)
    logger.handlers, logger.propagate, subsetter.propagate = [_Collector(messages)], False, False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield messages
    finally:
        logger.handlers, logger.propagate, subsetter.propagate = kept


def _name_header_scopes(_document: object, pdf: Any) -> None:
    """Give each header cell its scope, which WeasyPrint 70 leaves out (its issue 2508).

    A header cell within THead heads a column, any other one heads a row: so our templates use them.
    """
    elements: list[Any] = [one for one in pdf.objects if isinstance(one, dict) and one.get("S")]
    by_reference = {one.reference: one for one in elements}
    for element in elements:
        if element["S"] != "/TH":
            continue
        row = by_reference.get(element.get("P"), {})
        group = by_reference.get(row.get("P"), {})
        scope = "/Column" if group.get("S") == "/THead" else "/Row"
        element.setdefault("A", {})["Scope"] = scope
