"""The one question asked of rows: how many there are per combination of keys.

Every rate, difference and interval is computed from such cells of counts, never from rows, so an
engine has one thing to do and two engines can be compared cell by cell.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from typing import NamedTuple, Protocol


class Column(NamedTuple):
    """Text values, each distinct value stored once: engines see numbers and never hostile text.

    Attributes:
        values: The distinct values in the order of their first row; None is a value.
        codes: For each row the position of its value; 32-bit.
    """

    values: tuple[str | None, ...]
    codes: array[int]


class CountQuery(NamedTuple):
    """Count rows.

    Attributes:
        keys: Columns to group by; none gives one cell over all rows.
        distinct: A column whose distinct values are counted in each cell too.
    """

    keys: tuple[str, ...] = ()
    distinct: str | None = None


class Cell(NamedTuple):
    """One combination of key values.

    Attributes:
        key: The values, in the order of the query's keys.
        rows: How many rows have them, at least 1.
        distinct: How many distinct values of the query's `distinct` column these rows have; `rows`
            where it names none.
    """

    key: tuple[str | None, ...]
    rows: int
    distinct: int


class CountEngine(Protocol):
    """What counts: DuckDB on one machine, or another engine beside the data."""

    name: str

    def count(self, table: Mapping[str, Column], query: CountQuery) -> tuple[Cell, ...]:
        """Return the cells that hold rows, ordered by key, None last.

        Raises:
            UsageError: If the query names a column that the table lacks.
        """
        ...


def coded(values: Iterable[str | None]) -> Column:
    """Return values as a column."""
    positions: dict[str | None, int] = {}
    codes = array("i", (positions.setdefault(value, len(positions)) for value in values))
    return Column(tuple(positions), codes)


def in_order(cells: Iterable[Cell]) -> tuple[Cell, ...]:
    """Return cells ordered by key, None last in each place."""
    return tuple(sorted(cells, key=lambda cell: [(part is None, part or "") for part in cell.key]))
