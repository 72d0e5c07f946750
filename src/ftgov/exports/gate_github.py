"""A gate's result for GitHub Actions: workflow commands that annotate, and a step summary.

GitHub shows at most 10 annotations of a step and drops the rest in silence, and refuses a summary
above 1 MiB as a whole; so at most 10 commands are given, the last of which counts what is left out,
and the summary stops before its limit and says so.

Source: GitHub Docs, Workflow commands for GitHub Actions (escaping of data and properties; limits
of job summaries); the limit of annotations as zizmor met it (zizmorcore/zizmor pull request 634).
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from ftgov.exports.figure_text import detail_lines
from ftgov.exports.gate_text import waiver_text
from ftgov.exports.judged import SENTENCES, Item, Judged, Level
from ftgov.records.printable import inert, one_line

ANNOTATIONS = 10
"""The most annotations of a step that GitHub shows."""

SUMMARY_BYTES = 1 << 20
"""The largest step summary that GitHub takes."""

_COMMANDS: dict[Level, str] = {"error": "error", "warning": "warning", "note": "notice"}
_LOUDEST: tuple[Level, ...] = ("error", "warning", "note")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#!|~@:]|(?<=www)\.)", re.IGNORECASE)
_ROOM = 2_000
_NOTES = 50


def render(judged: Judged) -> str:
    """Return the annotations, the loudest first, and the verdict as a plain last line."""
    return "".join(f"{line}\n" for line in _lines(judged))


def summary(judged: Judged) -> str:
    """Return the step summary as Markdown, below 1 MiB of UTF-8."""
    rows = [
        f"## {judged.model}: {judged.verdict_text}",
        "",
        SENTENCES[judged.verdict],
        "",
        *(line for note in judged.notes[:_NOTES] for line in (f"Note: {_cell(note)}", "")),
        "| outcome | rule | what was found |",
        "|---|---|---|",
    ]
    size = sum(len(row.encode()) + 1 for row in rows) + _ROOM
    ordered = _ordered(judged)
    for place, item in enumerate(ordered):
        row = f"| {item.outcome} | `{item.rule}` {_cell(item.title)} | {_found(item)} |"
        size += len(row.encode()) + 1
        if size > SUMMARY_BYTES:
            left_out = len(ordered) - place
            rows.append(f"| ... | {left_out} more | left out; see `ftgov check --format json` |")
            break
        rows.append(row)
    rows += ["", f"Assessment `{judged.assessment}`, decided {judged.decided_at}.", ""]
    return "\n".join(rows)


def _ordered(judged: Judged) -> list[Item]:
    rank = {level: place for place, level in enumerate((*_LOUDEST, "none"))}
    return sorted(judged.items, key=lambda item: rank[item.level])


def _lines(judged: Judged) -> Iterator[str]:
    loud = [item for item in _ordered(judged) if item.level != "none"]
    shown = loud if len(loud) <= ANNOTATIONS else loud[: ANNOTATIONS - 1]
    for item in shown:
        yield _annotation(item)
    if rest := loud[len(shown) :]:
        names = ", ".join(item.rule for item in rest[:20])
        command = _COMMANDS[rest[0].level]
        yield f"::{command} title={len(rest)} more rules::{_data(f'See the summary: {names}')}"
    for note in judged.notes:
        yield f"note: {note}"
    yield f"ftgov check {judged.model}: {judged.verdict_text}"


def _annotation(item: Item) -> str:
    title = f"{item.rule} {item.outcome}: {one_line(item.title)}"
    text = [item.message, *detail_lines(item)]
    text += [f"waiver: {waiver_text(item)}"] if item.waiver else []
    text += [f"to change it: {item.remedy}"] if item.remedy else []
    place = f"file={_property(item.place.file)},line={item.place.line}"
    command = _COMMANDS[item.level]
    return f"::{command} {place},title={_property(title)}::{_data(inert(chr(10).join(text)))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(one_line(text)).replace(":", "%3A").replace(",", "%2C")


def _found(item: Item) -> str:
    parts = [_cell(item.message)]
    if item.outcome != "pass":
        parts += [_cell(line) for line in detail_lines(item)]
        parts += [f"waiver: {_cell(waiver_text(item))}"] if item.waiver else []
        parts += [f"**To change it:** {_cell(item.remedy)}"] if item.remedy else []
    return "<br>".join(parts)


def _cell(text: str) -> str:
    """Return text inert in Markdown: no markup, no link, no mention, no new row."""
    return _MARKDOWN.sub(r"\\\1", html.escape(one_line(text), quote=False))
