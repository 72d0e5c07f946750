"""A host's result file: a CSV with a row per step, whose column names differ from host to host."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import NamedTuple

from ftgov.tables.training_log.form import unreadable
from ftgov.tables.training_log.points import (
    LONGEST_NAME,
    Flag,
    LoggedPoint,
    Split,
    TrainingLog,
    number_in,
    split_and_metric,
    whole,
)

_STEP = "step"


class _Column(NamedTuple):
    """One column of figures: its place, its own name, and what it means."""

    place: int
    name: str
    split: Split
    metric: str


def result_points(content: bytes, name: str) -> TrainingLog:
    """Return the figures of a result file.

    Known columns: `train_loss`, `train_accuracy` (OpenAI) or `train_mean_token_accuracy` (Azure),
    `valid_...` or `validation_...`, `full_valid_...`, and those of older files (`training_loss`,
    `training_token_accuracy` ...); any other keeps its name. Only the last row may be cut, and only
    where its line has no end; it is flagged then.

    Raises:
        FtgovError: If it is no such CSV; names the line.
    """
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as fault:
        raise unreadable(name, f"It is not UTF-8 text: {fault}.") from fault
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = next(reader, [])
        columns, step_at = _columns(header, name)
        found = _Rows(columns, step_at, len(header), name)
        for row in reader:
            found.add(row, reader.line_num)
    except csv.Error as fault:
        raise unreadable(name, f"Line {reader.line_num} is no CSV: {fault}.") from fault
    return found.log(ended=text.endswith(("\n", "\r")), last=reader.line_num)


def _columns(header: Sequence[str], name: str) -> tuple[list[_Column], int]:
    names = [cell.strip() for cell in header]
    if _STEP not in names:
        raise unreadable(name, f"Line 1 has no column '{_STEP}'.")
    if len(set(names)) != len(names):
        raise unreadable(name, "Line 1 has a column twice.")
    for each in names:
        if not each or len(each) > LONGEST_NAME:
            raise unreadable(name, "Line 1 has a column without a name or with an endless one.")
    found = [
        _Column(place, each, *split_and_metric(each, names))
        for place, each in enumerate(names)
        if each != _STEP
    ]
    return found, names.index(_STEP)


class _Rows:
    """Collects the points of a file row by row; the last row waits until the next one is there."""

    def __init__(self, columns: list[_Column], step_at: int, width: int, name: str) -> None:
        self._columns, self._step_at, self._width, self._name = columns, step_at, width, name
        self._points: list[LoggedPoint] = []
        self._flags: list[Flag] = []
        self._waiting: tuple[list[str], int] | None = None

    def add(self, row: list[str], line: int) -> None:
        """Take in a row; a blank line is none."""
        if row:
            self._settle()
            self._waiting = row, line

    def log(self, *, ended: bool, last: int) -> TrainingLog:
        """Return what was found; a last row whose line has no end is flagged, not read."""
        if ended:
            self._settle()
        elif self._waiting is not None:
            why = "the line has no end, so it may be cut inside a number"
            self._flags.append(Flag(f"line {last}", "loss", why))
        else:
            raise unreadable(self._name, f"It is cut in line {last}.")
        return TrainingLog(tuple(self._points), "csv", tuple(self._flags))

    def _settle(self) -> None:
        if self._waiting is None:
            return
        row, line = self._waiting
        if len(row) != self._width:
            why = f"Line {line} has {len(row)} cells, the header {self._width}."
            raise unreadable(self._name, why)
        cells = [cell.strip() for cell in row]
        try:
            step = whole(number_in(cells[self._step_at]))
        except ValueError as fault:
            self._flags.append(Flag(f"line {line}", "loss", f"its step: {fault}"))
            return
        for column in self._columns:
            self._cell(cells[column.place], step, column, f"line {line}, {column.name}")

    def _cell(self, text: str, step: int, column: _Column, where: str) -> None:
        if not text:
            return
        try:
            value = number_in(text)
        except ValueError as fault:
            self._flags.append(Flag(where, column.metric, str(fault)))
            return
        self._points.append(LoggedPoint(step, column.split, column.metric, value, where))
