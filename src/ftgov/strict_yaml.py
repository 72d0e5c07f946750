"""YAML without its traps: the one way in which a file that a person wrote is read.

No anchors, aliases, tags or merge keys; no key twice; only decimal numbers, `true`, `false` and
`null` are anything but text, so a date, `yes`, `0x1F` and `.nan` stay what was written.
Source: YAML 1.2.2, chapter 10.2 (JSON schema), narrowed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import yaml
from yaml import events

DEPTH_LIMIT = 24
SIZE_LIMIT = 1 << 20

_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,14})")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,14})\.[0-9]{1,17}([eE][+-]?[0-9]{1,3})?")
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}


class YamlFault(ValueError):
    """Text that is no plain YAML; `line` is where, `key` the dotted key it stands under."""

    def __init__(self, line: int, key: str, text: str) -> None:
        super().__init__(text)
        self.line = line
        self.key = key
        self.text = text


class Document(NamedTuple):
    """One YAML document as plain values, with the line on which each dotted key stands."""

    value: Any
    lines: dict[str, int]


def documents(text: str) -> tuple[Document, ...]:
    """Return the documents of a YAML text; empty ones are left out.

    Raises:
        YamlFault: If the text is too long, no YAML, or uses what is refused here.
    """
    if len(text) > SIZE_LIMIT:
        raise YamlFault(1, "", f"a file has at most {SIZE_LIMIT} characters")
    found: list[Document] = []
    try:
        stream = iter(yaml.parse(text, Loader=yaml.SafeLoader))
        for event in stream:
            if isinstance(event, events.DocumentStartEvent):
                lines: dict[str, int] = {}
                value = _value(next(stream), stream, (), lines)
                if value is not None:
                    found.append(Document(value, lines))
    except yaml.MarkedYAMLError as fault:
        mark = fault.problem_mark or fault.context_mark
        line = mark.line + 1 if mark else 1
        raise YamlFault(line, "", str(fault.problem or fault.context)) from fault
    except yaml.YAMLError as fault:
        raise YamlFault(1, "", str(fault).replace("\n", " ")) from fault
    return tuple(found)


def _value(
    event: events.Event, stream: Iterator[Any], path: tuple[str, ...], lines: dict[str, int]
) -> Any:
    """Return the value that begins with an event, recording the line of every key below it."""
    line, key = _line(event), ".".join(path)
    lines.setdefault(key, line)
    if isinstance(event, events.AliasEvent) or getattr(event, "anchor", None):
        raise YamlFault(line, key, "anchors and aliases (& and *) are refused: write it out")
    if getattr(event, "tag", None):
        raise YamlFault(line, key, "tags (!) are refused")
    if len(path) > DEPTH_LIMIT:
        raise YamlFault(line, key, f"nested deeper than {DEPTH_LIMIT} levels")
    if isinstance(event, events.MappingStartEvent):
        return _mapping(stream, path, lines)
    if isinstance(event, events.SequenceStartEvent):
        return _sequence(stream, path, lines)
    assert isinstance(event, events.ScalarEvent)
    return event.value if event.style else _plain(event.value)


def _line(event: events.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _mapping(stream: Iterator[Any], path: tuple[str, ...], lines: dict[str, int]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    while not isinstance(event := next(stream), events.MappingEndEvent):
        line = _line(event)
        if not isinstance(event, events.ScalarEvent) or event.anchor or event.tag:
            raise YamlFault(line, ".".join(path), "a key must be plain text")
        key = event.value
        dotted = ".".join((*path, key))
        if key == "<<":
            raise YamlFault(line, dotted, "merge keys (<<) are refused: write it out")
        if key in found:
            raise YamlFault(line, dotted, f"the key '{key}' stands twice")
        lines[dotted] = line
        found[key] = _value(next(stream), stream, (*path, key), lines)
    return found


def _sequence(stream: Iterator[Any], path: tuple[str, ...], lines: dict[str, int]) -> list[Any]:
    found: list[Any] = []
    while not isinstance(event := next(stream), events.SequenceEndEvent):
        found.append(_value(event, stream, (*path, str(len(found))), lines))
    return found


def _plain(text: str) -> Any:
    """Return what an unquoted scalar means: a JSON literal, or else its text."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text) and math.isfinite(float(text)):
        return float(text)
    return text
