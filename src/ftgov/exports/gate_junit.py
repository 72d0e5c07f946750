"""A gate's result as JUnit XML: one test suite per gate, one test case per rule.

JUnit has no warning. What doesn't stop the release must not turn a suite red, and must not vanish
either: a waived rule, one that is not in force yet and a failure that only warns are `skipped` with
their message.

Source: the schema that Jenkins validates against, junit-10.xsd of its xUnit plug-in; the same
elements that GitLab's and GitHub's readers document.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.sax.saxutils import escape, quoteattr

from ftgov.exports.figure_text import detail_lines
from ftgov.exports.gate_text import waiver_text
from ftgov.exports.judged import Item, Judged
from ftgov.records.printable import inert

_NO_XML = re.compile("[^\t\n\r\\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(judged: Judged) -> str:
    """Return the result as one XML document, `testsuites` with a suite per gate."""
    items = judged.items
    suites = "".join(
        _suite(gate, [item for item in items if item.gate == gate], judged)
        for gate in dict.fromkeys(item.gate for item in items)
    )
    given = f", judged as of {judged.decided_at} (given)" if judged.is_time_given else ""
    name = _attribute(f"ftgov check {judged.model}: {judged.verdict}{given}")
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<testsuites name={name}{_counts(items)}>\n{suites}</testsuites>\n"
    )


def _suite(gate: str, items: list[Item], judged: Judged) -> str:
    skipped = sum(1 for item in items if _tag(item) == "skipped")
    stated = {
        "model": judged.model,
        "system": judged.system or "",
        "verdict": judged.verdict,
        "assessment": judged.assessment,
        "decided_at": judged.decided_at,
        "time_source": "given" if judged.is_time_given else "system-clock",
    }
    properties = "".join(
        f"<property name={_attribute(name)} value={_attribute(value)}/>"
        for name, value in (*stated.items(), *(("note", note) for note in judged.notes))
    )
    cases = "".join(_case(item, judged) for item in items)
    return (
        f'<testsuite name={_attribute(gate)}{_counts(items)} skipped="{skipped}" '
        f"timestamp={_attribute(judged.decided_at.removesuffix('Z'))}>\n"
        f"<properties>{properties}</properties>\n{cases}</testsuite>\n"
    )


def _counts(items: Iterable[Item]) -> str:
    tags = [_tag(item) for item in items]
    return f' tests="{len(tags)}" failures="{tags.count("failure")}" errors="{tags.count("error")}"'


def _tag(item: Item) -> str:
    if item.outcome == "pass":
        return ""
    if item.outcome == "error":
        return "error"
    return "failure" if item.stops else "skipped"


def _case(item: Item, judged: Judged) -> str:
    name = _attribute(f"{item.rule} {item.title}")
    opening = f"<testcase classname={_attribute(f'{item.gate}.{item.rule}')} name={name}"
    tag = _tag(item)
    if not tag:
        return f"{opening}/>\n"
    details = [item.message, *detail_lines(item)]
    details += [f"evidence: {d} {judged.files.get(d, '')}".rstrip() for d in item.evidence]
    details += [f"waiver: {waiver_text(item)}"] if item.waiver else []
    details += [f"to change it: {item.remedy}"] if item.remedy else []
    details.append(f"rule: {item.written}")
    body = escape(_clean("\n".join(details)))
    said = _attribute(f"{item.outcome}: {item.message}")
    return f'{opening}><{tag} type="{item.outcome}" message={said}>{body}</{tag}></testcase>\n'


def _attribute(text: str) -> str:
    return quoteattr(_clean(text))


def _clean(text: str) -> str:
    """Return text without what XML 1.0 cannot hold (section 2.2, Char)."""
    return _NO_XML.sub("\N{REPLACEMENT CHARACTER}", inert(text))
