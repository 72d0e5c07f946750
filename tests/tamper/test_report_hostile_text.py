"""Hostile text in records, findings and model output is printed inert, in HTML, SVG and PDF."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
from collections.abc import Callable

import pytest

from ftgov.records.dossier import Dossier
from ftgov.records.measurement import Measurement
from ftgov.reports.fonts import font_bytes
from ftgov.reports.html import render_html
from ftgov.reports.pdf import render_pdf
from ftgov.reports.view import build_view
from report_findings import ANSWERS, finding, measured
from report_samples import decision, dossier, sealed

ATTACKS = {
    "markup": "<script>alert(1)</script></title><h1>PASS</h1>",
    "file": "<img src=file:///etc/passwd><link rel=stylesheet href=file:///etc/passwd>",
    "remote": "<iframe src=http://127.0.0.1:9/></iframe><svg onload=alert(1)>",
    "attribute": '" onmouseover="alert(1)" x=\'',
    "template": "{{7*7}} ${7*7} {% include '/etc/passwd' %} <%= 7*7 %>",
    "style": "</style><style>@import url(file:///etc/passwd);</style>",
    "css": "}} body { content: url(file:///etc/passwd) } @page { size: 1mm }",
    "reverse": "safe\u202egnp.exe\u2066\u200f\u061c",
    "controls": "a\x00b\x1b[31mc\x07\x08\x0b\ufeff\u00ad\u200b\ue000",
    "zalgo": "Z" + "\u0301" * 400,
    "entity": "&lt;b&gt; &#60;i&#62; &amp;amp; <!ENTITY x SYSTEM 'file:///etc/passwd'> ]]>",
    "scripts": "\u0645\u0631\u062d\u0628\u0627 \u6f22\u5b57 \u0e01 \u0436 \u03a9 \U0001f642",
    "word": "w" * 5_000,
}
HOSTILE_TAGS = {"script", "img", "iframe", "link", "object", "embed", "form", "base"}


def hostile(text: str) -> Dossier:
    """Return a dossier with the text in every place where a record takes free text."""
    made = dossier("pass").assessment
    subject = made.subject
    system, job = subject.system, subject.job
    assert system is not None
    assert job is not None
    assert made.classification is not None
    part: dict[str, str | None] = {text[:900]: text, "group": text}
    rows: list[Measurement] = [
        measured("odd.rate", 0.5, 0.1, 9, part={"group": text}, evidence=(ANSWERS.digest,)),
        measured("odd.rate", 0.4, 0.1, 9, part=part, evidence=(ANSWERS.digest,)),
        measured("odd.base_rate", 0.3, 0.1, 9, part={"group": text}, evidence=(ANSWERS.digest,)),
        measured("odd.mass", 0.3, 0.1, 9, unit="kg", part=part, evidence=(ANSWERS.digest,)),
    ]
    rows = [row.model_copy(update={"method": text}) for row in rows]
    odd = finding("odd", text, text, rows).model_copy(update={"analyzer": text, "method": text})
    law = made.classification
    reason = law.why[0].model_copy(update={"rule": text, "reference": text, "text": text})
    duty = law.obligations[0].model_copy(
        update={"id": text, "reference": text, "who": text, "text": text, "note": text}
    )
    dataset = subject.datasets[0].model_copy(
        update={"origin": text, "licence": text, "languages": (text,), "name": text}
    )
    party = subject.parties[0].model_copy(update={"legal_name": text, "contact": text})
    changed = made.model_copy(
        update={
            "tool": text,
            "findings": (*made.findings, odd),
            "classification": law.model_copy(
                update={"why": (reason,), "obligations": (duty,), "missing": (text,)}
            ),
            "subject": subject.model_copy(
                update={
                    "system": system.model_copy(update={"intended_purpose": text, "name": text}),
                    "datasets": (dataset, *subject.datasets[1:]),
                    "parties": (party,),
                    "job": job.model_copy(update={"provider": text, "name": text}),
                    "model": subject.model.model_copy(update={"architecture": text}),
                }
            ),
        }
    )
    rule = decision("FTG-ODD-001", text, "pass", text, rows[0]).model_copy(
        update={"rule": text, "gate": text, "remedy": text, "refs": (text,)}
    )
    return sealed(changed, (rule,))


def _tree(text: str) -> tuple[ET.Element, list[object]]:
    parser = pytest.importorskip("tinyhtml5.parser").HTMLParser(namespace_html_elements=False)
    return parser.parse(text), parser.errors


@pytest.mark.parametrize("name", sorted(ATTACKS))
def test_the_page_has_the_same_elements_as_with_plain_text(name: str) -> None:
    root, faults = _tree(render_html(build_view(hostile(ATTACKS[name]))))
    calm, _ = _tree(render_html(build_view(hostile("plain"))))
    elements = list(root.iter())
    assert faults == []
    assert {e.tag for e in elements} == {e.tag for e in calm.iter()}
    assert not HOSTILE_TAGS & {str(e.tag).split("}")[-1] for e in elements}
    assert {k for e in elements for k in e.attrib} == {k for e in calm.iter() for k in e.attrib}
    assert len(list(root.iter("h1"))) == 1
    assert len(list(root.iter("style"))) == 1


def test_templates_are_not_evaluated_in_text() -> None:
    root, _ = _tree(render_html(build_view(hostile("x{{7*7}}y x${7*7}y x{% raw %}y"))))
    shown = "".join(root.itertext())
    assert "x49y" not in shown
    assert "x{{7*7}}y" in shown
    assert "x{% raw %}y" in shown


def test_direction_and_control_characters_are_shown_not_obeyed() -> None:
    text = render_html(build_view(hostile(ATTACKS["reverse"] + ATTACKS["controls"])))
    for character in "\u202e\u2066\u200f\u061c\x00\x1b\x07\ufeff\u200b\ue000":
        assert character not in text
    assert "&lt;U+202E&gt;gnp.exe" in text
    assert "&lt;U+0000&gt;" in text


def test_marks_do_not_climb_over_other_lines() -> None:
    text = render_html(build_view(hostile(ATTACKS["zalgo"])))
    assert "\u0301" * 5 not in text
    assert "&lt;U+0301&gt;" in text


def test_the_pdf_prints_all_of_it_and_fetches_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("weasyprint")
    pypdf = pytest.importorskip("pypdf")
    opened: list[str] = []

    def watched(file: str, read: Callable[[str], bytes | None] = font_bytes) -> bytes | None:
        opened.append(file)
        return read(file)

    monkeypatch.setattr("ftgov.reports.pdf.font_bytes", watched)
    text = " ".join(attack for name, attack in ATTACKS.items() if name not in {"word", "zalgo"})
    made = render_pdf(build_view(hostile(text)), identifier=b"0123456789abcdef")
    pages = pypdf.PdfReader(io.BytesIO(made)).pages
    shown = "".join("".join(page.extract_text() for page in pages).split())
    assert opened
    assert all(file.endswith(".woff2") for file in opened)
    assert "root:x:0" not in shown
    for expected in (
        "<imgsrc=file:///etc/passwd>",
        "<iframesrc=http://127.0.0.1:9/>",
        "{{7*7}}",
        "@importurl(file:///etc/passwd)",
        "safe<U+202E>gnp.exe",
        "<U+6F22><U+5B57>",
        "\u0436\u03a9",
    ):
        assert expected in shown
    for page in pages:
        for font in page["/Resources"]["/Font"].values():
            assert "+ftgov-" in font.get_object()["/BaseFont"]
        for note in page.get("/Annots", []):
            assert "/URI" not in note.get_object().get("/A", {})


def test_ten_megabytes_in_one_line_are_cut_with_a_note() -> None:
    long = "A" * 10_000_000
    odd = finding("odd", "Odd", long, [measured("odd.rate", 0.5, 0.1, 9)])
    text = render_html(build_view(dossier("pass", extra=(odd,))))
    assert len(text) < 600_000
    assert "9,998,800 more characters not printed" in text


def test_a_broken_surrogate_is_replaced() -> None:
    view = build_view(dossier("pass")).model_copy(update={"purpose": "a\ud800b"})
    text = render_html(view)
    assert "a\N{REPLACEMENT CHARACTER}b" in text
    assert text.encode()
