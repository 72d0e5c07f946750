"""Counting with DuckDB, in memory, with no file and no network within its reach."""

from __future__ import annotations

from collections.abc import Mapping

from ftgov.errors import UsageError
from ftgov.tables.query import Cell, Column, CountQuery, in_order

_CLOSED: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "enable_external_access": "false",
    "threads": "2",
}


class DuckdbEngine:
    """The embedded engine; see `CountEngine`."""

    name = "duckdb"

    def count(self, table: Mapping[str, Column], query: CountQuery) -> tuple[Cell, ...]:
        """Return the cells that hold rows, ordered by key, None last.

        Raises:
            UsageError: If the query names a column that the table lacks, or lengths differ.
        """
        import duckdb
        import numpy as np

        chosen = _chosen(table, query)
        if not len(chosen[0].codes):
            return ()
        columns = {
            f"c{place}": np.frombuffer(column.codes, dtype=np.int32)
            for place, column in enumerate(chosen)
        }
        with duckdb.connect(":memory:", config=_CLOSED) as connection:
            connection.register("given", columns)
            found = connection.execute(_statement(query)).fetchall()
        return in_order(_decoded(row, chosen, len(query.keys)) for row in found)


def _chosen(table: Mapping[str, Column], query: CountQuery) -> list[Column]:
    """Return the columns a query needs, at least one, all of one length."""
    names = [*query.keys, *([query.distinct] if query.distinct else [])] or list(table)[:1]
    missing = [name for name in names if name not in table]
    if missing or not names:
        raise UsageError(
            f"The table has no column {', '.join(missing) or 'at all'}.",
            next_step=f"Choose from: {', '.join(table)}",
        )
    chosen = [table[name] for name in names]
    if len({len(column.codes) for column in chosen}) > 1:
        raise UsageError("The table's columns differ in length.")
    return chosen


def _statement(query: CountQuery) -> str:
    """Return the SQL; it holds names made here only, never a name or value from outside."""
    keys = ", ".join(f"c{place}" for place in range(len(query.keys)))
    counted = f"count(DISTINCT c{len(query.keys)})" if query.distinct else "count(*)"
    select = f"SELECT {keys + ', ' if keys else ''}count(*), {counted} FROM given"  # noqa: S608 - built from numbers only
    return f"{select} GROUP BY {keys}" if keys else select


def _decoded(row: tuple[int, ...], chosen: list[Column], keys: int) -> Cell:
    key = tuple(chosen[place].values[row[place]] for place in range(keys))
    return Cell(key, row[keys], row[keys + 1])
