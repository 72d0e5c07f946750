"""Cells by Spark, for tables that outgrew one machine: the same SELECT as DuckDB's, the same cells.

`--spark-master` takes any master, or the address of a Spark Connect server. Only cells come back.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from ftgov.errors import FtgovError, MissingExtra
from ftgov.tables.cell_query import MOST_CELLS, CellQuery, Condition, RawCell, Spread
from ftgov.tables.cell_sql import cells_statement, spreads_statement
from ftgov.tables.duckdb_cells import too_many, unreadable
from ftgov.tables.sources import FileSource

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_WIDE = "CAST({} AS DECIMAL(38, 0))"
_CALM = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.log.level": "OFF",
    # Few cells come back, so few partitions are right for the last step.
    "spark.sql.shuffle.partitions": "8",
}
_AT_HOME = {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}


class SparkCells:
    """Spark over files; see `CellEngine`.

    Args:
        source: The files, at paths that every worker can read.
        master: Spark's master (`local[*]`, `spark://...`, `yarn`), or `sc://host:port`.
    """

    name = "spark"

    def __init__(self, source: FileSource, master: str) -> None:
        self._source = source
        self._session = session(master)
        self._frame: DataFrame | None = None

    def columns(self) -> tuple[str, ...]:
        """Return the names of the columns.

        Raises:
            FtgovError: If a file cannot be read.
        """
        return tuple(self._read().columns)

    def spreads(
        self, names: tuple[str, ...], where: tuple[Condition, ...], *, median: bool
    ) -> tuple[Spread, ...]:
        """Return what columns of numbers hold, in their order."""
        self._view(CellQuery((), numbers=names, where=where))
        row = list(self._rows(spreads_statement(len(names), median=median))[0])
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
        self._view(query)
        found = self._rows(cells_statement(query, _WIDE))
        if len(found) > MOST_CELLS:
            raise too_many(query)
        return [
            RawCell(tuple(row[:keys]), row[keys], tuple(map(int, row[keys + 1 :]))) for row in found
        ]

    def close(self) -> None:
        """Do nothing: the session may serve others."""

    def _rows(self, statement: str) -> list[Any]:
        try:
            return list(self._session.sql(statement).collect())
        except _faults() as fault:
            raise unreadable(self._source, _cause(fault)) from fault

    def _view(self, query: CellQuery) -> None:
        from pyspark.sql import functions

        frame = self._read()
        for condition in query.where:
            column = frame[_quoted(condition.column)].cast("string")
            frame = frame.where(column == condition.value)
        chosen = []
        for place, name in enumerate(query.columns()):
            column = frame[_quoted(name)]
            chosen += [
                column.alias(f"c{place}"),
                functions.expr(f"try_cast({_quoted(name)} AS DOUBLE)").alias(f"x{place}"),
            ]
        view = frame.select(*chosen) if chosen else frame
        view.createOrReplaceTempView("given")

    def _read(self) -> DataFrame:
        if self._frame is not None:
            return self._frame
        paths = [path.as_uri() for path in self._source.paths]
        reader = self._session.read
        try:
            if self._source.format == "csv":
                options = {"header": "true", "multiLine": "true", "escape": '"', "mode": "FAILFAST"}
                options |= {"sep": self._source.delimiter}
                self._frame = reader.options(**options).csv(paths)
            elif self._source.format == "parquet":
                self._frame = reader.option("mergeSchema", "true").parquet(*paths)
            else:
                self._frame = reader.option("mode", "FAILFAST").json(paths)
        except _faults() as fault:
            raise unreadable(self._source, _cause(fault)) from fault
        return self._frame


def session(master: str) -> SparkSession:
    """Return a Spark session at a master, the running one where there is one.

    Raises:
        MissingExtra: If pyspark is not installed.
        FtgovError: If Spark does not start, for want of Java for example.
    """
    try:
        from pyspark.sql import SparkSession
    except ImportError as fault:
        raise MissingExtra("The engine spark", "spark") from fault
    builder = SparkSession.builder.appName("ftgov")
    builder = builder.remote(master) if master.startswith("sc://") else builder.master(master)
    calm = _CALM | (_AT_HOME if master.startswith("local") else {})
    for key, value in calm.items():
        builder = builder.config(key, value)
    try:
        # Its remarks on other libraries' versions are not for our user.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return builder.getOrCreate()
    except Exception as fault:
        raise FtgovError(
            f"Spark does not start at {master}.",
            why=str(fault).split("\n")[0],
            next_step="Check that Java 17 or later is installed and that the master is reachable.",
        ) from fault


def _faults() -> tuple[type[Exception], ...]:
    """Return what Spark raises: its own errors, and the bridge's for those without a class."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    return PySparkException, Py4JError


def _cause(fault: Exception) -> str:
    """Return the innermost cause of a Java error, without its stack."""
    lines = [line.strip() for line in str(fault).splitlines() if line.strip()]
    causes = [line for line in lines if line.startswith("Caused by: ")]
    return (causes or lines or [type(fault).__name__])[-1 if causes else 0][:300]


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"
