"""A gate's result as a GitLab Code Quality report: one issue for each rule that did not pass.

The format has no verdict and no suppression, so a waived rule is an issue of severity `info` that
says so. Issues of one fingerprint hide each other, so each has its own.

Source: GitLab Docs, Code Quality, "Code Quality report format": description, check_name,
fingerprint, severity (info, minor, major, critical, blocker), location.path, location.lines.begin.
"""

from __future__ import annotations

import json
from typing import Any

from ftgov.exports.figure_text import detail_lines
from ftgov.exports.gate_text import waiver_text
from ftgov.exports.judged import Item, Judged
from ftgov.records.digest import bare, digest_record
from ftgov.records.printable import one_line

_SEVERITY = {"error": "blocker", "warning": "minor", "note": "info"}


def render(judged: Judged) -> str:
    """Return the report, a JSON array."""
    issues = [_issue(item, judged) for item in judged.items if item.level != "none"]
    issues += [_note(note, judged) for note in judged.notes]
    return json.dumps(issues, ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def _issue(item: Item, judged: Judged) -> dict[str, Any]:
    about = [judged.model, judged.system, item.gate, item.rule]
    return {
        "description": _description(item, judged),
        "check_name": item.rule,
        "fingerprint": bare(digest_record(about)),
        "severity": _severity(item),
        "location": {"path": item.place.file, "lines": {"begin": item.place.line}},
    }


def _note(note: str, judged: Judged) -> dict[str, Any]:
    """Return what holds for the whole result as an issue, which is all that the format knows."""
    place = judged.default_place
    return {
        "description": one_line(f"NOTE {judged.model}: {note}"),
        "check_name": "FTG-NOTE",
        "fingerprint": bare(digest_record([judged.model, judged.system, "note", note])),
        "severity": "info",
        "location": {"path": place.file, "lines": {"begin": place.line}},
    }


def _severity(item: Item) -> str:
    """Return `critical` for what can't be assessed, so that it is told from what failed."""
    return "critical" if item.outcome == "error" else _SEVERITY[item.level]


def _description(item: Item, judged: Judged) -> str:
    texts = [f"{item.outcome.upper()} {judged.model}: {item.title}. {item.message}"]
    texts += detail_lines(item)[:2]
    texts += [f"Waiver {waiver_text(item)}"] if item.waiver else []
    texts += [f"To change it: {item.remedy}"] if item.remedy else []
    return one_line(" ".join(texts))
