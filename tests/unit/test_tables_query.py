"""Counting: DuckDB's cells equal a count by hand, whatever the values are."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftgov.errors import UsageError
from ftgov.tables.duckdb_engine import DuckdbEngine
from ftgov.tables.query import Cell, CountQuery, coded, in_order

TEXT = (
    st.none() | st.text(max_size=3) | st.sampled_from(["a", "b", "'; DROP TABLE given; --", "\x00"])
)
ROWS = st.lists(st.tuples(TEXT, TEXT, TEXT), min_size=1, max_size=40)


@given(ROWS)
@settings(max_examples=25, deadline=None)
def test_cells_equal_a_count_by_hand(rows: list[tuple[str | None, str | None, str | None]]) -> None:
    table = {name: coded(row[place] for row in rows) for place, name in enumerate("xyz")}
    found = DuckdbEngine().count(table, CountQuery(("x", "y"), "z"))
    counted = Counter(row[:2] for row in rows)
    apart = {key: len({row[2] for row in rows if row[:2] == key}) for key in counted}
    assert found == in_order(Cell(key, counted[key], apart[key]) for key in counted)
    assert sum(cell.rows for cell in found) == len(rows)


def test_without_keys_there_is_one_cell_and_without_rows_none() -> None:
    table = {"x": coded(["a", "a", None])}
    engine = DuckdbEngine()
    assert engine.count(table, CountQuery()) == (Cell((), 3, 3),)
    assert engine.count(table, CountQuery((), "x")) == (Cell((), 3, 2),)
    assert engine.count({"x": coded([])}, CountQuery(("x",))) == ()


def test_none_stands_last() -> None:
    cells = DuckdbEngine().count({"x": coded([None, "b", "a"])}, CountQuery(("x",)))
    assert [cell.key for cell in cells] == [("a",), ("b",), (None,)]


def test_an_unknown_column_and_unequal_columns_are_refused() -> None:
    with pytest.raises(UsageError, match="no column y"):
        DuckdbEngine().count({"x": coded(["a"])}, CountQuery(("x", "y")))
    with pytest.raises(UsageError, match="length"):
        DuckdbEngine().count({"x": coded(["a"]), "y": coded([])}, CountQuery(("x", "y")))
