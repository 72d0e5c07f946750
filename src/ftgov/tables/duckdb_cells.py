"""Cells of CSV, Parquet and JSON Lines files by DuckDB, streamed: memory does not grow with rows.

The connection may read the files that the user named and nothing else; it has no network.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ftgov.errors import FtgovError, UsageError
from ftgov.tables.cell_query import MOST_CELLS, CellQuery, Condition, RawCell, Spread
from ftgov.tables.cell_sql import cells_statement, spreads_statement
from ftgov.tables.names import repeated, require_once
from ftgov.tables.sources import FileSource

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_MEMORY = "192MB"
_DUPLICATE = re.compile(r'in line (\d+): .*has duplicate key "(.*?)"', re.DOTALL)


class DuckdbCells:
    """The embedded engine over files; see `CellEngine`.

    Args:
        source: The files.
        threads: Threads of the scan; None leaves it to DuckDB, which takes every core.
        memory: What DuckDB may hold before it works on disk.
    """

    name = "duckdb"

    def __init__(
        self, source: FileSource, *, threads: int | None = None, memory: str = _MEMORY
    ) -> None:
        self._source = source
        self._settings: dict[str, Any] = {"memory_limit": memory}
        if threads is not None:
            self._settings["threads"] = threads
        self._columns: tuple[str, ...] | None = None
        self._connection: DuckDBPyConnection | None = None

    def columns(self) -> tuple[str, ...]:
        """Return the names of the columns; of JSON Lines those of the first 20,480 rows.

        Raises:
            UsageError: If a column is named twice.
            FtgovError: If a file cannot be read.
        """
        if self._columns is None:
            with self._open() as connection:
                self._require_names_once(connection)
                table = self._table(None)
                found = connection.execute(f"DESCRIBE SELECT * FROM {table}").fetchall()  # noqa: S608 - quoted
            self._columns = tuple(row[0] for row in found)
        return self._columns

    def spreads(
        self, names: tuple[str, ...], where: tuple[Condition, ...], *, median: bool
    ) -> tuple[Spread, ...]:
        """Return what columns of numbers hold, in their order."""
        with self._open() as connection:
            self._view(connection, CellQuery((), numbers=names, where=where))
            row = connection.execute(spreads_statement(len(names), median=median)).fetchone()
        assert row is not None, "an aggregate without keys has one row"
        parts = [row[start : start + 5] for start in range(0, len(row), 5)]
        return tuple(
            Spread(low, high, bad or 0, gone or 0, mid) for low, high, bad, gone, mid in parts
        )

    def cells(self, query: CellQuery) -> list[RawCell]:
        """Return the cells that hold rows, in any order.

        Raises:
            UsageError: If there are more than `MOST_CELLS`.
            FtgovError: If a file cannot be read.
        """
        keys = len(query.keys) + (query.cut is not None) + (query.cluster is not None)
        with self._open() as connection:
            self._view(connection, query)
            found = connection.execute(cells_statement(query, "{}")).fetchall()
        if len(found) > MOST_CELLS:
            raise too_many(query)
        decode = _parsed if self._source.format == "jsonl" else _as_is
        return [
            RawCell(tuple(map(decode, row[:keys])), row[keys], row[keys + 1 :]) for row in found
        ]

    def close(self) -> None:
        """Close the connection; it is opened again when it is needed."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    @contextmanager
    def _open(self) -> Iterator[DuckDBPyConnection]:
        import duckdb

        try:
            if self._connection is None:
                self._connection = self._connected()
            yield self._connection
        except duckdb.Error as fault:
            key = _DUPLICATE.search(str(fault)) if self._is_json else None
            if key:
                raise repeated(f"{key[2]} (line {key[1]})", self._source.shown) from fault
            raise unreadable(self._source, str(fault)) from fault

    def _require_names_once(self, connection: DuckDBPyConnection) -> None:
        """Refuse Parquet with two columns of one name: DuckDB would rename the second."""
        for path in self._source.paths if self._source.format == "parquet" else ():
            statement = f"SELECT name, num_children FROM parquet_schema({_text(str(path))})"  # noqa: S608 - quoted
            (_, columns), *below = connection.execute(statement).fetchall()
            require_once(_top_level(below, columns), path.name)

    def _connected(self) -> DuckDBPyConnection:
        import duckdb

        closed = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
        paths = ", ".join(_text(str(path)) for path in self._source.paths)
        made = duckdb.connect(":memory:", config=self._settings | closed)
        made.execute(f"SET allowed_paths = [{paths}]")
        made.execute("SET enable_external_access = false")
        return made

    def _view(self, connection: DuckDBPyConnection, query: CellQuery) -> None:
        names = query.columns()
        parts = []
        for place, name in enumerate(names):
            column = _quoted(name)
            text = f"json_extract_string({column}, '$')" if self._is_json else column
            value = f"CAST({column} AS VARCHAR)" if self._is_json else column
            value = f"CASE WHEN {text} IS NOT NULL THEN {value} END" if self._is_json else value
            parts += [f"{value} AS c{place}", f"TRY_CAST({text} AS DOUBLE) AS x{place}"]
        conditions = [self._condition(condition) for condition in query.where]
        where = " WHERE " + " AND ".join(conditions) if conditions else ""
        chosen = ", ".join(parts) or "1"
        connection.execute(
            f"CREATE OR REPLACE TEMP VIEW given AS SELECT {chosen} FROM {self._table(names)}{where}"  # noqa: S608 - quoted
        )

    @property
    def _is_json(self) -> bool:
        return self._source.format == "jsonl"

    def _condition(self, condition: Condition) -> str:
        column = _quoted(condition.column)
        text = (
            f"json_extract_string({column}, '$')" if self._is_json else f"CAST({column} AS VARCHAR)"
        )
        return f"{text} = {_text(condition.value)}"

    def _table(self, names: tuple[str, ...] | None) -> str:
        """Return the table function that reads the files; JSON values are read undigested."""
        files = f"[{', '.join(_text(str(path)) for path in self._source.paths)}]"
        if self._source.format == "csv":
            # Nothing is left to guess: a file of apostrophes would be taken for quoted with them.
            spelled = f"delim = {_text(self._source.delimiter)}, quote = '\"', escape = '\"'"
            fixed = "header = true, all_varchar = true, nullstr = '', comment = '', skip = 0"
            return f"read_csv({files}, {spelled}, {fixed})"
        if self._source.format == "parquet":
            several = ", union_by_name = true" if len(self._source.paths) > 1 else ""
            return f"read_parquet({files}{several})"
        if not names:
            return f"read_json({files}, format = 'newline_delimited', maximum_depth = 1)"
        columns = ", ".join(f"{_text(name)}: 'JSON'" for name in names)
        return f"read_json({files}, format = 'newline_delimited', columns = {{{columns}}})"


def too_many(query: CellQuery) -> UsageError:
    """Return the error of a query whose keys hold nearly as many values as there are rows."""
    return UsageError(
        f"The columns {', '.join(query.keys)} have more than {MOST_CELLS:,} combinations.",
        why="Group, label or prediction is an identifier or a raw number.",
        next_step="Choose a column with few values; for numbers name --score or --amounts.",
    )


def unreadable(source: FileSource, why: str) -> FtgovError:
    """Return the error of files that an engine cannot read."""
    return FtgovError(
        f"{source.shown} cannot be read as {source.format}.",
        why=why.split("\n\n", maxsplit=1)[0].replace("\n", " ").strip(),
        next_step="Check that the file is whole and of the format that its name says.",
    )


def _top_level(below: list[tuple[str, int | None]], columns: int) -> list[str]:
    """Return the names of the columns in a list that has what is nested in each after it."""
    names, place = [], 0
    for _ in range(columns):
        names.append(below[place][0])
        inside = 1
        while inside:
            inside += (below[place][1] or 0) - 1
            place += 1
    return names


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _as_is(value: Any) -> Any:
    return value


def _parsed(value: Any) -> Any:
    """Return the value of a JSON text; bins and clusters of numbers are no text."""
    return json.loads(value) if isinstance(value, str) else value
