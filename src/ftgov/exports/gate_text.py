"""A gate's result for people: what failed, by which figure and limit, on which evidence.

It also says what would change the outcome, and where the rule stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from ftgov.exports.figure_text import detail_lines
from ftgov.exports.judged import Item, Judged
from ftgov.records.printable import one_line

Style = Literal["good", "bad", "weak", "quiet", "plain"]

_MARKS: dict[str, Style] = {
    "pass": "good",
    "fail": "bad",
    "warn": "weak",
    "waived": "weak",
    "error": "bad",
}
_INDENT = " " * 8


class Part(NamedTuple):
    """A piece of a line, and how it may be coloured."""

    text: str
    style: Style = "plain"


Line = tuple[Part, ...]


def lines(judged: Judged) -> Iterator[Line]:
    """Yield the lines of the result; nothing in them can steer a terminal or forge a line."""
    for item in judged.items:
        yield from _item(item, judged)
    yield (Part(""),)
    for note in judged.notes:
        yield (Part(f"note: {note}", "weak"),)
    for line in judged.verification.does_not_prove if judged.verification else ():
        yield (Part(f"the bundle does not prove: {one_line(line)}", "quiet"),)
    stopping = ", ".join(dict.fromkeys(item.rule for item in judged.items if item.stops))
    yield (
        Part(f"{judged.model}: "),
        Part(judged.verdict_text, _MARKS[judged.verdict]),
        Part(f" ({stopping})" if stopping else ""),
    )


def render(judged: Judged) -> str:
    """Return the result as plain text."""
    return "".join(_plain(line) + "\n" for line in lines(judged))


def item_text(item: Item, judged: Judged) -> str:
    """Return what is said of one item, as plain text without a line feed at its end."""
    return "\n".join(_plain(line) for line in _item(item, judged))


def _plain(line: Line) -> str:
    return "".join(part.text for part in line)


def _item(item: Item, judged: Judged) -> Iterator[Line]:
    mark = Part(f"{item.outcome:>6}", _MARKS[item.outcome])
    yield mark, Part(f"  {item.rule}  {one_line(item.title)}{_aside(item)}")
    if item.outcome == "pass":
        return
    yield (Part(_INDENT + one_line(item.message)),)
    for text in detail_lines(item):
        yield _quiet(*text.split(": ", 1))
    for digest in item.evidence:
        name = one_line(judged.files.get(digest, ""))
        yield _quiet("evidence", f"{digest[7:19]} {name}".rstrip())
    if item.waiver:
        yield _quiet("waiver", waiver_text(item))
    if item.remedy:
        yield _quiet("to change it", one_line(item.remedy))
    yield _quiet("rule", item.written)


def _aside(item: Item) -> str:
    """Return why it is no pass in a word, and that it stops nothing where that is so."""
    words: list[str] = [item.cause] if item.cause and item.cause != "failed" else []
    words += [f"{item.severity} only"] if item.outcome == "fail" and not item.stops else []
    return f" ({', '.join(words)})" if words else ""


def _quiet(label: str, text: str) -> Line:
    return (Part(f"{_INDENT}{label}: {text}", "quiet"),)


def waiver_text(item: Item) -> str:
    """Return who waived a rule until when, and why, on one line; empty where nobody did."""
    if item.waiver is None:
        return ""
    by = f"{one_line(item.waiver.author)}, approved by {one_line(item.waiver.approver)}"
    return (
        f"{item.waiver.name}, until {item.waiver.expires_at}, by {by}: "
        f"{one_line(item.waiver.reason)}"
    )
