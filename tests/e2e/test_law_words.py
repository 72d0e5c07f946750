"""No template and no output claims that the law is met."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import yaml

from ftgov.law.answer_template import answer_template
from ftgov.law.difference import pack_difference
from ftgov.law.questionnaire import open_questions
from ftgov.law.timeline import timeline
from ftgov.records.canonical import canonical_bytes
from law_subjects import subject
from law_support import NEW, OLD, TODAY, packs, run, with_, worked
from tests_support import HOUSE, run_ftgov

BANNED = re.compile(
    r"\b(?:non-?)?compliant\b|presum\w+ (?:of conformity|to conform)|conforms? (?:to|with) the "
    r"(?:act|regulation|law)|(?:fully|legally) compl|complies with the (?:act|regulation|law)|"
    r"meets all (?:duties|obligations|requirements)|certified (?:as|to|under)|\blawful use\b",
    re.IGNORECASE,
)
CASES = [
    case
    for path in sorted((HOUSE / "tests" / "conformance" / "law_decisions").glob("*.yaml"))
    for case in yaml.safe_load(path.read_text("utf-8"))
]


def shipped_texts() -> Iterator[Path]:
    for folder in ("policies", "templates"):
        for path in sorted((HOUSE / folder).rglob("*")):
            if path.suffix in {".yaml", ".yml", ".html", ".j2", ".jinja", ".css", ".txt", ".json"}:
                yield path


def literals(path: Path) -> str:
    """Every text of a source file that could be printed: its string literals but docstrings."""
    tree = ast.parse(path.read_text("utf-8"))
    nodes = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docs = {
        ast.get_docstring(node, clean=False) for node in ast.walk(tree) if isinstance(node, nodes)
    }
    found = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return "\n".join(text for text in found if isinstance(text, str) and text not in docs)


@pytest.mark.parametrize(
    "word", ["compliant", "Non-compliant", "presumption of conformity", "presumed to conform"]
)
def test_the_net_catches_what_it_is_for(word: str) -> None:
    assert BANNED.search(f"This system is {word}.")


def test_no_shipped_text_claims_it() -> None:
    texts = list(shipped_texts())
    assert len(texts) >= 15
    for path in texts:
        assert not BANNED.search(path.read_text("utf-8")), path


def test_no_sentence_of_the_program_claims_it() -> None:
    sources = sorted((HOUSE / "src").rglob("*.py"))
    assert len(sources) >= 100
    for path in sources:
        assert not BANNED.search(literals(path)), path


def test_no_classification_claims_it() -> None:
    for case in CASES:
        facts = with_(*(worked()["sets"][name] for name in case["of"]), case["facts"])
        day = case.get("day", TODAY)
        result = run(facts, OLD if case.get("pack") == "old" else NEW, day)
        assert not BANNED.search(canonical_bytes(result).decode())


def test_no_calendar_questionnaire_or_difference_claims_it() -> None:
    from ftgov.dossier.assess import classify_subject

    pack = packs()[1]
    found = classify_subject(subject(), pack, date(2027, 12, 2))
    assert found.classification
    asked = open_questions(pack, found.classification, found.duties, found.reopened)
    told = [canonical_bytes(timeline(each, TODAY)).decode() for each in packs()]
    told.append(canonical_bytes(pack_difference(*packs())).decode())
    told += [canonical_bytes(state).decode() for state in found.duties]
    told.append(answer_template("desk", asked))
    assert not BANNED.search("\n".join(told))


def test_no_report_or_checklist_of_the_demonstration_claims_it(finished_demo: Path) -> None:
    for page in sorted(finished_demo.glob("reports/*/report.html")):
        assert not BANNED.search(re.sub(r"<[^>]+>", " ", page.read_text("utf-8"))), page
    done = run_ftgov("checklist", "loan-desk.honest", "--full", "--workspace", finished_demo)
    assert done.status == 0, done.err
    assert "Evidence, not a judgement" in done.out
    assert not BANNED.search(done.out)
