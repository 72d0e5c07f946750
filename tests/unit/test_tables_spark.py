"""Spark in local mode gives the very cells that DuckDB gives, byte for byte."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

from fairness_support import run, write_csv
from ftgov.errors import FtgovError
from ftgov.tables.cell_query import Condition
from ftgov.tables.decision_cells import Question, collect
from ftgov.tables.duckdb_cells import DuckdbCells
from ftgov.tables.sources import file_source

pytestmark = pytest.mark.spark
pytest.importorskip("pyspark", reason="pyspark is not installed")
MASTER = "local[2]"


@pytest.fixture(scope="module", autouse=True)
def _java() -> None:
    if shutil.which("java") is None:
        pytest.skip("Java is not installed")


def _rows(count: int) -> list[dict[str, Any]]:
    draw = random.Random(8)
    return [
        {
            "group": draw.choice(["a", "b", "ü;,", 'q"q', None]),
            "two": draw.choice([1, 2, None]),
            "label": draw.choice([0, 1, None]),
            "prediction": draw.choice([0, 1]),
            "weight": draw.lognormvariate(0, 2),
            "score": draw.random(),
            "prompt": draw.randrange(40),
        }
        for _ in range(count)
    ]


@pytest.mark.parametrize(
    "asked",
    [
        Question(("group",), "prediction", "label"),
        Question(("group", "two"), "prediction", "label", weight="weight", score="score"),
        Question(("group",), "prediction", "label", cluster="prompt", weight="weight"),
        Question(("group",), "score", "weight", numeric=True),
        Question(("group",), "prediction", where=(Condition("two", "1"),), strata="two"),
    ],
    ids=["plain", "weights and scores", "clusters", "amounts", "conditions"],
)
@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_cells_are_the_same_bytes(tmp_path: Path, asked: Question, kind: str) -> None:
    from ftgov.tables.spark_cells import SparkCells

    rows = _rows(500)
    path = write_csv(tmp_path / "d.csv", rows)
    if kind != "csv":
        path = tmp_path / "d.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    if kind == "parquet":
        lines, path = path, tmp_path / "d.parquet"
        with duckdb.connect() as connection:
            connection.execute(f"COPY (FROM read_json('{lines}')) TO '{path}'")
    source = file_source(str(path))
    ours = collect(DuckdbCells(source), asked)
    theirs = collect(SparkCells(source, MASTER), asked)
    assert theirs.content() == ours.content()
    assert (ours.engine, theirs.engine) == ("duckdb", "spark")
    assert sum(cell.rows for cell in ours.cells) > 100


def test_the_command_takes_the_engine(tmp_path: Path, capsys: Any) -> None:
    path = write_csv(tmp_path / "d.csv", _rows(300))
    by_spark = run(capsys, path, "--engine", "spark", "--spark-master", MASTER)[1]
    by_duckdb = run(capsys, path)[1]
    assert by_spark["engine"] == "spark"
    assert by_spark | {"engine": "duckdb"} == by_duckdb


def test_a_broken_file_is_told(tmp_path: Path) -> None:
    from ftgov.tables.spark_cells import SparkCells

    path = tmp_path / "d.parquet"
    path.write_bytes(b"PAR1 no more")
    with pytest.raises(FtgovError, match="cannot be read as parquet"):
        collect(SparkCells(file_source(str(path)), MASTER), Question(("a",), "b"))
