"""The source texts of the law, cut into articles, recitals and amendments; read where present."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import yaml

FILES = {
    "act": "regulation_2024_1689_en_as_published.txt",
    "amendment": "amendments_2026_1744_en.yaml",
}
_HEADING = re.compile(r"^(Article \d+|ANNEX [IVX]+)$", re.MULTILINE)


@cache
def source(folder: Path, name: str) -> str:
    """One source text."""
    return (folder / "law" / FILES[name]).read_text("utf-8")


@cache
def _parts(folder: Path) -> dict[str, str]:
    """The Act's articles and annexes by heading; body lines that cite an article are none."""
    text = source(folder, "act")
    marks = list(_HEADING.finditer(text))
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    return {mark[1]: text[mark.end() : end] for mark, end in zip(marks, ends, strict=True)}


@cache
def _amendments(folder: Path) -> dict[str, str]:
    entries = yaml.safe_load(source(folder, "amendment"))
    return {entry["at"]: str(entry.get("text", "")) for entry in entries}


def passage(folder: Path, name: str, at: str) -> str:
    """The words of one article, annex, recital or amendment, and of nothing else."""
    if name == "amendment":
        return _amendments(folder)[at]
    if at.startswith("Recital "):
        number = re.escape(at.removeprefix("Recital "))
        found = re.search(rf"^\({number}\) (.*)$", source(folder, "act"), re.MULTILINE)
        assert found, at
        return found[1]
    return _parts(folder)[at]
