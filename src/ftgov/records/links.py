"""Links: what derives from what, read from the plain JSON of records by one table.

Each link points upstream, from what came later to what it came from. Relations are PROV-like words,
read from below to above: a job *used* a dataset, a model was *generated_by* a job.

Source: W3C PROV-DM, https://www.w3.org/TR/prov-dm/ (used, wasGeneratedBy, wasDerivedFrom).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from ftgov.records.base import NAME_LENGTH, NAME_PATTERN


class Link(NamedTuple):
    """One link: the type and name of what derives, the relation, and what it derives from."""

    below_type: str
    below_name: str
    relation: str
    above_type: str
    above_name: str


class _Rule(NamedTuple):
    """Where a record names another: a path of keys, `*` for each value of a list or mapping."""

    path: tuple[str, ...]
    relation: str
    other: str
    other_is_above: bool = True


def _about(*fields: str) -> tuple[_Rule, ...]:
    return tuple(_Rule((field,), "about", field) for field in fields)


_RULES: Final[Mapping[str, tuple[_Rule, ...]]] = {
    "model": (
        _Rule(("parent",), "derived_from", "model"),
        _Rule(("adapter",), "applies", "model"),
        _Rule(("alias_of",), "alias_of", "model"),
        _Rule(("merged_from", "*"), "merged_from", "model"),
    ),
    "job": (
        _Rule(("base",), "started_from", "model"),
        _Rule(("datasets", "*"), "used", "dataset"),
        _Rule(("outputs", "*"), "generated_by", "model", other_is_above=False),
    ),
    "checkpoint": (
        _Rule(("job",), "generated_by", "job"),
        _Rule(("model",), "derived_from", "model", other_is_above=False),
    ),
    "dataset": (_Rule(("parents", "*", "name"), "derived_from", "dataset"),),
    "system": (
        _Rule(("model",), "deploys", "model"),
        _Rule(("operation", "fallback"), "deploys", "model"),
        _Rule(("operation", "vector_stores", "*", "dataset"), "used", "dataset"),
    ),
    "evaluation": (
        _Rule(("model",), "evaluates", "model"),
        _Rule(("dataset",), "used", "dataset"),
    ),
    "evaluation-run": (
        _Rule(("models", "*"), "evaluates", "model"),
        _Rule(("dataset",), "used", "dataset"),
    ),
    "energy-use": (_Rule(("job",), "about", "job"), _Rule(("run",), "about", "evaluation-run")),
    "usage-cost": _about("job"),
    "answer": _about("system"),
    "answer-signature": _about("system"),
    "upload-override": (_Rule(("name",), "about", "dataset"),),
    "assessment": _about("model", "system"),
    "decision": _about("model"),
    "waiver": _about("model", "system"),
    "sign-off": _about("model", "system"),
    "incident": _about("model", "system"),
    "report": _about("model"),
    "signature": _about("report"),
}
"""Events, metric points, evaluation items and exchanges are many, and name what they belong to."""

_NAME: Final = re.compile(NAME_PATTERN)


def links_of(type: str, name: str, body: Mapping[str, Any]) -> tuple[Link, ...]:  # noqa: A002
    """Return the links that a record states, in a fixed order and each once.

    Args:
        type: The record's type; one that links nothing gives none.
        name: The record's name.
        body: Its plain JSON. What has not the shape of a record of that type gives no link.
    """
    rules = _RULES.get(type)
    if rules is None or not isinstance(body, Mapping):
        return ()
    found = []
    for rule in rules:
        if body.get(rule.path[0]) is None:  # most of them; and every entry of a log comes by here
            continue
        for other in _values(body, rule.path, 0):
            if isinstance(other, str) and len(other) <= NAME_LENGTH and _NAME.fullmatch(other):
                ends = (type, name, rule.relation, rule.other, other)
                found.append(Link(*ends) if rule.other_is_above else _turned(*ends))
    return tuple(dict.fromkeys(found))


def _turned(above_type: str, above_name: str, relation: str, below: str, name: str) -> Link:
    return Link(below, name, relation, above_type, above_name)


def _values(value: Any, path: tuple[str, ...], at: int) -> Iterator[object]:
    """Yield what stands at a path; mappings are read in the order of their keys, as text."""
    if at == len(path):
        yield value
    elif path[at] != "*":
        if isinstance(value, Mapping) and (inner := value.get(path[at])) is not None:
            yield from _values(inner, path, at + 1)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _values(inner, path, at + 1)
    elif isinstance(value, Mapping):
        for key in sorted(value, key=str):
            yield from _values(value[key], path, at + 1)
