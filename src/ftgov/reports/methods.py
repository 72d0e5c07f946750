"""The methods page: how each measure was made, told once, and which interval each one has."""

from __future__ import annotations

from ftgov.records.finding import Finding
from ftgov.reports.figures import measure_label
from ftgov.reports.shapes import MethodView, Pair
from ftgov.reports.text import sentence_case


def methods_of(findings: tuple[Finding, ...]) -> tuple[MethodView, ...]:
    """Return the methods by analyzer; a measure's slices are made as its first figure is."""
    views = []
    for analyzer in dict.fromkeys(finding.analyzer for finding in findings):
        own = [finding for finding in findings if finding.analyzer == analyzer]
        made, intervals = _told(own)
        texts = [finding.method for finding in own if finding.method]
        general = [text for text in texts if not any(one.startswith(text) for one in made)]
        entries = [Pair(term="", text=_sentence(text)) for text in dict.fromkeys(general)]
        entries += [Pair(term=_joined(names), text=_sentence(t)) for t, names in made.items()]
        if intervals:
            told = "; ".join(f"{text} ({_joined(names)})" for text, names in intervals.items())
            entries.append(Pair(term="Intervals", text=_sentence(told)))
        if entries:
            views.append(MethodView(analyzer=sentence_case(analyzer), entries=tuple(entries)))
    return tuple(views)


def _told(findings: list[Finding]) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    made: dict[str, list[str]] = {}
    intervals: dict[str, list[str]] = {}
    seen: set[str] = set()
    for finding in findings:
        for found in finding.measurements:
            name = measure_label(found.id)
            if found.id not in seen:
                made.setdefault(found.method, []).append(name)
                seen.add(found.id)
            if found.interval:
                names = intervals.setdefault(found.interval.method, [])
                names += [name] if name not in names else []
    return made, intervals


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


def _joined(names: list[str]) -> str:
    return ", ".join(names[:1] + [name[:1].lower() + name[1:] for name in names[1:]])
