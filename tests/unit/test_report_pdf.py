"""The PDF report: tagged, archival, embedded, deterministic, and closed to every address."""

from __future__ import annotations

import hashlib
import io
import logging
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ftgov.errors import MissingExtra
from ftgov.reports.pdf import (
    PdfUnavailable,
    RenderFault,
    pdf_bytes,
    print_document,
    render_pdf,
)
from ftgov.reports.view import build_view
from report_samples import dossier
from tests_support import HOUSE

pytest.importorskip("weasyprint")
pypdf = pytest.importorskip("pypdf")

IDENTIFIER = bytes(range(16))
MAKE = """
import hashlib, sys
from report_samples import dossier
from ftgov.reports.pdf import render_pdf
from ftgov.reports.view import build_view
made = render_pdf(build_view(dossier("pass")), identifier=bytes(range(16)))
print(hashlib.sha256(made).hexdigest())
"""


@pytest.fixture(scope="module")
def content() -> bytes:
    """A sample's PDF, made once."""
    return render_pdf(build_view(dossier("pass")), identifier=IDENTIFIER)


@pytest.fixture(scope="module")
def reader(content: bytes) -> Any:
    """The sample's PDF, opened."""
    return pypdf.PdfReader(io.BytesIO(content))


def _structure(node: Any, found: list[Any]) -> list[Any]:
    node = node.get_object()
    if not isinstance(node, dict):
        return found
    if "/S" in node:
        found.append(node)
    children = node.get("/K", [])
    for child in children if isinstance(children, list) else [children]:
        if not isinstance(child, int):
            _structure(child, found)
    return found


def test_it_is_tagged_archival_and_titled(reader: Any) -> None:
    root = reader.trailer["/Root"]
    assert root["/Lang"] == "en"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert root["/OutputIntents"]
    assert "/OpenAction" not in root
    assert "/JavaScript" not in root.get("/Names", {})
    assert reader.metadata.title == "Audit report of loan-triage-tuned: PASS"
    packet = root["/Metadata"].get_object().get_data().decode()
    assert re.search(r'part(>|=")3["<]', packet)
    assert re.search(r'conformance(>|=")A["<]', packet)
    assert "2026-11-21T09:30:00" in packet


def test_headers_have_scope_figures_have_text_and_order_is_told(reader: Any) -> None:
    nodes = _structure(reader.trailer["/Root"]["/StructTreeRoot"], [])
    heads = [node for node in nodes if node["/S"] == "/TH"]
    assert len(heads) > 50
    assert {head["/A"]["/Scope"] for head in heads} == {"/Column", "/Row"}
    figures = [node for node in nodes if node["/S"] == "/Figure"]
    assert len(figures) == 7
    assert all(figure["/Alt"] for figure in figures)
    assert {"/H1", "/H2", "/H3", "/Table", "/L", "/Caption"} <= {node["/S"] for node in nodes}


def test_every_font_is_embedded_and_ours(reader: Any) -> None:
    names = set()
    for page in reader.pages:
        for font in page["/Resources"]["/Font"].values():
            part = font.get_object()["/DescendantFonts"][0].get_object()
            descriptor = part["/FontDescriptor"].get_object()
            assert "/FontFile2" in descriptor or "/FontFile3" in descriptor
            names.add(str(part["/BaseFont"]).split("+")[-1])
    assert names
    assert all(name.startswith("ftgov-") for name in names), names


def test_links_stay_inside(reader: Any) -> None:
    for page in reader.pages:
        for note in page.get("/Annots", []):
            assert "/URI" not in note.get_object().get("/A", {})
            assert note.get_object()["/Subtype"] == "/Link"


def test_pages_are_numbered_and_few(reader: Any) -> None:
    pages = [page.extract_text() for page in reader.pages]
    assert 8 <= len(pages) <= 12
    for number, text in enumerate(pages, start=1):
        assert f"page {number} of {len(pages)}" in text
        assert "loan-triage-tuned" in text
        assert len(text) > 600, f"page {number} is nearly empty"


def test_it_says_what_the_dossier_says(reader: Any) -> None:
    made = dossier("pass")
    text = " ".join("\n".join(page.extract_text() for page in reader.pages).split())
    for decision in made.decisions:
        assert decision.rule in text
    for file in made.evidence:
        assert file.digest.removeprefix("sha256:") in text
    assert "0.805 to 0.969" in text
    assert "\N{REPLACEMENT CHARACTER}" not in text


def test_two_processes_make_the_same_bytes(content: bytes) -> None:
    made = subprocess.run(
        [sys.executable, "-c", MAKE],
        capture_output=True,
        text=True,
        check=True,
        cwd=HOUSE,
        env={
            "PYTHONPATH": f"{HOUSE / 'src'}:{HOUSE / 'tests'}",
            "PYTHONHASHSEED": "77",
            "TZ": "Asia/Tokyo",
            "LC_ALL": "C",
        },
    )
    assert made.stdout.strip() == hashlib.sha256(content).hexdigest()
    assert made.stderr == ""


@pytest.mark.parametrize(
    "markup",
    [
        '<img src="file:///etc/passwd" alt="x">',
        '<img src="http://127.0.0.1:9/x.png" alt="x">',
        '<img src="data:image/png;base64,iVBORw0KGgo=" alt="x">',
        '<img src="ftgov-asset:../../pyproject.toml" alt="x">',
        '<link rel="stylesheet" href="file:///etc/passwd">',
        "<style>@import url('file:///etc/hostname');</style>",
        "<style>body { background: url('file:///etc/passwd') }</style>",
    ],
)
def test_every_address_but_our_fonts_is_an_error(markup: str) -> None:
    page = f'<html lang="en"><head><title>t</title></head><body><p>x</p>{markup}</body></html>'
    with pytest.raises(RenderFault, match="not part of it") as caught:
        pdf_bytes(page, identifier=IDENTIFIER)
    assert "asked for" in caught.value.why


def test_a_complaint_of_the_renderer_is_an_error_and_not_printed(
    capfd: pytest.CaptureFixture[str],
) -> None:
    page = '<html lang="en"><style>p { colour: red }</style><title>t</title><p>x</p></html>'
    with pytest.raises(RenderFault, match="complained"):
        pdf_bytes(page, identifier=IDENTIFIER)
    assert capfd.readouterr() == ("", "")
    assert logging.getLogger("weasyprint").handlers != []


def _without(folder: Path, error: str) -> subprocess.CompletedProcess[str]:
    """Run the renderer where importing WeasyPrint fails as it does on such a machine."""
    package = folder / "weasyprint"
    package.mkdir()
    (package / "__init__.py").write_text(f"raise {error}\n")
    return subprocess.run(
        [sys.executable, "-c", MAKE],
        capture_output=True,
        text=True,
        check=False,
        cwd=HOUSE,
        env={"PYTHONPATH": f"{folder}:{HOUSE / 'src'}:{HOUSE / 'tests'}"},
    )


def test_missing_libraries_name_the_line_to_type(tmp_path: Path) -> None:
    done = _without(tmp_path, "OSError(\"cannot load library 'libpango-1.0-0'\")")
    assert done.returncode == 1
    assert PdfUnavailable.__name__ in done.stderr
    assert "Pango" in done.stderr


def test_missing_package_names_the_extra(tmp_path: Path) -> None:
    done = _without(tmp_path, 'ModuleNotFoundError("No module named weasyprint")')
    assert MissingExtra.__name__ in done.stderr
    assert "'pdf'" in done.stderr


def test_print_uses_only_our_assets() -> None:
    page = print_document(build_view(dossier("pass")))
    assert "base64" not in page
    assert page.count("url('") == page.count("url('ftgov-asset:")
