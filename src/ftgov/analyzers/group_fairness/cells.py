"""The cell table of decisions: how often each group was to get, and got, which label."""

from __future__ import annotations

from typing import NamedTuple

from ftgov.analyzers.figures import Counted
from ftgov.tables.answers import ScoredRow
from ftgov.tables.duckdb_engine import DuckdbEngine
from ftgov.tables.query import Cell, CountEngine, CountQuery, coded

RATES = ("selection_rate", "true_positive_rate", "false_positive_rate", "accuracy_score")
"""Metric names are fairlearn's."""

_POSITIVE, _NEGATIVE = "positive", "negative"
_ENGINE: CountEngine = DuckdbEngine()


class Decisions(NamedTuple):
    """All that group figures are computed from.

    Attributes:
        favourable: The label that benefits a person.
        groups: The group values, ordered, the missing value last.
        cells: Keyed by group, expected label, answered label (None: unreadable, unparsed).
        cases: Distinct cases by group and truth: positive, negative, None where it is unreadable.
        known: Distinct cases by group among rows whose expected label is readable.
        everyone: Distinct cases by group.
        total: Distinct cases.
    """

    favourable: str
    groups: tuple[str | None, ...]
    cells: tuple[Cell, ...]
    cases: dict[tuple[str | None, str | None], int]
    known: dict[str | None, int]
    everyone: dict[str | None, int]
    total: int

    @property
    def rows(self) -> int:
        """All decision rows."""
        return sum(cell.rows for cell in self.cells)

    @property
    def unlabelled(self) -> int:
        """Rows whose expected label cannot be read: in no denominator of a comparison with it."""
        return sum(cell.rows for cell in self.cells if cell.key[1] is None)

    def counted(self, rate: str, group: str | None) -> Counted:
        """Return numerator, denominator and cases of one of `RATES` or of `unparsed_share`."""
        hits, rows = 0, 0
        for cell in self.cells:
            if cell.key[0] != group or not self._within(rate, cell):
                continue
            rows += cell.rows
            hits += cell.rows if self._hit(rate, cell) else 0
        return Counted(hits, rows, self._cases(rate, group))

    def unparsed(self) -> Counted:
        """Return how many answers of all groups match no label."""
        hits = sum(cell.rows for cell in self.cells if cell.key[2] is None)
        return Counted(hits, self.rows, self.total)

    def _within(self, rate: str, cell: Cell) -> bool:
        expected = cell.key[1]
        if rate in {"selection_rate", "unparsed_share"}:
            return True
        if rate == "accuracy_score":
            return expected is not None
        positive = expected == self.favourable
        return expected is not None and positive == (rate == "true_positive_rate")

    def _hit(self, rate: str, cell: Cell) -> bool:
        if rate == "unparsed_share":
            return cell.key[2] is None
        wanted = cell.key[1] if rate == "accuracy_score" else self.favourable
        return cell.key[2] == wanted

    def _cases(self, rate: str, group: str | None) -> int:
        if rate == "accuracy_score":
            return self.known.get(group, 0)
        truth = {"true_positive_rate": _POSITIVE, "false_positive_rate": _NEGATIVE}.get(rate)
        return self.everyone[group] if truth is None else self.cases.get((group, truth), 0)


def decisions(rows: list[ScoredRow], favourable: str) -> Decisions:
    """Return the cell table of decision rows; at least one row."""
    truths = [
        None if row.expected is None else _POSITIVE if row.expected == favourable else _NEGATIVE
        for row in rows
    ]
    table = {
        "group": coded(row.group for row in rows),
        "expected": coded(row.expected for row in rows),
        "label": coded(row.label for row in rows),
        "truth": coded(truths),
        "known": coded(truth and "yes" for truth in truths),
        "case": coded(row.case for row in rows),
    }
    everyone = _ENGINE.count(table, CountQuery(("group",), "case"))
    known = _ENGINE.count(table, CountQuery(("group", "known"), "case"))
    cases = _ENGINE.count(table, CountQuery(("group", "truth"), "case"))
    return Decisions(
        favourable=favourable,
        groups=tuple(cell.key[0] for cell in everyone),
        cells=_ENGINE.count(table, CountQuery(("group", "expected", "label"))),
        cases={(cell.key[0], cell.key[1]): cell.distinct for cell in cases},
        known={cell.key[0]: cell.distinct for cell in known if cell.key[1]},
        everyone={cell.key[0]: cell.distinct for cell in everyone},
        total=_ENGINE.count(table, CountQuery((), "case"))[0].distinct,
    )
