"""The HTML report: one valid, self-contained, accessible file that says what the dossier says."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest

from ftgov.reports.fonts import faces, font_bytes, printable
from ftgov.reports.html import render_html
from ftgov.reports.view import build_view
from report_samples import Case, dossier
from tests_support import HOUSE

X = "{http://www.w3.org/1999/xhtml}"
CASES: tuple[Case, ...] = ("pass", "fail", "error")
WORDS = {"pass": "PASS", "fail": "FAIL", "error": "NOT ASSESSED"}


def html(case: Case = "pass") -> str:
    """Return a sample's report."""
    return render_html(build_view(dossier(case)))


def tree(text: str) -> tuple[ET.Element, list[object]]:
    """Return the parsed report and the parser's list of faults."""
    parser = pytest.importorskip("tinyhtml5.parser").HTMLParser()
    return parser.parse(text), parser.errors


@pytest.mark.parametrize("case", CASES)
def test_it_is_valid_html_that_names_its_verdict(case: Case) -> None:
    root, faults = tree(html(case))
    assert faults == []
    assert root.get("lang") == "en"
    title = root.find(f"{X}head/{X}title")
    assert title is not None
    assert title.text == f"Audit report of loan-triage-tuned: {WORDS[case]}"


def test_landmarks_headings_and_tables_are_accessible() -> None:
    root, _ = tree(html())
    assert len(list(root.iter(f"{X}main"))) == 1
    assert len(list(root.iter(f"{X}h1"))) == 1
    levels = [int(e.tag[-1]) for e in root.iter() if re.fullmatch(rf"{re.escape(X)}h[1-6]", e.tag)]
    assert all(after - before <= 1 for before, after in pairwise(levels))
    tables = list(root.iter(f"{X}table"))
    assert len(tables) >= 8
    for table in tables:
        caption = table.find(f"{X}caption")
        assert caption is not None
        assert (caption.text or "").strip()
        assert all(head.get("scope") for head in table.iter(f"{X}th"))
    identities = [e.get("id") for e in root.iter() if e.get("id")]
    assert len(identities) == len(set(identities))
    targets = {(e.get("href") or "").removeprefix("#") for e in root.iter(f"{X}a")}
    assert targets <= set(identities)
    for section in root.iter(f"{X}section"):
        assert section.get("aria-labelledby") in identities


def test_nothing_is_requested_from_anywhere() -> None:
    text = html()
    root, _ = tree(text)
    assert not {e.tag for e in root.iter()} & {
        f"{X}{t}" for t in ("script", "img", "link", "iframe")
    }
    addresses = set(re.findall(r"url\('([^']{0,40})", text))
    assert addresses
    assert all(address.startswith("data:font/woff2;base64,") for address in addresses)
    assert all((e.get("href") or "#").startswith("#") for e in root.iter())
    policy = [e.get("content") for e in root.iter() if e.get("http-equiv")]
    assert str(policy[0]).startswith("default-src 'none'")
    assert re.findall(r"https?://[^\s\"<]+", text) == ["http://www.w3.org/2000/svg"] * text.count(
        "<svg"
    )
    assert len(text) < 600_000


def test_the_same_dossier_gives_the_same_text() -> None:
    assert html("fail") == html("fail")


@pytest.mark.parametrize("case", CASES)
def test_the_word_that_is_never_printed(case: Case) -> None:
    assert "compli" + "ant" not in html(case).lower()


def test_every_decision_file_and_digest_of_the_dossier_is_printed() -> None:
    made = dossier("fail")
    text = render_html(build_view(made))
    for decision in made.decisions:
        assert decision.rule in text
        assert decision.title in text
    for file in made.evidence:
        assert file.digest.removeprefix("sha256:") in text
        assert file.name in text
    assert made.assessment_digest in text
    for duty in (made.assessment.classification or pytest.fail("no class")).obligations:
        assert duty.reference in text


def test_a_report_without_system_and_findings_still_renders() -> None:
    from report_samples import sealed

    made = dossier("pass").assessment
    bare = made.model_copy(
        update={
            "findings": (),
            "classification": None,
            "subject": made.subject.model_copy(
                update={"system": None, "base": None, "job": None, "datasets": (), "parties": ()}
            ),
        }
    )
    text = render_html(build_view(sealed(bare, ())))
    _, faults = tree(text)
    assert faults == []
    assert "was not classified" in text
    assert "holds no finding" in text


def test_font_list_matches_the_files() -> None:
    ttlib = pytest.importorskip("fontTools.ttLib")
    total = 0
    for face in faces():
        path = HOUSE / "templates" / "fonts" / face.file
        total += path.stat().st_size
        have = set(ttlib.TTFont(path).getBestCmap())
        assert face.characters() <= have, face.file
        assert (path.parent / "LICENSE").is_file()
    assert total < 500_000
    assert font_bytes("../report/print.css") is None
    assert font_bytes("inter/LICENSE") is None


def test_characters_without_a_glyph_are_spelled_out_for_print() -> None:
    assert printable("a \u2265 b \u2192 c, \u0416\u03a9\u017d") == (
        "a &gt;= b -&gt; c, \u0416\u03a9\u017d"
    )
    assert printable("\u6f22") == "&lt;U+6F22&gt;"
