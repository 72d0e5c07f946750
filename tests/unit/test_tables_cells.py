"""Cells: every engine counts alike, sums are exact in any order, bad tables are refused."""

from __future__ import annotations

import json
import random
from collections import Counter
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairness_support import write_csv
from ftgov.errors import NothingToAudit, UsageError
from ftgov.tables.cell_query import LIMBS, CellEngine, Condition, whole
from ftgov.tables.decision_cells import DecisionCells, Question, collect, text_of
from ftgov.tables.duckdb_cells import DuckdbCells
from ftgov.tables.frames import FrameCells, metric_frame
from ftgov.tables.sources import file_source

ASKED = Question(("group",), "prediction", "label")
TEXTS = st.one_of(st.none(), st.sampled_from(["a", "b", "NA", "ü", 'q"q', "x,y", "a\nb", "'"]))
NUMBERS = st.floats(-1e6, 1e6).map(lambda value: value if abs(value) > 1e-6 else 0.0)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "group": TEXTS,
            "label": st.sampled_from([0, 1, None]),
            "prediction": st.sampled_from([0, 1]),
            "weight": st.floats(0, 1e4).map(lambda value: value if value > 1e-3 else 0.0),
            "score": NUMBERS,
        }
    ),
    min_size=1,
    max_size=30,
)
FULL = ASKED._replace(weight="weight", score="score", bins=4)


def _files(rows: list[dict[str, Any]], folder: Path) -> list[CellEngine]:
    """Return the same rows as CSV, JSON Lines, Parquet and a frame, each with its engine."""
    path = write_csv(folder / "d.csv", rows)
    lines = folder / "d.jsonl"
    lines.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    packed = folder / "d.parquet"
    types = dict.fromkeys(rows[0], "DOUBLE") | {"group": "VARCHAR"}
    types |= {"label": "INT", "prediction": "INT"}
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE t AS FROM read_json('{lines}', columns = {types})")
        connection.execute(f"COPY t TO '{packed}'")
        engines: list[CellEngine] = [
            DuckdbCells(file_source(str(p))) for p in (path, lines, packed)
        ]
        engines.append(FrameCells(connection.sql("FROM t").df()))
    return engines


@given(ROWS)
@settings(max_examples=25, deadline=None)
def test_all_formats_and_engines_give_the_same_bytes(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, Any]]
) -> None:
    engines = _files(rows, tmp_path_factory.mktemp("cells"))
    first = collect(engines[0], FULL)
    for engine in engines[1:]:
        assert collect(engine, FULL).content() == first.content(), engine.name
    assert sum(cell.rows for cell in first.cells) + sum(first.dropped.values()) == len(rows)
    counted = Counter(
        (row["group"], text_of(row["label"]), text_of(row["prediction"]))
        for row in rows
        if row["label"] is not None
    )
    found: Counter[Any] = Counter()
    for cell in first.cells:
        found[(cell.group[0], cell.label, cell.prediction)] += cell.rows
    assert found == counted
    _sums_are_exact(first, rows)


def _sums_are_exact(found: DecisionCells, rows: list[dict[str, Any]]) -> None:
    """Compare with fractions, which are never rounded."""
    labelled = [row for row in rows if row["label"] is not None]
    sums = dict(zip(found.sums, zip(*(c.sums for c in found.cells), strict=True), strict=False))
    for name, power in (("w", 1), ("w2", 2)):
        exact = sum((Fraction(row["weight"]) ** power for row in labelled), Fraction(0))
        ours = sum(map(Fraction, sums.get(name, ())), Fraction(0))
        assert abs(ours - exact) <= Fraction(1, 10**13) * max(Fraction(1), abs(exact)), name
    exact = sum((Fraction(r["weight"]) * Fraction(r["score"]) for r in labelled), Fraction(0))
    most = Fraction(1) + sum(
        (abs(Fraction(row["weight"]) * Fraction(row["score"])) for row in labelled), Fraction(0)
    )
    assert abs(sum(map(Fraction, sums.get("ws", ())), Fraction(0)) - exact) <= most / 10**13


def test_no_order_of_rows_changes_a_bit(tmp_path: Path) -> None:
    draw = random.Random(4)
    rows = [
        {"group": "a", "label": 1, "prediction": 1, "weight": draw.lognormvariate(0, 3)}
        for _ in range(4000)
    ]
    contents = set()
    for turn in range(4):
        draw.shuffle(rows)
        path = write_csv(tmp_path / f"{turn}.csv", rows)
        engine = DuckdbCells(file_source(str(path)), threads=1 + turn)
        contents.add(collect(engine, ASKED._replace(weight="weight")).content())
    assert len(contents) == 1


def test_limbs_stand_for_their_value() -> None:
    assert whole((1,) + (0,) * (LIMBS - 1), 0) == 2.0**-31
    assert whole((-(2**31), 0, 0), 3) == -8.0
    assert whole((0, 0, 1), 93) == 1.0


def test_a_pattern_reads_several_files_of_one_format(tmp_path: Path) -> None:
    row = {"group": "a", "label": 1, "prediction": 0}
    for name in ("one.csv", "two.csv"):
        write_csv(tmp_path / name, [row])
    found = collect(DuckdbCells(file_source(str(tmp_path / "*.csv"))), ASKED)
    assert [cell.rows for cell in found.cells] == [2]
    (tmp_path / "three.jsonl").write_text(json.dumps(row))
    with pytest.raises(UsageError, match="several formats"):
        file_source(str(tmp_path / "*"))
    with pytest.raises(UsageError, match="no file"):
        file_source(str(tmp_path / "*.parquet"))
    (tmp_path / "none.csv").write_text("")
    with pytest.raises(NothingToAudit):
        file_source(str(tmp_path / "none.csv"))


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_other_delimiters_are_read_off_the_header(tmp_path: Path, delimiter: str) -> None:
    path = tmp_path / "d.csv"
    rows = (("group", "label", "prediction"), ("a,b", "1", "0"))
    path.write_text("".join(delimiter.join(row) + "\n" for row in rows))
    assert collect(DuckdbCells(file_source(str(path))), ASKED).cells[0].group == ("a,b",)


def test_only_the_named_file_is_within_reach(tmp_path: Path) -> None:
    secret = write_csv(tmp_path / "secret.csv", [{"a": 1}])
    path = write_csv(tmp_path / "d.csv", [{"group": "a", "label": 1, "prediction": 0}])
    engine = DuckdbCells(file_source(str(path)))
    assert engine.columns() == ("group", "label", "prediction")
    connection = engine._connection
    assert connection is not None
    for statement in (
        f"FROM read_csv('{secret}')",
        "INSTALL httpfs",
        "SET enable_external_access=true",
    ):
        with pytest.raises(duckdb.Error):
            connection.execute(statement)
    engine.close()


def test_a_condition_keeps_rows_and_quotes_nothing_from_outside(tmp_path: Path) -> None:
    rows = [
        {"group": value, "label": 1, "prediction": 1, 'odd "name': "it's"} for value in ("a", "b")
    ]
    path = write_csv(tmp_path / "d.csv", rows)
    engine = DuckdbCells(file_source(str(path)))
    asked = ASKED._replace(where=(Condition('odd "name', "it's"), Condition("group", "a")))
    assert [cell.group for cell in collect(engine, asked).cells] == [("a",)]
    attack = ASKED._replace(where=(Condition("group", "' OR 1=1 --"),))
    assert collect(engine, attack).cells == ()


@pytest.mark.parametrize(
    ("groups", "says"),
    [
        (("1", '"1"'), "mixes numbers and text"),
        (("[1]",), "lists, objects"),
        (("true", "2"), "mixes numbers and true and false"),
    ],
)
def test_mixed_and_nested_values_are_refused(
    tmp_path: Path, groups: tuple[str, ...], says: str
) -> None:
    path = tmp_path / "d.jsonl"
    rows = (f'{{"group": {group}, "label": 1, "prediction": 1}}' for group in groups)
    path.write_text("\n".join(rows))
    with pytest.raises(UsageError, match=says):
        collect(DuckdbCells(file_source(str(path))), ASKED)


def test_a_frame_of_mixed_values_or_none_is_refused() -> None:
    import pandas as pd

    frame = pd.DataFrame({"group": [1, "1"], "label": [1, 0], "prediction": [1, 0]}, dtype=object)
    with pytest.raises(UsageError, match=r"mixes|grouped"):
        collect(FrameCells(frame), ASKED)
    with pytest.raises(UsageError, match="no frame"):
        FrameCells([1, 2])
    words = pd.DataFrame({"group": ["a"], "label": [1], "prediction": [1], "weight": ["heavy"]})
    with pytest.raises(UsageError, match="not of numbers"):
        collect(FrameCells(words), ASKED._replace(weight="weight"))


def test_numbers_are_spelled_one_way() -> None:
    given = [1, 1.0, True, None, "", float("nan"), 0.25, -3.0, "1.0", 10**20]
    assert [text_of(value) for value in given] == [
        "1", "1", "true", None, None, None, "0.25", "-3", "1.0", "100000000000000000000",
    ]  # fmt: skip


def test_a_label_of_whole_numbers_meets_a_prediction_of_decimals(tmp_path: Path) -> None:
    rows = [{"group": "a", "label": "1", "prediction": "1.0"}]
    found = collect(DuckdbCells(file_source(str(write_csv(tmp_path / "d.csv", rows)))), ASKED)
    assert [(cell.label, cell.prediction) for cell in found.cells] == [("1", "1")]


def test_a_name_that_stands_twice_is_refused_in_every_format(tmp_path: Path) -> None:
    import duckdb

    named = tmp_path / "d.csv"
    named.write_text("\ufefflabel,prediction,group,group\n1,1,a,x\n0,0,b,y\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"d.csv names .* more than once: group \(2 times\)"):
        file_source(str(named))
    blank = tmp_path / "blank.csv"
    blank.write_text("label,prediction,group,,\n1,1,a,,\n")
    assert len(collect(DuckdbCells(file_source(str(blank))), ASKED).cells) == 1
    lines = tmp_path / "d.jsonl"
    whole_rows = '{"label": 1, "prediction": 1, "group": "a"}\n' * 30_000
    lines.write_text(whole_rows + '{"label": 1, "prediction": 1, "group": "a", "group": "b"}\n')
    with pytest.raises(UsageError, match=r"more than once: group \(line 30001\)"):
        collect(DuckdbCells(file_source(str(lines))), ASKED)
    table = tmp_path / "d.parquet"
    chosen = "1 AS label, {'in': {'group': 1}} AS nested, 1 AS prediction, 'a' AS group"
    duckdb.sql(f"COPY (SELECT {chosen}, 'b' AS grouq) TO '{table}'")
    assert len(collect(DuckdbCells(file_source(str(table))), ASKED).cells) == 1
    table.write_bytes(table.read_bytes().replace(b"grouq", b"group"))
    with pytest.raises(UsageError, match=r"d.parquet names .* group \(2 times\)"):
        collect(DuckdbCells(file_source(str(table))), ASKED)


def test_a_frame_that_names_a_column_twice_is_refused() -> None:
    import duckdb
    import pandas as pd

    twice = ["label", "prediction", "group", "group"]
    frame = pd.DataFrame([[1, 1, "a", "x"], [0, 0, "b", "y"]], columns=twice)
    relation = duckdb.sql("SELECT 1 AS label, 1 AS prediction, 'a' AS group, 'b' AS group")
    for twofold in (frame, relation):
        with pytest.raises(UsageError, match=r"frame names a column more than once: .*group"):
            FrameCells(twofold)
    with pytest.raises(UsageError, match="sensitive features names a column more than once"):
        metric_frame(None, [1, 0], frame[["group"]], {})
