"""What the report says, word for word, for one dossier of each verdict.

`FTGOV_UPDATE_SNAPSHOTS=1 pytest tests/snapshots` writes the files anew; review the difference.
"""

from __future__ import annotations

import os
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from ftgov.reports.html import body_of
from ftgov.reports.view import build_view
from report_samples import Case, dossier

HERE = Path(__file__).parent
BLOCKS = {"p", "h1", "h2", "h3", "li", "tr", "caption", "dt", "dd", "pre", "text", "title", "desc"}


def words_of(body: str) -> str:
    """Return the text of a report, one line for each block."""
    parser = pytest.importorskip("tinyhtml5.parser").HTMLParser(namespace_html_elements=False)
    page = parser.parse(f"<!DOCTYPE html><title>t</title>{body.replace('<br>', ' ')}")
    lines = [
        re.sub(r"\s+", " ", "".join(_texts(element))).strip()
        for element in page.iter()
        if element.tag.split("}")[-1] in BLOCKS and not _within(element)
    ]
    return "\n".join(line for line in lines if line) + "\n"


def _within(element: ET.Element) -> bool:
    """Tell whether the element only wraps other blocks."""
    return element.tag == "li" and any(child.tag == "p" for child in element)


def _texts(element: ET.Element) -> list[str]:
    cells = [child for child in element if child.tag in {"td", "th"}]
    if cells:
        return [" | ".join("".join(cell.itertext()).strip() for cell in cells)]
    return list(element.itertext())


@pytest.mark.parametrize("case", ["pass", "fail", "error"])
def test_the_words_of_the_report(case: Case) -> None:
    view = build_view(dossier(case))
    words = words_of(body_of(view))
    for moving in (view.dossier_digest, view.assessment_digest, view.assessment_short):
        words = words.replace(moving, "(digest)")
    kept = HERE / f"report-{case}.txt"
    if os.environ.get("FTGOV_UPDATE_SNAPSHOTS"):
        kept.write_text(words, encoding="utf-8")
    assert words == kept.read_text(encoding="utf-8")
