"""Audits of decisions by group: of files, and of frames in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypedDict, Unpack

from ftgov.analyzers.group_fairness.audit import audit_cells
from ftgov.analyzers.group_fairness.plan import FOUR_FIFTHS, Against, Plan, limit_of
from ftgov.errors import UsageError
from ftgov.records.fairness import FairnessAudit
from ftgov.tables.cell_query import CellEngine, Condition
from ftgov.tables.decision_cells import DecisionCells, Question, collect
from ftgov.tables.sources import file_source

EngineName = Literal["duckdb", "spark"]

__all__ = [
    "FOUR_FIFTHS",
    "Against",
    "AuditedFiles",
    "Condition",
    "FrameOptions",
    "Plan",
    "Question",
    "audit_files",
    "group_fairness",
    "limit_of",
    "write_audit",
]


class AuditedFiles(NamedTuple):
    """An audit and the cell table that it was computed from."""

    audit: FairnessAudit
    cells: DecisionCells


def audit_files(
    named: str,
    question: Question,
    plan: Plan,
    *,
    engine: EngineName = "duckdb",
    spark_master: str = "local[*]",
) -> AuditedFiles:
    """Audit decisions in files.

    Args:
        named: A path or pattern of CSV, Parquet or JSON Lines files.
        question: Which columns are read.
        plan: What to report and to decide.
        engine: What scans: DuckDB here, or Spark.
        spark_master: Spark's master, or a Spark Connect address (`sc://host:port`).

    Raises:
        UsageError: If a path, column, value or metric is wrong.
        FtgovError: If a file cannot be read.
        NothingToAudit: If no row counts.
        MissingExtra: If fairlearn, or Spark where it is asked for, is not installed.
    """
    cells = collect(_engine(named, engine, spark_master), question)
    return AuditedFiles(audit_cells(cells, plan, Path(named).name), cells)


def _engine(named: str, engine: EngineName, spark_master: str) -> CellEngine:
    source = file_source(named)
    if engine == "spark":
        from ftgov.tables.spark_cells import SparkCells

        return SparkCells(source, spark_master)
    from ftgov.tables.duckdb_cells import DuckdbCells

    return DuckdbCells(source)


def write_audit(done: AuditedFiles, folder: Path) -> tuple[Path, ...]:
    """Write an audit as page, picture and JSON, beside the cell table that it rests on.

    Returns:
        The files written.
    """
    from ftgov.records.canonical import canonical_bytes
    from ftgov.reports.fairness_page import fairness_page
    from ftgov.reports.fairness_plot import forest_plot

    folder.mkdir(parents=True, exist_ok=True)
    written = {
        "fairness.html": fairness_page(done.audit).encode(),
        "fairness.svg": forest_plot(done.audit).encode(),
        "fairness.json": canonical_bytes(done.audit),
        "cells.json": done.cells.content(),
    }
    for name, content in written.items():
        (folder / name).write_bytes(content)
    return tuple(folder / name for name in written)


class FrameOptions(TypedDict, total=False):
    """What `group_fairness` takes beside a frame, all by name.

    Attributes:
        prediction: The column of what was decided.
        groups: Group columns; several are crossed.
        label: The column of what would have been right.
        weight: The column of weights.
        score: The column of scores.
        cluster: Rows with one value of this column are not independent.
        strata: A column within which groups are compared too.
        where: Only rows with these values, by column.
        bins: Bins of the score.
        amounts: Label and prediction are amounts.
        y_true: Labels, row by row, as a `MetricFrame` gets them; so are the next three.
        y_pred: Predictions, row by row.
        sensitive_features: Groups: a series, list or array, or several as a frame or dict.
        sample_weight: Weights, row by row.
        metrics: Names of metrics, or fairlearn's and scikit-learn's functions: one, several or a
            dict as a `MetricFrame` gets them; none for all.
        positive: The favourable value.
        fail_on: Limits, written METRIC:lt|le|gt|ge:VALUE.
        reference: The group that others are compared with, by column.
        against: What groups are compared with: `pairs`, `best` or `overall`.
        confidence: Nominal coverage of the intervals.
        resamples: Resamples of the bootstrap.
        seed: Its seed.
        min_n: Smaller groups are shown, not compared.
        impact: Make the impact ratio table.
    """

    prediction: str
    groups: Sequence[str]
    label: str | None
    weight: str | None
    score: str | None
    cluster: str | None
    strata: str | None
    where: Mapping[str, str]
    bins: int
    amounts: bool
    y_true: Any
    y_pred: Any
    sensitive_features: Any
    sample_weight: Any
    metrics: Any
    positive: object
    fail_on: Sequence[str]
    reference: Mapping[str, str]
    against: Against
    confidence: float
    resamples: int
    seed: int
    min_n: int
    impact: bool


def group_fairness(frame: Any = None, **options: Unpack[FrameOptions]) -> FairnessAudit:
    """Audit decisions in memory, given as a frame or as a fairlearn `MetricFrame` gets them.

        group_fairness(frame, label="repaid", prediction="approved", groups=["sex"])
        group_fairness(y_true=y, y_pred=p, sensitive_features=s,
                       fail_on=["demographic_parity_ratio:lt:0.8"])

    Args:
        frame: A frame of pandas, Polars, Arrow, DuckDB or Spark; or None with the inputs of a
            `MetricFrame`.
        options: See `FrameOptions`.

    Raises:
        UsageError: If a column, value or metric is wrong.
        NothingToAudit: If no row counts.
        MissingExtra: If the extra `fairness` is not installed.
    """
    from ftgov.tables.frames import FrameCells, metric_frame

    if frame is None:
        if options.get("y_pred") is None or options.get("sensitive_features") is None:
            raise UsageError("Give a frame, or y_pred and sensitive_features.")
        weights = options.get("sample_weight")
        frame, groups = metric_frame(
            options.get("y_true"),
            options["y_pred"],
            options["sensitive_features"],
            {"sample_weight": weights},
        )
        named: FrameOptions = {
            "groups": groups,
            "prediction": "y_pred",
            "label": None if options.get("y_true") is None else "y_true",
            "weight": None if weights is None else "sample_weight",
        }
        options = {**options, **named}
    cells = collect(FrameCells(frame), _question(options))
    return audit_cells(cells, _plan(options), "the frame")


def _question(options: FrameOptions) -> Question:
    prediction, groups = options.get("prediction"), tuple(options.get("groups") or ())
    if prediction is None or not groups:
        raise UsageError("Name the column of predictions and at least one group column.")
    return Question(
        groups=groups,
        prediction=prediction,
        label=options.get("label"),
        weight=options.get("weight"),
        score=options.get("score"),
        cluster=options.get("cluster"),
        strata=options.get("strata"),
        where=tuple(Condition(*pair) for pair in (options.get("where") or {}).items()),
        bins=options.get("bins", 10),
        numeric=options.get("amounts", False),
    )


def _plan(options: FrameOptions) -> Plan:
    positive = options.get("positive")
    return Plan(
        metrics=_names(options.get("metrics") or ()),
        positive=None if positive is None else str(positive),
        limits=tuple(limit_of(text) for text in options.get("fail_on") or ()),
        reference=tuple((options.get("reference") or {}).items()),
        against=options.get("against", "pairs"),
        confidence=options.get("confidence", 0.95),
        resamples=options.get("resamples", 1000),
        seed=options.get("seed", 0),
        min_n=options.get("min_n", 1),
        impact=options.get("impact", False),
    )


def _names(metrics: Any) -> tuple[str, ...]:
    """Return metrics by name: names are kept, functions give theirs."""
    if callable(metrics) or isinstance(metrics, str):
        metrics = (metrics,)
    chosen = metrics.values() if hasattr(metrics, "values") else metrics
    return tuple(one if isinstance(one, str) else str(one.__name__) for one in chosen)
