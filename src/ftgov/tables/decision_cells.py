"""The cell table of an audit by group: which rows count, and what each cell holds."""

from __future__ import annotations

import datetime as dt
import decimal
import math
from collections.abc import Iterable
from typing import Any, NamedTuple

from ftgov.errors import UsageError
from ftgov.records.canonical import canonical_bytes
from ftgov.tables.cell_query import (
    LIMBS,
    CellEngine,
    CellQuery,
    Condition,
    Cut,
    RawCell,
    Spread,
    Term,
    Total,
    whole,
)

_LEAST_EXPONENT = -480


class Question(NamedTuple):
    """Which columns an audit reads.

    Attributes:
        groups: Columns whose combinations are the groups, at least one.
        prediction: What was decided.
        label: What would have been right; None: not known.
        weight: What each row stands for; None: one.
        score: A number behind the decision; None: none is known.
        cluster: Rows with the same value are not independent; None: all are.
        strata: A column within which groups are compared too.
        where: Conditions that a row must meet.
        bins: How many bins scores fall into.
        numeric: Label and prediction are amounts, not classes.
    """

    groups: tuple[str, ...]
    prediction: str
    label: str | None = None
    weight: str | None = None
    score: str | None = None
    cluster: str | None = None
    strata: str | None = None
    where: tuple[Condition, ...] = ()
    bins: int = 10
    numeric: bool = False


class TableCell(NamedTuple):
    """One cell; values are text, None where they are missing.

    Attributes:
        group: The group, in the order of the question's columns.
        label: The label; None also where the question has none.
        prediction: The prediction.
        stratum: The stratum.
        bin: The bin of the score, from 0.
        above: Whether the score lies above the median score.
        cluster: The cluster.
        rows: How many rows.
        sums: The sums that `sums_of` names, in its order.
    """

    group: tuple[str | None, ...]
    label: str | None
    prediction: str | None
    stratum: str | None
    bin: int | None
    above: bool | None
    cluster: str | None
    rows: int
    sums: tuple[float, ...]


class DecisionCells(NamedTuple):
    """The cell table of an audit.

    Attributes:
        question: What was asked.
        engine: What scanned.
        sums: Names of the cells' sums.
        cells: Cells of the rows that count, in order of their keys.
        dropped: Rows that do not count, by reason.
        cut: The bins of the scores, if there are scores.
    """

    question: Question
    engine: str
    sums: tuple[str, ...]
    cells: tuple[TableCell, ...]
    dropped: dict[str, int]
    cut: Cut | None = None

    def content(self) -> bytes:
        """Return the table as canonical JSON: what is hashed and kept as evidence."""
        asked = self.question
        columns = {
            "group": asked.groups,
            "label": asked.label,
            "prediction": asked.prediction,
            "stratum": asked.strata,
            "bin": asked.score,
            "above": asked.score,
            "cluster": asked.cluster,
            "weight": asked.weight,
        }
        plain = {
            "columns": {name: column for name, column in columns.items() if column},
            "where": [list(condition) for condition in asked.where],
            "bins": list(self.cut) if self.cut else None,
            "sums": self.sums,
            "dropped": self.dropped,
            "cells": [list(cell) for cell in self.cells],
        }
        return canonical_bytes(plain)


def sums_of(question: Question) -> tuple[tuple[str, tuple[Term, ...]], ...]:
    """Return the sums that a question needs, by name: powers of w (weight), s (score) and so on."""
    weight = () if question.weight is None else (Term(question.weight),)
    sums: list[tuple[str, tuple[Term, ...]]] = []
    if weight:
        sums += [("w", weight), ("w2", weight * 2)]
    if question.score is not None:
        score = Term(question.score)
        sums += [("ws", (*weight, score)), ("ws2", (*weight, score, score))]
    if question.numeric:
        sums += _amounts(question, weight)
    return tuple(sums)


def _amounts(question: Question, weight: tuple[Term, ...]) -> list[tuple[str, tuple[Term, ...]]]:
    """Return the sums of amounts: w q, and w^2 q and w^2 q^2 for the variance of their mean."""
    amounts: dict[str, tuple[Term, ...]] = {"p": (Term(question.prediction),)}
    if question.label is not None:
        error = Term(question.prediction, question.label)
        amounts |= {"e": (error,), "a": (error._replace(absolute=True),), "s": (error, error)}
    sums: list[tuple[str, tuple[Term, ...]]] = []
    for name, terms in amounts.items():
        sums.append((f"w{name}", (*weight, *terms)))
        sums += [(f"v{name}", (*weight, *weight, *terms))] if weight else []
        sums.append((f"v{name}2", (*weight, *weight, *terms, *terms)))
    return sums


def collect(engine: CellEngine, question: Question) -> DecisionCells:
    """Scan a table once, or twice where it has weights, scores or amounts, and return its cells.

    Raises:
        UsageError: If a column is not there, holds what it must not, or mixes text and numbers.
        FtgovError: If a file cannot be read.
    """
    numbers = _numbers(question)
    try:
        _require_columns(engine, question)
        spreads = _spreads(engine, question, numbers)
        query = _query(question, spreads)
        raw = engine.cells(query)
    finally:
        engine.close()
    cells, dropped = _table(raw, question, query)
    for name, spread in spreads.items():
        if spread.missing:
            dropped[f"missing {numbers[name]}"] = spread.missing
    return DecisionCells(
        question=question,
        engine=engine.name,
        sums=tuple(name for name, _ in sums_of(question)),
        cells=cells,
        dropped=dropped,
        cut=query.cut,
    )


def _require_columns(engine: CellEngine, question: Question) -> None:
    known = engine.columns()
    asked = CellQuery(
        (*question.groups, question.prediction),
        numbers=tuple(_numbers(question)),
        cluster=question.cluster,
        where=question.where,
    ).columns()
    others = (question.label, question.strata)
    missing = [name for name in (*asked, *others) if name is not None and name not in known]
    if missing:
        shown = ", ".join(known[:40]) + (" ..." if len(known) > 40 else "")
        raise UsageError(
            f"The table has no column {', '.join(dict.fromkeys(missing))}.",
            next_step=f"Choose from: {shown}",
        )
    clash = set(question.groups) & {question.prediction, question.label, question.weight}
    if clash or len(set(question.groups)) < len(question.groups):
        named = ", ".join(clash) or ", ".join(question.groups)
        raise UsageError(
            f"A column cannot be a group and something else: {named}.",
            next_step="Name each column once.",
        )


def _numbers(question: Question) -> dict[str, str]:
    """Return the columns that must hold numbers, each with what it is."""
    named = {question.weight: "weight", question.score: "score"}
    if question.numeric:
        named |= {question.label: "label", question.prediction: "prediction"}
    return {name: role for name, role in named.items() if name is not None}


def _spreads(engine: CellEngine, question: Question, numbers: dict[str, str]) -> dict[str, Spread]:
    if not numbers:
        return {}
    wanted = question.score is not None
    found = engine.spreads(tuple(numbers), question.where, median=wanted)
    spreads = dict(zip(numbers, found, strict=True))
    for name, spread in spreads.items():
        if spread.unreadable:
            raise UsageError(
                f"The {numbers[name]} column {name} holds {spread.unreadable} values that are no "
                "finite number.",
                next_step="Correct them or leave them empty; empty ones are dropped and counted.",
            )
        if spread.low is not None and spread.low < 0 and name == question.weight:
            raise UsageError(
                f"The weight column {name} holds a weight below zero: {spread.low:g}.",
                next_step="Correct the weights; a row cannot stand for less than nothing.",
            )
    return spreads


def _query(question: Question, spreads: dict[str, Spread]) -> CellQuery:
    keys = list(question.groups)
    if not question.numeric:
        keys += [name for name in (question.label, question.prediction) if name is not None]
    if question.strata is not None:
        keys.append(question.strata)
    cut = None
    if question.score is not None:
        cut = _cut(question.score, spreads[question.score], question.bins)
    totals = tuple(Total(terms, _exponent(terms, spreads)) for _, terms in sums_of(question))
    return CellQuery(tuple(keys), totals, tuple(spreads), cut, question.cluster, question.where)


def _cut(column: str, spread: Spread, bins: int) -> Cut:
    """Return equal bins: of probabilities from 0 to 1, of other scores from least to greatest."""
    low, high = spread.low or 0.0, spread.high or 0.0
    if low >= 0 and high <= 1:
        low, high = 0.0, 1.0
    return Cut(column, low, high if high > low else low + 1.0, bins, spread.median or 0.0)


def _exponent(terms: Iterable[Term], spreads: dict[str, Spread]) -> int:
    total = 0
    for term in terms:
        one = spreads[term.plus].exponent
        if term.minus is not None:
            one = max(one, spreads[term.minus].exponent) + 1
        total += max(one, _LEAST_EXPONENT // 5)
    return total


def _table(
    raw: list[RawCell], question: Question, query: CellQuery
) -> tuple[tuple[TableCell, ...], dict[str, int]]:
    names = [*query.keys, *(["bin"] if query.cut else [])]
    names += [query.cluster] if query.cluster is not None else []
    by_column = zip(*(cell.key for cell in raw), strict=True)
    columns = [_texts(name, values) for name, values in zip(names, by_column, strict=False)]
    _unify_numbers(columns, question)
    merged: dict[tuple[str | None, ...], list[int]] = {}
    for place, cell in enumerate(raw):
        key = tuple(column[place] for column in columns)
        held = merged.setdefault(key, [0] * (1 + len(cell.limbs)))
        for index, part in enumerate((cell.rows, *cell.limbs)):
            held[index] += int(part)
    cells, dropped = [], dict[str, int]()
    for key, held in merged.items():
        made = _cell(key, held, question, query)
        lacking = _lacking(made, question)
        if lacking:
            dropped[lacking] = dropped.get(lacking, 0) + made.rows
        else:
            cells.append(made)
    return tuple(sorted(cells, key=_order)), dropped


def _lacking(cell: TableCell, question: Question) -> str:
    if question.cluster is not None and cell.cluster is None:
        return "missing cluster"
    if question.numeric:
        return ""
    if question.label is not None and cell.label is None:
        return "missing label"
    return "missing prediction" if cell.prediction is None else ""


def _cell(
    key: tuple[str | None, ...], held: list[int], question: Question, query: CellQuery
) -> TableCell:
    parts = iter(key)
    group = tuple(next(parts) for _ in question.groups)
    label = next(parts) if question.label is not None and not question.numeric else None
    prediction = None if question.numeric else next(parts)
    stratum = next(parts) if question.strata is not None else None
    place = next(parts) if query.cut else None
    cluster = next(parts) if query.cluster is not None else None
    sums = tuple(
        whole(held[1 + LIMBS * index : 1 + LIMBS * (index + 1)], total.exponent)
        for index, total in enumerate(query.totals)
    )
    bin_, above = (None, None) if place is None else divmod(int(place), 2)
    high = None if above is None else bool(above)
    return TableCell(group, label, prediction, stratum, bin_, high, cluster, held[0], sums)


def _order(cell: TableCell) -> list[tuple[bool, str]]:
    bin_ = "" if cell.bin is None else f"{cell.bin:06d} {cell.above}"
    parts = (*cell.group, cell.label, cell.prediction, cell.stratum, bin_, cell.cluster)
    return [(part is None, part or "") for part in parts]


def _texts(name: str, values: Iterable[Any]) -> list[str | None]:
    """Return a key column as text.

    Raises:
        UsageError: If it mixes text and numbers, or holds lists, objects or bytes.
    """
    values = list(values)
    kinds = {_kind(value) for value in values} - {"missing"}
    if "nested" in kinds:
        raise UsageError(
            f"The column {name} holds lists, objects or bytes.",
            next_step="Choose a column of text, numbers or true and false.",
        )
    if len(kinds) > 1:
        raise UsageError(
            f"The column {name} mixes {' and '.join(sorted(kinds))}.",
            why="1 and '1' may or may not be meant as one value.",
            next_step="Write all its values in one type.",
        )
    return [text_of(value) for value in values]


_MISSING_TYPES = frozenset({"NoneType", "NAType", "NaTType"})
"""None, and pandas' two, which cannot be compared with anything."""


def _kind(value: Any) -> str:
    if type(value).__name__ in _MISSING_TYPES or value == "":
        return "missing"
    if isinstance(value, float) and math.isnan(value):
        return "missing"
    if isinstance(value, bool) or type(value).__name__ == "bool_":
        return "true and false"
    if isinstance(value, str):
        return "text"
    if isinstance(value, int | float | decimal.Decimal) or hasattr(value, "__index__"):
        return "numbers"
    return "dates" if isinstance(value, dt.date | dt.time) else "nested"


def text_of(value: Any) -> str | None:
    """Return a value as the text that names it: a whole number has no decimals, nothing is None."""
    kind = _kind(value)
    if kind == "missing":
        return None
    if kind == "true and false":
        return "true" if value else "false"
    if kind == "numbers":
        number = float(value)
        is_whole = math.isfinite(number) and number.is_integer()
        return str(int(value)) if is_whole else repr(number)
    return value if isinstance(value, str) else str(value)


def _unify_numbers(columns: list[list[str | None]], question: Question) -> None:
    """Give label and prediction one spelling of numbers, if both hold numbers alone."""
    if question.numeric or question.label is None or not columns:
        return
    first = len(question.groups)
    both = columns[first], columns[first + 1]
    values = {value for column in both for value in column if value is not None}
    try:
        spelled = {value: text_of(float(value)) for value in values}
    except ValueError:
        return
    for column in both:
        column[:] = [value if value is None else spelled[value] for value in column]
