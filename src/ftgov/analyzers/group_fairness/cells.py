"""The cell table of decisions: how often each group was to get, and got, which label."""

from __future__ import annotations

from typing import NamedTuple

from ftgov.analyzers.figures import Counted
from ftgov.statistics.effective import Clusters, clusters
from ftgov.tables.answers import ScoredRow
from ftgov.tables.duckdb_engine import DuckdbEngine
from ftgov.tables.query import Cell, Column, CountEngine, CountQuery, coded

RATES = ("selection_rate", "true_positive_rate", "false_positive_rate", "accuracy_score")
"""Metric names are fairlearn's."""

_POSITIVE, _NEGATIVE = "positive", "negative"
_NONE = Clusters(0, 0, 0)
_ENGINE: CountEngine = DuckdbEngine()
_Key = tuple[str | None, ...]


class Decisions(NamedTuple):
    """All that group figures are computed from.

    Attributes:
        favourable: The label that benefits a person.
        groups: The group values, ordered, the missing value last.
        cells: Keyed by group, expected label, answered label (None: unreadable, unparsed).
        cases: What rows are worth by group and truth: positive, negative, None: unreadable.
        known: What rows with a readable expected label are worth, by group.
        everyone: What all rows are worth, by group.
        total: What all rows of all groups are worth.
    """

    favourable: str
    groups: tuple[str | None, ...]
    cells: tuple[Cell, ...]
    cases: dict[_Key, Clusters]
    known: dict[_Key, Clusters]
    everyone: dict[_Key, Clusters]
    total: Clusters

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
        hits = sum(
            cell.rows
            for cell in self.cells
            if cell.key[0] == group and self._within(rate, cell) and self._hit(rate, cell)
        )
        return Counted(hits, self._of(rate, group))

    def unparsed(self) -> Counted:
        """Return how many answers of all groups match no label."""
        hits = sum(cell.rows for cell in self.cells if cell.key[2] is None)
        return Counted(hits, self.total)

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

    def _of(self, rate: str, group: str | None) -> Clusters:
        if rate == "accuracy_score":
            return self.known.get((group, "yes"), _NONE)
        truth = {"true_positive_rate": _POSITIVE, "false_positive_rate": _NEGATIVE}.get(rate)
        if truth is None:
            return self.everyone.get((group,), _NONE)
        return self.cases.get((group, truth), _NONE)


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
    everyone = _worth(table, "group")
    return Decisions(
        favourable=favourable,
        groups=tuple(key[0] for key in everyone),
        cells=_ENGINE.count(table, CountQuery(("group", "expected", "label"))),
        cases=_worth(table, "group", "truth"),
        known=_worth(table, "group", "known"),
        everyone=everyone,
        total=_worth(table)[()],
    )


def _worth(table: dict[str, Column], *keys: str) -> dict[_Key, Clusters]:
    """Return what the rows are worth by keys, in the order of the keys' values."""
    sizes: dict[_Key, list[int]] = {}
    for cell in _ENGINE.count(table, CountQuery((*keys, "case"))):
        sizes.setdefault(cell.key[:-1], []).append(cell.rows)
    return {key: clusters(given) for key, given in sizes.items()}
