"""Cells sorted into groups and atoms: the arrays that every figure is computed from."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from ftgov.analyzers.group_fairness.metrics import ATOMS
from ftgov.errors import UsageError
from ftgov.tables.decision_cells import DecisionCells, TableCell

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Places = NDArray[np.int64]

GroupKey = tuple[str | None, ...]

MOST_GROUPS = 1000
NO_LABEL = ""
"""A favourable value that no row has: an empty value is a missing one."""

_FAVOURABLE = ("1", "true", "True", "TRUE")
_MOST_LABELS = 20
_MOST_TOLD = 12


class Entries(NamedTuple):
    """Clustered rows: what each cluster has in each group's atoms.

    Attributes:
        cluster: Cluster of each entry, by number.
        place: Group times `ATOMS` plus atom.
        weight: Rows, or their weights.
        clusters: How many clusters there are.
    """

    cluster: Places
    place: Places
    weight: Floats
    clusters: int


class Grouped(NamedTuple):
    """Atoms by group.

    Attributes:
        groups: The groups in order, missing values last.
        rows: Rows, shape (G, ATOMS).
        w: Their weights; the rows themselves where rows carry none.
        w2: Their squared weights.
        entries: Clusters; None where rows are independent.
        weighted: Whether rows carry weights.
    """

    groups: tuple[GroupKey, ...]
    rows: Floats
    w: Floats
    w2: Floats
    entries: Entries | None
    weighted: bool

    @property
    def independent(self) -> bool:
        """Whether each row is one independent observation."""
        return self.entries is None and not self.weighted


def favourable_of(found: DecisionCells, given: str | None) -> str:
    """Return the label that counts as positive.

    Args:
        found: The cells.
        given: What the user named; None: 1 or true, where the labels are those.

    Raises:
        UsageError: If it stands nowhere, or must be named, or label and prediction share no value.
    """
    labels, predicted = _values(found)
    values = labels | predicted
    shown = tally(found)
    if len(values) > 2 and labels and not labels & predicted:
        raise UsageError(
            f"The columns {found.question.label} and {found.question.prediction} share no value.",
            why=f"They hold: {shown}",
            next_step="Write labels and predictions alike.",
        )
    if given is not None:
        spelled = next((value for value in values if _same(value, given)), None)
        if spelled is None:
            raise UsageError(
                f"The positive value {given!r} stands in neither label nor prediction.",
                next_step=f"Choose one of: {shown}",
            )
        return spelled
    for value in _FAVOURABLE:
        if value in values and len(values) <= 2:
            return value
    if values in ({"0"}, {"false"}):
        return "1" if "0" in values else "true"
    raise UsageError(
        f"Which value is the favourable one is not clear: {shown}.",
        next_step="Correct values that are not meant, then name the favourable one with "
        "--positive: all others count as unfavourable. Numbers belong to --score or --amounts.",
    )


def require_one_kind(found: DecisionCells) -> None:
    """Refuse a label or prediction that holds numbers and words, in formats that are all text.

    A stray word would be a label of its own, or be unfavourable in silence.

    Raises:
        UsageError: If one does, with its values and how many rows hold each.
    """
    for name, rows in _rows_by_value(found):
        if len({_is_number(value) for value in rows}) > 1:
            raise UsageError(
                f"The column {name} mixes numbers and text: {_listed(rows)}.",
                why="Which values are meant to be one cannot be told.",
                next_step="Correct the values that are not meant, or leave them empty: rows with "
                "an empty one are dropped and counted.",
            )


def tally(found: DecisionCells) -> str:
    """Return the values of label and prediction, each with the rows that hold it, for a reader."""
    return "; ".join(f"{name} {_listed(rows)}" for name, rows in _rows_by_value(found))


def _rows_by_value(found: DecisionCells) -> list[tuple[str, Counter[str]]]:
    """Return label, where there is one, and prediction: each with the rows of its values."""
    labels, predicted = Counter[str](), Counter[str]()
    for cell in found.cells:
        for rows, value in ((labels, cell.label), (predicted, cell.prediction)):
            if value is not None:
                rows[value] += cell.rows
    asked = found.question
    told = ((asked.label, labels), (asked.prediction, predicted))
    return [(name, rows) for name, rows in told if name is not None]


def _listed(rows: Counter[str]) -> str:
    """Return values and their rows, the rarest of many last, since those are the stray ones."""
    ranked = sorted(rows.items(), key=lambda one: (-one[1], one[0]))
    kept = ranked if len(ranked) <= _MOST_TOLD else [*ranked[:6], ("...", 0), *ranked[-6:]]
    return ", ".join(f"{value} ({n:,} row{'s' * (n != 1)})" if n else value for value, n in kept)


def _is_number(value: str) -> bool:
    try:
        return math.isfinite(float(value))
    except ValueError:
        return False


def several_labels(found: DecisionCells) -> tuple[str, ...]:
    """Return the values of label and prediction if they are 3 to 20; else none.

    Then no value needs to be the favourable one: each label in turn can be.
    """
    labels, predicted = _values(found)
    values = labels | predicted
    many = 2 < len(values) <= _MOST_LABELS and bool(labels & predicted)
    return tuple(sorted(values)) if many else ()


def _values(found: DecisionCells) -> tuple[set[str], set[str]]:
    labels = {cell.label for cell in found.cells if cell.label is not None}
    return labels, {cell.prediction for cell in found.cells if cell.prediction is not None}


def _same(value: str, given: str) -> bool:
    if value == given:
        return True
    try:
        return float(value) == float(given)
    except ValueError:
        return False


def groups_of(cells: tuple[TableCell, ...]) -> tuple[GroupKey, ...]:
    """Return the groups that cells have, in order, missing values last.

    Raises:
        UsageError: If there are more than `MOST_GROUPS`.
    """
    found = dict.fromkeys(cell.group for cell in cells)
    if len(found) > MOST_GROUPS:
        raise UsageError(
            f"There are {len(found):,} groups; at most {MOST_GROUPS:,} can be audited.",
            why="A group column is an identifier or a raw number, or too many are crossed.",
            next_step="Choose a column with few values, or cut numbers into ranges first.",
        )
    return tuple(sorted(found, key=lambda key: [(part is None, part or "") for part in key]))


def grouped(found: DecisionCells, favourable: str, cells: tuple[TableCell, ...]) -> Grouped:
    """Return cells sorted into atoms.

    Args:
        found: The table that they are from.
        favourable: The positive value.
        cells: All its cells, or those of one stratum.
    """
    import numpy as np

    groups = groups_of(cells)
    positions = {group: place for place, group in enumerate(groups)}
    weighted = "w" in found.sums
    place = np.array(
        [positions[cell.group] * ATOMS + _atom(cell, favourable) for cell in cells], dtype=np.int64
    )
    rows = np.array([cell.rows for cell in cells], dtype=np.float64)
    w, w2 = rows, rows
    if weighted:
        at, squared = found.sums.index("w"), found.sums.index("w2")
        w = np.array([cell.sums[at] for cell in cells])
        w2 = np.array([cell.sums[squared] for cell in cells])
    entries = _entries(cells, place, w) if found.question.cluster else None

    def sorted_in(values: Floats) -> Floats:
        size = len(groups) * ATOMS
        summed = np.bincount(place, values, size).astype(np.float64)
        return summed.reshape(len(groups), ATOMS)

    return Grouped(groups, sorted_in(rows), sorted_in(w), sorted_in(w2), entries, weighted)


def _entries(cells: tuple[TableCell, ...], place: Places, weight: Floats) -> Entries:
    import numpy as np

    known: dict[str | None, int] = {}
    cluster = [known.setdefault(cell.cluster, len(known)) for cell in cells]
    return Entries(np.array(cluster, dtype=np.int64), place, weight, len(known))


def _atom(cell: TableCell, favourable: str) -> int:
    wanted, got = cell.label == favourable, cell.prediction == favourable
    if got:
        return 0 if wanted else 1
    if wanted:
        return 2
    return 3 if cell.label == cell.prediction else 4
