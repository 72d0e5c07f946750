"""Sentences of the program that cite the law, each tied to words of the article it cites."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from law_texts import passage
from tests_support import HOUSE

CLAIMS: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parent / "law_claims" / "sentences.yaml").read_text("utf-8")
)
CITED = re.compile(r"(?<!GDPR )\bArt(?:\.|icle) ?(\d+[a-c]?)\b|\bAnnex [IVX]+\b")
# Bare references stand beside a text that has a claim of its own.
BARE = re.compile(
    r"[\s,\[\]]*(?:effective, )?(?:Art\.|Annex) ?[\dIVX][\w(), .]*(?:Annex I+|point)?[\s\]]*"
)


def sentences() -> Iterator[str]:
    """Every text of the program that cites an article, but docstrings and bare references."""
    definitions = (ast.Module, ast.ClassDef, ast.FunctionDef)
    for path in sorted((HOUSE / "src").rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        nodes = [node for node in ast.walk(tree) if isinstance(node, definitions)]
        docs = {ast.get_docstring(node, clean=False) for node in nodes}
        for node in ast.walk(tree):
            text = node.value if isinstance(node, ast.Constant) else None
            if not isinstance(text, str) or text in docs or len(text) < 20:
                continue
            if CITED.search(text) and not BARE.fullmatch(text):
                yield text


def test_every_sentence_that_cites_the_law_has_a_claim() -> None:
    found = list(sentences())
    assert len(found) >= 20
    for text in found:
        assert any(piece in text for piece in CLAIMS), text


@pytest.mark.parametrize("piece", CLAIMS)
def test_a_sentence_is_tied_to_words_of_its_article(piece: str, shared_folder: Path) -> None:
    for needle in CLAIMS[piece]:
        assert needle["words"] in passage(shared_folder, needle.get("source", "act"), needle["at"])
    cited = {number for number in CITED.findall(piece) if number}
    seen = {re.sub(r"\D*(\d+[a-c]?).*", r"\1", needle["at"]) for needle in CLAIMS[piece]}
    assert cited <= seen
