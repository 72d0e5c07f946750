"""YAML without its traps: the one way in which a file that a person wrote is read.

A text becomes a tree of nodes that keeps every scalar as written, with its line. No anchors,
aliases, tags or merge keys; no key twice; no control characters, escaped or not. Two readings lie
on top: `literals` knows decimal numbers, `true`, `false` and `null` and leaves the rest, so a date,
`yes`, `0x1F` and `.nan`, text; `texts` leaves numbers and words text too.
Source: YAML 1.2.2, chapter 10.2 (JSON schema), narrowed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from itertools import takewhile
from typing import Any, NamedTuple

import yaml
from yaml import events

from ftgov.errors import UsageError

DEPTH_LIMIT = 24
SIZE_LIMIT = 1 << 20

_UNPRINTABLE = re.compile(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_UNPRINTABLE_FAULT = "control characters and lone surrogates are refused"
_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,14})")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,14})\.[0-9]{1,17}([eE][+-]?[0-9]{1,3})?")
# libyaml where PyYAML was built with it, as its wheels are: the same events, twenty times as fast.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}


class YamlFault(UsageError):
    """Text that is no plain YAML, or not the YAML that was expected.

    Args:
        name: The file's name.
        line: Where the fault is, from 1.
        text: What is wrong.
        key: The dotted key it stands under.
        next_step: What to do; by default, to correct the line.
    """

    def __init__(
        self, name: str, line: int, text: str, *, key: str = "", next_step: str = ""
    ) -> None:
        step = next_step or f"Correct line {line} of {name}."
        super().__init__(f"{name}, line {line}: {text}", next_step=step)
        self.line = line
        self.key = key
        self.text = text


class Text(NamedTuple):
    """A scalar as written; `plain` says that it stood without quotes."""

    text: str
    plain: bool
    line: int

    @property
    def is_null(self) -> bool:
        """Whether the scalar is null or absent."""
        return self.literal is None

    @property
    def literal(self) -> str | float | bool | None:
        """What the scalar means: a JSON literal where it is a plain one, or else its text."""
        text = self.text
        if not self.plain:
            return text
        if text in _WORDS:
            return _WORDS[text]
        if _INTEGER.fullmatch(text):
            return int(text)
        if _DECIMAL.fullmatch(text) and math.isfinite(float(text)):
            return float(text)
        return text


class Items(NamedTuple):
    """A sequence of nodes."""

    items: tuple[Node, ...]
    line: int


class Keyed(NamedTuple):
    """A mapping of text to nodes; the line of a node below it is the line of its key."""

    entries: dict[str, Node]
    line: int


Node = Text | Items | Keyed
Texts = str | list["Texts"] | dict[str, "Texts"] | None


def parse(text: str, name: str) -> list[Node]:
    """Return the documents of a YAML text, those that hold nothing as null.

    Args:
        text: The whole text.
        name: The file's name, for faults.

    Raises:
        YamlFault: If the text is too long, no YAML, or uses what is refused here.
    """
    if len(text) > SIZE_LIMIT:
        raise YamlFault(name, 1, f"a file has at most {SIZE_LIMIT} characters")
    if found := _UNPRINTABLE.search(text):
        raise YamlFault(name, text.count("\n", 0, found.start()) + 1, _UNPRINTABLE_FAULT)
    loader = _LOADER(text)
    try:
        return list(_Reader(name, iter(loader.get_event, None)).documents())
    except (yaml.YAMLError, ValueError, OverflowError) as fault:
        # Not only YAML errors: PyYAML converts escapes and versions without asking if they fit.
        mark = getattr(fault, "problem_mark", None) or loader
        told = getattr(fault, "problem", None) or fault
        line = getattr(mark, "line", 0) + 1
        raise YamlFault(name, line, f"not readable as YAML: {told}") from fault


def parse_one(text: str, name: str) -> Node:
    """Return the one document of a YAML text, null where it holds nothing; see `parse`.

    Raises:
        YamlFault: As `parse` does, and where a second document begins.
    """
    found = parse(text, name)
    if len(found) > 1:
        raise YamlFault(name, found[1].line, "a second YAML document, where one is expected")
    return found[0] if found else Text("", plain=True, line=1)


def literals(node: Node) -> Any:
    """Return a node as JSON values: dicts, lists, text, numbers, true, false and null."""
    if isinstance(node, Text):
        return node.literal
    if isinstance(node, Items):
        return [literals(item) for item in node.items]
    return {key: literals(value) for key, value in node.entries.items()}


def texts(node: Node) -> Texts:
    """Return a node as dicts, lists and text as written; null becomes None."""
    if isinstance(node, Text):
        return None if node.is_null else node.text
    if isinstance(node, Items):
        return [texts(item) for item in node.items]
    return {key: texts(value) for key, value in node.entries.items()}


def lines_of(node: Node, key: str = "") -> dict[str, int]:
    """Return the line of every dotted key below a node, and under `key` that of the node."""
    found, below = {key: node.line}, {}
    if isinstance(node, Keyed):
        below = node.entries
    elif isinstance(node, Items):
        below = {str(index): item for index, item in enumerate(node.items)}
    for part, value in below.items():
        found |= lines_of(value, f"{key}.{part}" if key else part)
    return found


def line_of(lines: dict[str, int], key: str) -> int:
    """Return the line of a dotted key, or of the nearest key above it that was written."""
    while key and key not in lines:
        key = key.rpartition(".")[0]
    return lines.get(key, 1)


class _Reader(NamedTuple):
    """Builds nodes from the events of a text; `path` is the keys and indexes that lead to one."""

    name: str
    stream: Iterator[Any]

    def documents(self) -> Iterator[Node]:
        for event in self.stream:
            if isinstance(event, events.DocumentStartEvent):
                yield self._node(next(self.stream), ())

    def _node(self, event: Any, path: tuple[str, ...], line: int = 0) -> Node:
        self._check(event, path)
        line = line or _line(event)
        if isinstance(event, events.MappingStartEvent):
            return Keyed(self._entries(path), line)
        if isinstance(event, events.SequenceStartEvent):
            inner = enumerate(self._until(events.SequenceEndEvent))
            return Items(tuple(self._node(item, (*path, str(n))) for n, item in inner), line)
        return Text(event.value, plain=not event.style, line=line)

    def _check(self, event: Any, path: tuple[str, ...]) -> None:
        if isinstance(event, events.AliasEvent) or event.anchor:
            raise self._fault(event, path, "anchors and aliases (& and *) are refused")
        if event.tag:
            raise self._fault(event, path, "tags (!) are refused")
        if len(path) > DEPTH_LIMIT:
            raise self._fault(event, path, f"nested deeper than {DEPTH_LIMIT} levels")
        if isinstance(event, events.ScalarEvent) and _UNPRINTABLE.search(event.value):
            raise self._fault(event, path, _UNPRINTABLE_FAULT)

    def _entries(self, path: tuple[str, ...]) -> dict[str, Node]:
        found: dict[str, Node] = {}
        for event in self._until(events.MappingEndEvent):
            self._check(event, path)
            if not isinstance(event, events.ScalarEvent):
                raise self._fault(event, path, "a key must be plain text")
            key, below = event.value, (*path, event.value)
            if key == "<<":
                raise self._fault(event, below, "merge keys (<<) are refused: write it out")
            if key in found:
                first = f"first on line {found[key].line}"
                raise self._fault(event, below, f"the key '{key}' stands twice ({first})")
            found[key] = self._node(next(self.stream), below, _line(event))
        return found

    def _until(self, end: type[events.Event]) -> Iterator[Any]:
        return takewhile(lambda event: not isinstance(event, end), self.stream)

    def _fault(self, event: Any, path: tuple[str, ...], text: str) -> YamlFault:
        return YamlFault(self.name, _line(event), text, key=".".join(path))


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1
