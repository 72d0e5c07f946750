"""YAML read as text: no scalar is turned into a float, a date or an integer behind our back.

YAML 1.1 reads `2` as an integer, `2026-12-02` as a date and `1.0e23` as a string; law packs and
facts need all of them as written, with their line. So the tree of nodes is read, not values.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import yaml

from ftgov.errors import UsageError

_LIMIT = 2_000_000
_CONTROL = re.compile(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_PLAIN_NULL = frozenset({"", "~", "null", "Null", "NULL"})


class Text(NamedTuple):
    """A scalar as written; `plain` says that it stood without quotes."""

    text: str
    plain: bool
    line: int

    @property
    def is_null(self) -> bool:
        """Whether the scalar is YAML's null."""
        return self.plain and self.text in _PLAIN_NULL


class Items(NamedTuple):
    """A sequence of nodes."""

    items: tuple[Node, ...]
    line: int


class Keyed(NamedTuple):
    """A mapping of text to nodes, with the line of each key."""

    entries: dict[str, Node]
    lines: dict[str, int]
    line: int


Node = Text | Items | Keyed
Plain = str | list["Plain"] | dict[str, "Plain"] | None


def malformed(name: str, line: int, fault: str, next_step: str = "") -> UsageError:
    """Return the error for a fault on a line of a YAML text."""
    return UsageError(
        f"{name}, line {line}: {fault}", next_step=next_step or f"Correct line {line} of {name}."
    )


def parse_yaml(text: str, name: str) -> Node | None:
    """Parse one YAML document; None where it holds nothing.

    Args:
        text: The document.
        name: The file's name, for faults.

    Raises:
        UsageError: If it is no YAML, holds several documents, a duplicate key, an alias or a tag.
    """
    if len(text) > _LIMIT:
        raise malformed(name, 1, f"the file is longer than {_LIMIT} characters")
    if found := _CONTROL.search(text):
        line = text.count("\n", 0, found.start()) + 1
        raise malformed(name, line, "it holds a control character")
    try:
        _refuse_aliases(text, name)
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as fault:
        mark = fault.problem_mark or fault.context_mark
        line = mark.line + 1 if mark else 1
        raise malformed(name, line, f"not readable as YAML: {fault.problem or fault}") from fault
    except (yaml.YAMLError, RecursionError) as fault:
        raise malformed(name, 1, f"not readable as YAML: {fault}") from fault
    return None if root is None else _node(root, name)


def _refuse_aliases(text: str, name: str) -> None:
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        tag = getattr(event, "tag", None)
        if isinstance(event, yaml.AliasEvent) or tag:
            line = event.start_mark.line + 1 if event.start_mark else 1
            raise malformed(name, line, "aliases and tags are not read here")


def _node(node: yaml.Node, name: str) -> Node:
    line = node.start_mark.line + 1
    if isinstance(node, yaml.ScalarNode):
        return Text(str(node.value), node.style is None, line)
    if isinstance(node, yaml.SequenceNode):
        return Items(tuple(_node(item, name) for item in node.value), line)
    entries: dict[str, Node] = {}
    lines: dict[str, int] = {}
    for key_node, value in node.value:
        at = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            raise malformed(name, at, "a key must be plain text")
        key = str(key_node.value)
        if key in entries:
            raise malformed(name, at, f"the key '{key}' stands twice (first on line {lines[key]})")
        entries[key], lines[key] = _node(value, name), at
    return Keyed(entries, lines, line)


def plain_values(node: Node | None) -> Plain:
    """Return nodes as dicts, lists and text; null becomes None."""
    if node is None or (isinstance(node, Text) and node.is_null):
        return None
    if isinstance(node, Text):
        return node.text
    if isinstance(node, Items):
        return [plain_values(item) for item in node.items]
    return {key: plain_values(value) for key, value in node.entries.items()}


def line_of(node: Node | None, path: tuple[int | str, ...]) -> int:
    """Return the line of the deepest node that a path of keys and indexes reaches."""
    line = node.line if node else 1
    for step in path:
        if isinstance(node, Keyed) and step in node.entries:
            line, node = node.lines[str(step)], node.entries[str(step)]
        elif isinstance(node, Items) and isinstance(step, int) and step < len(node.items):
            node = node.items[step]
            line = node.line
        else:
            break
    return line
