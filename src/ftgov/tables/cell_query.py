"""The one question asked of a table: how many rows, and which sums, per combination of keys.

Every rate, difference and interval is computed from such cells, never from rows, so that the cost
of an audit grows with the scan alone and two engines can be compared cell by cell.

Sums are sums of integers: each value is scaled by a power of two into -1..1 and cut into three
whole numbers of 31 bits each, which is exact in double arithmetic. So no order of addition, number
of threads or engine can change the result, as it would with floating-point sums.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, Protocol

LIMB = 31
"""Bits of each of the whole numbers that a scaled value is cut into."""

LIMBS = 3
"""How many of them: 93 bits hold every bit of a double down to 2^-40 of the greatest."""

MOST_CELLS = 2_000_000
"""More combinations than this are no groups but identifiers; an engine stops there."""


class Term(NamedTuple):
    """A number of a row: a column, the difference of two, or the absolute difference."""

    plus: str
    minus: str | None = None
    absolute: bool = False


class Total(NamedTuple):
    """The sum over rows of the product of terms.

    Attributes:
        factors: What is multiplied, from left to right, at least one.
        exponent: The power of two that no product exceeds in size.
    """

    factors: tuple[Term, ...]
    exponent: int


class Cut(NamedTuple):
    """A number cut into bins of equal width; what lies outside falls into the bin at that end.

    Attributes:
        column: The number.
        low: Where the first bin begins.
        high: Where the last one ends.
        bins: How many there are.
        mark: The key is twice the bin, and one more for numbers above this one.
    """

    column: str
    low: float
    high: float
    bins: int
    mark: float


class Condition(NamedTuple):
    """Rows in which a column, as text, has a value."""

    column: str
    value: str


class CellQuery(NamedTuple):
    """What is counted.

    Attributes:
        keys: Columns to group by: group columns, label, prediction.
        totals: What is summed in each cell beside the count of rows.
        numbers: Columns that must hold a number for a row to be counted.
        cut: A number whose bin is one more key, after the others.
        cluster: A column that is the last key: rows of one cluster are not independent.
        where: Conditions that a row must meet, all of them.
    """

    keys: tuple[str, ...]
    totals: tuple[Total, ...] = ()
    numbers: tuple[str, ...] = ()
    cut: Cut | None = None
    cluster: str | None = None
    where: tuple[Condition, ...] = ()

    def columns(self) -> tuple[str, ...]:
        """Return every column that is read, each once, in the order of first use."""
        terms = (term for total in self.totals for term in total.factors)
        named: Iterable[str | None] = (
            *self.keys,
            *self.numbers,
            *(name for term in terms for name in (term.plus, term.minus)),
            self.cut and self.cut.column,
            self.cluster,
            *(condition.column for condition in self.where),
        )
        return tuple(dict.fromkeys(name for name in named if name is not None))


class Spread(NamedTuple):
    """What a column of numbers holds.

    Attributes:
        low: The least number; None where there is none.
        high: The greatest.
        unreadable: Values that are no number, not finite ones included.
        missing: Rows without a value that have one in all columns named before.
        median: The middle number, of the two middle ones their mean; None where not asked for.
    """

    low: float | None
    high: float | None
    unreadable: int
    missing: int
    median: float | None = None

    @property
    def exponent(self) -> int:
        """The least power of two that no number exceeds in size."""
        most = max(abs(self.low or 0.0), abs(self.high or 0.0))
        return math.frexp(most)[1]


class RawCell(NamedTuple):
    """A cell as an engine gives it: its own values, `LIMBS` integers for each sum."""

    key: tuple[Any, ...]
    rows: int
    limbs: tuple[int, ...]


class CellEngine(Protocol):
    """What scans: DuckDB on one machine, Spark beyond it, or the library that holds a frame."""

    name: str

    def columns(self) -> tuple[str, ...]:
        """Return the names of the table's columns."""
        ...

    def spreads(
        self, names: tuple[str, ...], where: tuple[Condition, ...], *, median: bool
    ) -> tuple[Spread, ...]:
        """Return what columns of numbers hold, in their order."""
        ...

    def cells(self, query: CellQuery) -> list[RawCell]:
        """Return the cells that hold rows, in any order.

        Raises:
            UsageError: If there are more than `MOST_CELLS`.
        """
        ...

    def close(self) -> None:
        """Let go of what was opened; the engine can be used again."""
        ...


def whole(limbs: Sequence[int], exponent: int) -> float:
    """Return the sum that the sums of its limbs stand for, rounded once.

    Args:
        limbs: The sums of the limbs, the highest first.
        exponent: That of the `Total`.
    """
    units = 0
    for limb in limbs:
        units = (units << LIMB) + limb
    power = exponent - LIMBS * LIMB
    # Python's integers divide exactly, so nothing is rounded before the end.
    return float(units << power) if power >= 0 else units / (1 << -power)
