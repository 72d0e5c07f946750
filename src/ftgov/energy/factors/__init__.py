"""The dated factor tables: every number that an estimate rests on, with its source.

A table is a JSON file beside this one. It is read when first asked for, checked whole, and kept. A
row without a source, a range or a date is refused: a figure that can't be traced doesn't count.
"""

from __future__ import annotations

import difflib
import json
import math
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from ftgov.errors import FtgovError, UsageError

_HERE = Path(__file__).resolve().parent
_STALE_MONTHS = 18
_TEXTS = ("id", "unit", "boundary", "source", "url", "published", "retrieved", "licence", "label")
_NUMBERS = ("value", "low", "high")
# The assurance labels of `ftgov.records.measurement`, which an estimate is too quick to import.
LABELS = frozenset(
    {
        "measured-meter",
        "measured-software",
        "provider-reported",
        "estimated-flop",
        "estimated-tdp",
        "declared",
        "assumed",
        "unknown",
    }
)


class Factor(NamedTuple):
    """One row: a value between two ends, what it covers, and where it comes from.

    Attributes:
        id: `table.name` or `table.name.quantity`.
        value: The middle, in `unit`.
        low: The lower end of the 90 % range, or the value itself where nothing is uncertain.
        high: The upper end.
        unit: What it is counted in.
        boundary: What the figure includes.
        source: The document it comes from, in words.
        url: Where that document is.
        published: The day the source came out, ISO 8601.
        retrieved: The day it was read, ISO 8601.
        licence: Under which terms the source is published.
        label: What kind of claim it is: one of the assurance labels.
        note: How the range was made, and what else a reader should know.
    """

    id: str
    value: float
    low: float
    high: float
    unit: str
    boundary: str
    source: str
    url: str
    published: str
    retrieved: str
    licence: str
    label: str
    note: str


class _Table(NamedTuple):
    """A table that was read and checked: its rows by id, its aliases by lower-case name."""

    rows: Mapping[str, Factor]
    aliases: Mapping[str, str]


def table_names() -> tuple[str, ...]:
    """Return the names of the tables that are shipped, in alphabetical order."""
    return tuple(sorted(path.stem for path in _HERE.glob("*.json")))


def table(name: str) -> Mapping[str, Factor]:
    """Return the rows of a table by their ids.

    Raises:
        FtgovError: If there is no such table or a row of it is malformed.
    """
    return _read(name).rows


def aliases(name: str) -> Mapping[str, str]:
    """Return the other names of a table's subjects: lower-case alias to the name in the ids.

    Raises:
        FtgovError: If there is no such table or it is malformed.
    """
    return _read(name).aliases


def factor(identifier: str) -> Factor:
    """Return one row by its id, for example `grid.DE`.

    Raises:
        FtgovError: If there is none.
    """
    rows = table(identifier.split(".", 1)[0])
    if identifier not in rows:
        near = difflib.get_close_matches(identifier, rows, n=1)
        hint = f"The nearest is {near[0]}." if near else ""
        raise FtgovError(f"There is no factor {identifier}.", why=hint)
    return rows[identifier]


def canonical(name: str, text: str) -> str | None:
    """Return the name by which a table knows a subject, or None if it doesn't know it.

    Args:
        name: The table: `grid`, `gpu`, `model` ...
        text: A zone, accelerator or model as a user writes it; the case doesn't matter.
    """
    wanted = text.strip().lower()
    known = _read(name)
    if wanted in known.aliases:
        return known.aliases[wanted]
    return _subjects(name).get(wanted)


@cache
def _subjects(name: str) -> Mapping[str, str]:
    """Return a table's subjects, lower-case to as written in the ids, without the quantities."""
    quantities = {"peak", "tdp", "node", "embodied"}
    found = {}
    for identifier in table(name):
        _, _, subject = identifier.partition(".")
        if name == "gpu" and subject.rsplit(".", 1)[-1] in quantities:
            subject = subject.rsplit(".", 1)[0]
        found[subject.lower()] = subject
    return found


def resolved(name: str, text: str, kind: str) -> str:
    """Return the canonical name of a subject.

    Args:
        name: The table.
        text: What the user wrote.
        kind: What it is, in words, for the error.

    Raises:
        UsageError: If the table doesn't know it; names the nearest that it knows.
    """
    found = canonical(name, text)
    if found is None:
        known = [*_subjects(name), *aliases(name)]
        near = difflib.get_close_matches(text.strip().lower(), known, n=3)
        names = ", ".join(dict.fromkeys(canonical(name, each) or each for each in near))
        raise UsageError(
            f"'{text}' is no {kind} that the factor table {name} knows.",
            next_step=f"Did you mean {names}?" if names else "Leave it out: a range is assumed.",
        )
    return found


def stale(rows: Iterable[Factor], today: date) -> tuple[Factor, ...]:
    """Return the rows whose source came out more than 18 months before a day.

    A grid changes in a year, a datasheet hardly ever; the age is told of both, and a reader judges.
    """
    months = today.year * 12 + today.month - 1 - _STALE_MONTHS
    edge = (months // 12, months % 12 + 1, today.day)
    return tuple(
        row for row in rows if tuple(int(part) for part in row.published.split("-")) < edge
    )


@cache
def _read(name: str) -> _Table:
    path = _HERE / f"{name}.json"
    if not name.isidentifier() or not path.is_file():
        raise FtgovError(
            f"There is no factor table {name}.", why=f"The tables are {', '.join(table_names())}."
        )
    return parse(path.read_text(encoding="utf-8"), path.name)


def parse(text: str, file: str) -> _Table:
    """Read a table's text and check every row.

    Args:
        text: The JSON text.
        file: The file's name, for errors.

    Raises:
        FtgovError: Naming the file, the row and the field that is missing or wrong.
    """
    try:
        content = json.loads(text)
    except ValueError as fault:
        raise FtgovError(f"{file} is no JSON.", why=str(fault)) from fault
    if not isinstance(content, dict) or not isinstance(content.get("rows"), list):
        raise FtgovError(f"{file} holds no list of rows.")
    name = content.get("table")
    rows: dict[str, Factor] = {}
    for number, written in enumerate(content["rows"], 1):
        row = _row(written, f"{file}, row {number}")
        if row.id in rows or not row.id.startswith(f"{name}."):
            raise FtgovError(
                f"{file}, row {number}: the id {row.id} is taken or is none of the table {name}."
            )
        rows[row.id] = row
    names = content.get("aliases", {})
    if not isinstance(names, dict) or not all(
        isinstance(part, str) for pair in names.items() for part in pair
    ):
        raise FtgovError(f"{file}: aliases is no object of texts.")
    folded = {alias.lower(): subject for alias, subject in names.items()}
    return _Table(MappingProxyType(rows), MappingProxyType(folded))


def _row(written: Any, where: str) -> Factor:
    """Return one checked row."""
    if not isinstance(written, dict):
        raise FtgovError(f"{where} is no object.")
    where = f"{where} ({written.get('id', 'without id')})"
    unknown = set(written) - set(Factor._fields)
    if unknown:
        raise FtgovError(f"{where}: unknown field {min(unknown)}.")
    for field in _TEXTS:
        if not isinstance(written.get(field), str) or not written[field].strip():
            raise FtgovError(
                f"{where}: {field} is missing or empty.",
                why="A factor without its source, date or boundary can't be checked by anyone.",
            )
    for field in _NUMBERS:
        number = written.get(field)
        if isinstance(number, bool) or not isinstance(number, int | float):
            raise FtgovError(f"{where}: {field} is no number.")
        if not math.isfinite(number):
            raise FtgovError(f"{where}: {field} is not finite.")
    _check_meaning(written, where)
    values: dict[str, Any] = {field: written[field] for field in _TEXTS}
    values |= {field: float(written[field]) for field in _NUMBERS}
    return Factor(**values, note=str(written.get("note", "")))


def _check_meaning(written: dict[str, Any], where: str) -> None:
    """Refuse a row whose ends are crossed, whose dates are none or whose label is unknown."""
    if not 0 <= written["low"] <= written["value"] <= written["high"]:
        raise FtgovError(f"{where}: low, value and high are out of order or negative.")
    for field in ("published", "retrieved"):
        try:
            date.fromisoformat(written[field])
        except ValueError as fault:
            raise FtgovError(f"{where}: {field} is no date YYYY-MM-DD.", why=str(fault)) from fault
    if written["published"] > written["retrieved"]:
        raise FtgovError(f"{where}: it was retrieved before it was published.")
    if not written["url"].startswith("https://"):
        raise FtgovError(f"{where}: url is no https address.")
    if written["label"] not in LABELS:
        raise FtgovError(f"{where}: {written['label']} is no assurance label.")
