"""Hostile text in data, answers and names reaches the signed report as inert text only."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from ftgov import api
from ftgov.api import nouns
from ftgov.api.keys import load_key
from tests_support import HOUSE, NOW

IMAGE = "<img src=file:///etc/passwd>"
TEMPLATE = "{{7*7}}"
RIGHT_TO_LEFT = "\N{RIGHT-TO-LEFT OVERRIDE}evil"
HOSTILE = (IMAGE, TEMPLATE, RIGHT_TO_LEFT, "a\0b", "<script>alert(1)</script>", "]]>&amp;'\"")
TEN_MEGABYTES = "x" * 10_000_000


def _rows(answer: str) -> list[dict[str, str | None]]:
    rows: list[dict[str, str | None]] = []
    for index in range(60):
        group = HOSTILE[index % len(HOSTILE)]
        rows.append(
            {
                "id": str(index),
                "kind": "decision",
                "prompt": f"{group} {index}",
                "expected": "yes",
                "answer": TEN_MEGABYTES if index == 7 else answer,
                "group": group,
                "language": group,
                "pair": None,
            }
        )
    return rows


def _write(path: Path, rows: list[dict[str, str | None]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("hostile")
    base = _write(place / "base.jsonl", _rows("yes"))
    tuned = _write(place / "tuned.jsonl", _rows(IMAGE))
    chat = {"messages": [{"role": "user", "content": text} for text in HOSTILE]}
    (place / "train.jsonl").write_text(json.dumps(chat) + "\n")
    (place / "scoring.yaml").write_text(f"labels: {{yes: ['yes'], no: [{json.dumps(IMAGE)}]}}\n")
    facts = HOUSE / "examples" / "loan-triage" / "recording" / "system.yaml"
    with api.init(place / "space", now=NOW) as space:
        nouns.record_dataset(space, "train", [place / "train.jsonl"], role="train")
        nouns.record_dataset(
            space, "held", [base], role="evaluation", description=IMAGE, origin=TEMPLATE
        )
        nouns.record_model(space, "base", kind="base", licence=IMAGE, architecture=TEMPLATE)
        nouns.record_model(space, "tuned", kind="tuned", parent="base", licence=RIGHT_TO_LEFT)
        nouns.record_job(
            space, "job", files={}, method="lora", base="base", outputs=("tuned",),
            datasets={"train": "train"},
        )  # fmt: skip
        for model, answers in (("base", base), ("tuned", tuned)):
            nouns.record_predictions(
                space, model, dataset="held", answers=answers, scoring=place / "scoring.yaml"
            )
        purpose = " ".join(text.replace("\0", "") for text in HOSTILE)
        nouns.record_system(space, "desk", model="tuned", facts=facts, purpose=purpose)
        api.new_key(space)
        api.audit(space, "tuned")
        api.report(space, "tuned", place / "out", key=load_key(space))
    return place / "out"


def test_the_html_holds_no_element_that_the_text_asked_for(report: Path) -> None:
    html = (report / "report.html").read_text(encoding="utf-8")
    assert IMAGE not in html
    assert "<script" not in html
    assert "root:" not in html
    assert "\0" not in html
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in html
    assert "&lt;img src=file:///etc/passwd&gt;" in html
    assert TEMPLATE in html
    assert len(html) < 3_000_000


def test_the_pdf_prints_the_text_and_reads_no_file(report: Path) -> None:
    done = subprocess.run(
        ["pdftotext", "-layout", report / "report.pdf", "-"],
        capture_output=True,
        text=True,
        check=True,
    )
    folded = re.sub(r"\s+", "", done.stdout)
    assert "file:///etc/passwd" in folded
    assert TEMPLATE in folded
    assert "root:x:0" not in folded
    assert "RIGHT-TO-LEFT" not in folded


def test_nothing_of_ten_megabytes_reaches_dossier_or_report(report: Path) -> None:
    for name in ("dossier.json", "report.html", "report.pdf"):
        content = (report / name).read_bytes()
        assert b"x" * 5_000 not in content, name


def test_the_bundle_keeps_the_hostile_answers_as_they_were(report: Path) -> None:
    sizes = [path.stat().st_size for path in (report / "bundle" / "evidence").iterdir()]
    assert max(sizes) > 10_000_000
