"""Cells of frames in memory or behind a query: pandas, Polars, Arrow, DuckDB, Spark.

Narwhals is the adapter: one group-by for all of them, run by the library that holds the frame.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ftgov.errors import MissingExtra, UsageError
from ftgov.tables.cell_query import (
    LIMB,
    LIMBS,
    MOST_CELLS,
    CellQuery,
    Condition,
    Cut,
    RawCell,
    Spread,
    Term,
    Total,
)
from ftgov.tables.duckdb_cells import too_many
from ftgov.tables.names import repeated, require_once

if TYPE_CHECKING:
    import narwhals as nw


def narwhals() -> Any:
    """Return the module `narwhals`.

    Raises:
        MissingExtra: If it is not installed.
    """
    try:
        import narwhals as found
    except ImportError as fault:
        raise MissingExtra("An audit of a frame", "fairness") from fault
    return found


class FrameCells:
    """The library that holds a frame, as an engine; see `CellEngine`.

    Args:
        frame: A frame that Narwhals knows, eager or lazy.

    Raises:
        UsageError: If it is none, or two of its columns have one name.
    """

    def __init__(self, frame: Any) -> None:
        self._nw = narwhals()
        try:
            known = self._nw.from_native(frame)
            self._frame: nw.LazyFrame[Any] = known.lazy()
            self._schema = self._frame.collect_schema()
        except TypeError as fault:
            raise UsageError(
                f"A {type(frame).__name__} is no frame that can be audited.",
                next_step="Give a frame of pandas, Polars, Arrow, DuckDB or Spark.",
            ) from fault
        except self._nw.exceptions.DuplicateError as fault:
            raise repeated(_duplicates(fault), "The frame") from fault
        # These two let names stand twice.
        if known.implementation.is_duckdb() or known.implementation.is_pyspark():
            require_once(frame.columns, "The frame")
        self.name = f"narwhals on {known.implementation.name.lower()}"

    def columns(self) -> tuple[str, ...]:
        """Return the names of the columns."""
        return tuple(self._schema.names())

    def spreads(
        self, names: tuple[str, ...], where: tuple[Condition, ...], *, median: bool
    ) -> tuple[Spread, ...]:
        """Return what columns of numbers hold, in their order.

        Raises:
            UsageError: If a column holds no numbers.
        """
        col, when = self._nw.col, self._nw.when
        chosen: list[Any] = []
        for place, name in enumerate(names):
            number = self._number(name)
            missing = col(name).is_null()
            for earlier in names[:place]:
                missing = missing & ~col(earlier).is_null()
            held = when(number.is_finite()).then(number)
            bad = ~number.is_finite() & ~number.is_null()
            chosen += [
                held.min().alias(f"low{place}"),
                held.max().alias(f"high{place}"),
                when(bad).then(1).otherwise(0).sum().alias(f"bad{place}"),
                when(missing).then(1).otherwise(0).sum().alias(f"gone{place}"),
            ]
            if median:
                chosen.append(held.median().alias(f"mid{place}"))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            row = self._filtered(where).select(*chosen).collect().row(0)
        width = 5 if median else 4
        rows = [row[start : start + width] for start in range(0, len(row), width)]
        return tuple(
            Spread(_plain(low), _plain(high), int(bad or 0), int(gone or 0), *map(_plain, rest))
            for low, high, bad, gone, *rest in rows
        )

    def cells(self, query: CellQuery) -> list[RawCell]:
        """Return the cells that hold rows, in any order.

        Raises:
            UsageError: If there are more than `MOST_CELLS`, or a key mixes types.
        """
        col = self._nw.col
        keys = [col(name).alias(f"k{place}") for place, name in enumerate(query.keys)]
        if query.cut:
            keys.append(self._bin(query.cut).alias(f"k{len(keys)}"))
        if query.cluster is not None:
            keys.append(col(query.cluster).alias(f"k{len(keys)}"))
        limbs = [limb for total in query.totals for limb in self._limbs(total)]
        sums = [limb.alias(f"s{place}") for place, limb in enumerate(limbs)]
        frame = self._filtered(query.where)
        for name in dict.fromkeys([*query.numbers, *([query.cut.column] if query.cut else [])]):
            frame = frame.filter(~col(name).is_null())
        named = [f"k{place}" for place in range(len(keys))]
        added = [col(f"s{place}").sum() for place in range(len(sums))]
        ready = frame.select(*keys, *sums, self._nw.lit(1).alias("one"))
        grouped = ready.group_by(*named, drop_null_keys=False).agg(col("one").sum(), *added)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = _rows(grouped)
        if len(found) > MOST_CELLS:
            raise too_many(query)
        width = len(named)
        return [
            RawCell(tuple(row[:width]), int(row[width]), tuple(map(int, row[width + 1 :])))
            for row in found
        ]

    def close(self) -> None:
        """Do nothing: the frame is its owner's."""

    def _filtered(self, where: tuple[Condition, ...]) -> Any:
        frame = self._frame
        for condition in where:
            text = self._nw.col(condition.column).cast(self._nw.String)
            frame = frame.filter(text == condition.value)
        return frame

    def _number(self, name: str) -> Any:
        kind = self._schema[name]
        if not (kind.is_numeric() or kind == self._nw.Boolean):
            raise UsageError(
                f"The column {name} is of type {kind}, not of numbers.",
                next_step="Give it as numbers; missing ones may be null.",
            )
        return self._nw.col(name).cast(self._nw.Float64)

    def _bin(self, cut: Cut) -> Any:
        number = self._number(cut.column)
        share = (number - cut.low) / (cut.high - cut.low)
        floor = (share * float(cut.bins)).floor().cast(self._nw.Int64)
        above = self._nw.when(number > cut.mark).then(1).otherwise(0)
        return floor.clip(0, cut.bins - 1) * 2 + above

    def _limbs(self, total: Total) -> list[Any]:
        product = self._term(total.factors[0])
        for term in total.factors[1:]:
            product *= self._term(term)
        rest = product * 2.0 ** (LIMB - total.exponent)
        limbs = []
        for _ in range(LIMBS):
            limbs.append(rest.floor().cast(self._nw.Int64))
            rest = (rest - rest.floor()) * 2.0**LIMB
        return limbs

    def _term(self, term: Term) -> Any:
        number = self._number(term.plus)
        if term.minus is not None:
            number -= self._number(term.minus)
        return number.abs() if term.absolute else number


def _duplicates(fault: Exception) -> str:
    """Return the names that Narwhals tells, each as `- 'name' 2 times` on a line of its own."""
    lines = (line.strip(" -") for line in str(fault).splitlines()[1:])
    return ", ".join(line for line in lines if line)


def _rows(grouped: Any) -> list[tuple[Any, ...]]:
    """Collect cells.

    Raises:
        UsageError: If the frame's library cannot group its own values, mixed types for example.
    """
    try:
        found: list[tuple[Any, ...]] = grouped.collect().rows()
    except (TypeError, ValueError) as fault:
        raise UsageError(
            "The frame's columns cannot be grouped.",
            why=str(fault).split("\n")[0],
            next_step="Give each column one type.",
        ) from fault
    return found


def _plain(value: Any) -> float | None:
    return None if value is None or value != value else float(value)  # noqa: PLR0124 - NaN


def metric_frame(
    y_true: Any, y_pred: Any, sensitive_features: Any, others: Mapping[str, Any]
) -> tuple[Any, tuple[str, ...]]:
    """Return a frame of a `MetricFrame`'s inputs, and the names of its group columns.

    Args:
        y_true: Labels, or None.
        y_pred: Predictions.
        sensitive_features: A series, list or array; or several as a frame, dict or 2-D array.
        others: Further columns by name (weights); None for those that are not given.

    Raises:
        UsageError: If lengths differ.
    """
    features = _features(sensitive_features)
    columns = {"y_pred": _listed(y_pred)}
    columns |= {} if y_true is None else {"y_true": _listed(y_true)}
    columns |= {name: _listed(values) for name, values in others.items() if values is not None}
    clash = set(columns) & set(features)
    if clash:
        raise UsageError(f"A sensitive feature may not be named {', '.join(sorted(clash))}.")
    columns |= features
    lengths = {name: len(values) for name, values in columns.items()}
    if len(set(lengths.values())) > 1:
        shown = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise UsageError(f"The inputs differ in length: {shown}.")
    return narwhals().from_dict(columns, backend="pandas").to_native(), tuple(features)


def _features(given: Any) -> dict[str, list[Any]]:
    """Return sensitive features by name, named as fairlearn names them where they have none."""
    if isinstance(given, Mapping):
        return {str(name): _listed(values) for name, values in given.items()}
    require_once(map(str, getattr(given, "columns", ())), "The frame of sensitive features")
    known = narwhals().from_native(given, allow_series=True, pass_through=True)
    if hasattr(known, "columns"):
        return {name: known[name].to_list() for name in known.columns}
    if hasattr(given, "ndim") and given.ndim == 2:
        return {f"sensitive_feature_{k}": _listed(given[:, k]) for k in range(given.shape[1])}
    name = getattr(given, "name", None)
    return {name if isinstance(name, str) and name else "sensitive_feature_0": _listed(given)}


def _listed(values: Any) -> list[Any]:
    if hasattr(values, "tolist"):
        return list(values.tolist())
    return values.to_list() if hasattr(values, "to_list") else list(values)
