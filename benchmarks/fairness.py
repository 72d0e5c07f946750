"""Fairness audits beside fairlearn's bootstrap, a bare DuckDB group-by, three peers, and Spark.

Run: python benchmarks/fairness.py [--rows 100000000] [--spark] [--peers PYTHON]

All in one run on one machine: ratios count, not seconds. Data are made here by DuckDB from a seed.
PYTHON is an interpreter of an environment with aif360, aequitas and holisticai, which cannot share
ours; a peer that is not installed there is said to be missing.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

BOOTED = ("selection_rate", "true_positive_rate", "false_positive_rate", "false_negative_rate",
          "accuracy_score", "precision_score")  # fmt: skip
RESAMPLES = 1000
MEASURED_RESAMPLES = 5
GROUPS = ("sex", "region")


def make(path: Path, rows: int) -> None:
    """Write a Parquet file of decisions in 2 x 10 groups, with a score, a weight and an id."""
    import duckdb

    with duckdb.connect(":memory:", config={"threads": 2, "memory_limit": "1GB"}) as connection:
        connection.execute("SELECT setseed(0.5)")
        connection.execute(
            f"""COPY (SELECT
                CASE WHEN hash(i) % 2 = 0 THEN 'female' ELSE 'male' END AS sex,
                'region ' || (hash(i * 7 + 1) % 10) AS region,
                CAST(hash(i * 13 + 2) % 100 < 30 AS INTEGER) AS label,
                CAST((hash(i * 13 + 2) % 100 < 30) = (hash(i * 17 + 3) % 100 < 80) AS INTEGER)
                    AS prediction,
                (hash(i * 19 + 4) % 1000) / 1000.0 AS score,
                1 + (hash(i * 23 + 5) % 4) AS weight,
                i AS id
                FROM range({rows}) t(i)) TO '{path}' (FORMAT parquet, COMPRESSION zstd)"""
        )


def best(function: Callable[[], object], runs: int) -> float:
    """Return the least time of several runs, in seconds."""
    found = []
    for _ in range(runs):
        begun = time.perf_counter()
        function()
        found.append(time.perf_counter() - begun)
    return min(found)


def child(*arguments: str, python: str = sys.executable) -> dict[str, float]:
    """Run one part of this file in a process of its own and return what it printed."""
    done = subprocess.run(
        [python, __file__, "--part", *arguments], capture_output=True, text=True, check=False
    )
    if done.returncode:
        return {"missing": 1.0, "why": done.stderr.strip().splitlines()[-1]}  # type: ignore[dict-item]
    found: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def peak_mb() -> float:
    """Return the most memory that this process held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def bare(path: str) -> dict[str, float]:
    """Time the bare group-by that any audit needs at least."""
    import duckdb

    text = (
        f"SELECT sex, region, label, prediction, count(*) FROM read_parquet('{path}') GROUP BY ALL"
    )

    def run() -> None:
        with duckdb.connect(":memory:") as connection:
            connection.execute(text).fetchall()

    return {"seconds": best(run, 3), "peak": peak_mb()}


def six(path: str) -> dict[str, float]:
    """Time an audit of the six metrics that the peers give, from the file to all intervals."""
    from ftgov.api.fairness import Plan, Question, audit_files

    asked, plan = Question(GROUPS, "prediction", "label"), Plan(metrics=BOOTED, against="best")
    audit_files(path, asked, plan)
    return {"seconds": best(lambda: audit_files(path, asked, plan), 5)}


def cells(path: str) -> dict[str, float]:
    """Time the scan to cells, and the whole audit on top of it, in one process."""
    from ftgov.api.fairness import Plan, Question, audit_files
    from ftgov.tables.decision_cells import collect
    from ftgov.tables.duckdb_cells import DuckdbCells
    from ftgov.tables.sources import file_source

    asked = Question(GROUPS, "prediction", "label")
    scan = best(lambda: collect(DuckdbCells(file_source(path)), asked), 3)
    audit_files(path, asked, Plan())
    whole = best(lambda: audit_files(path, asked, Plan()), 2)
    return {"seconds": scan, "whole": whole, "peak": peak_mb()}


def spark(path: str) -> dict[str, float]:
    """Time Spark in local mode, started and warm, and compare its cells with DuckDB's."""
    from ftgov.tables.decision_cells import Question, collect
    from ftgov.tables.duckdb_cells import DuckdbCells
    from ftgov.tables.sources import file_source
    from ftgov.tables.spark_cells import SparkCells

    asked = Question(GROUPS, "prediction", "label")
    begun = time.perf_counter()
    first = collect(SparkCells(file_source(path), "local[2]"), asked)
    cold = time.perf_counter() - begun
    warm = best(lambda: collect(SparkCells(file_source(path), "local[2]"), asked), 2)
    same = first.content() == collect(DuckdbCells(file_source(path)), asked).content()
    return {"cold": cold, "seconds": warm, "same": float(same)}


def booted(path: str) -> dict[str, float]:
    """Time fairlearn's bootstrap at a small n_boot, and ours at 1,000 resamples."""
    import duckdb
    import fairlearn.metrics as fm
    import sklearn.metrics as sm

    from ftgov.analyzers.group_fairness.estimates import draws, resampled
    from ftgov.analyzers.group_fairness.grouped import grouped
    from ftgov.analyzers.group_fairness.metrics import METRICS
    from ftgov.api.fairness import Plan, Question, audit_files
    from ftgov.statistics.replicates import jackknife, replicate_interval
    from ftgov.tables.decision_cells import collect
    from ftgov.tables.duckdb_cells import DuckdbCells
    from ftgov.tables.sources import file_source

    frame = duckdb.read_parquet(path).df()
    functions = {n: getattr(sm if n.endswith("_score") else fm, n) for n in BOOTED}

    def theirs(resamples: int) -> float:
        extra = {"n_boot": resamples, "ci_quantiles": [0.025, 0.975], "random_state": 0}
        begun = time.perf_counter()
        fm.MetricFrame(
            metrics=functions,
            y_true=frame["label"],
            y_pred=frame["prediction"],
            sensitive_features=frame[list(GROUPS)],
            **(extra if resamples else {}),
        )
        return time.perf_counter() - begun

    asked = Question(GROUPS, "prediction", "label")

    def ours() -> None:
        found = collect(DuckdbCells(file_source(path)), asked)
        atoms = grouped(found, "1", found.cells)
        drawn = draws(atoms, RESAMPLES, 0)
        for name in BOOTED:
            metric = METRICS[name]
            left = jackknife(atoms.rows.ravel(), lambda tables, m=metric: resampled(tables, m))  # type: ignore[misc]
            point = resampled(atoms.rows.reshape(1, -1), metric)[0]
            replicate_interval(point, resampled(drawn, metric), 0.95, left)

    ours()
    audit_files(path, asked, Plan(resamples=RESAMPLES))
    each = (theirs(MEASURED_RESAMPLES) - theirs(0)) / MEASURED_RESAMPLES
    audit = best(lambda: audit_files(path, asked, Plan(resamples=RESAMPLES)), 3)
    return {"theirs": each, "ours": best(ours, 5), "audit": audit}


def aif360(path: str) -> dict[str, float]:
    """Time AIF360: each group against the rest, as its users must."""
    import pandas as pd
    from aif360.datasets import BinaryLabelDataset
    from aif360.metrics import ClassificationMetric

    frame = _numbered(pd.read_parquet(path))

    def run() -> None:
        kept = {"label_names": ["label"], "protected_attribute_names": ["group"],
                "favorable_label": 1, "unfavorable_label": 0}  # fmt: skip
        truth = BinaryLabelDataset(df=frame[["label", "group"]], **kept)
        answers = truth.copy()
        answers.labels = frame[["prediction"]].to_numpy(dtype=float)
        for group in range(1, 20):
            one = ClassificationMetric(truth, answers, [{"group": 0}], [{"group": group}])
            for rate in (True, False):
                one.selection_rate(rate)
                one.true_positive_rate(rate)
                one.false_positive_rate(rate)
                one.false_negative_rate(rate)
                one.accuracy(rate)
                one.precision(rate)

    return {"seconds": best(run, 2)}


def aequitas(path: str) -> dict[str, float]:
    """Time Aequitas: the table of all rates by group."""
    import pandas as pd
    from aequitas.group import Group

    frame = pd.read_parquet(path)
    given = pd.DataFrame(
        {
            "score": frame["prediction"],
            "label_value": frame["label"],
            "group": frame["sex"] + " " + frame["region"],
        }
    )
    return {"seconds": best(lambda: Group().get_crosstabs(given, attr_cols=["group"]), 2)}


def aequitas_tested(path: str) -> dict[str, float]:
    """Time Aequitas with its tests of significance, the nearest it has to intervals."""
    import pandas as pd
    from aequitas.bias import Bias
    from aequitas.group import Group

    frame = pd.read_parquet(path)
    named = frame["sex"] + " " + frame["region"]
    given = pd.DataFrame(
        {"score": frame["prediction"], "label_value": frame["label"], "group": named}
    )

    def run() -> None:
        table, _ = Group().get_crosstabs(given, attr_cols=["group"])
        Bias().get_disparity_predefined_groups(
            table,
            original_df=given,
            ref_groups_dict={"group": named.iloc[0]},
            check_significance=True,
            mask_significance=False,
        )

    return {"seconds": best(run, 1)}


def holisticai(path: str) -> dict[str, float]:
    """Time holisticai: each group against one, as its users must."""
    import pandas as pd
    from holisticai.bias.metrics import classification_bias_metrics

    frame = _numbered(pd.read_parquet(path))
    truth, answer = frame["label"].to_numpy(), frame["prediction"].to_numpy()
    group = frame["group"].to_numpy()

    def run() -> None:
        for one in range(1, 20):
            classification_bias_metrics(group == 0, group == one, answer, truth, metric_type="both")

    return {"seconds": best(run, 2)}


def _numbered(frame: object) -> object:
    named = frame["sex"] + " " + frame["region"]  # type: ignore[index]
    codes = named.astype("category").cat.codes
    return frame.assign(group=codes)[["label", "prediction", "group"]]  # type: ignore[attr-defined]


PARTS = {
    one.__name__: one
    for one in (bare, cells, six, spark, booted, aif360, aequitas, aequitas_tested, holisticai)
}


def show_bootstrap(folder: Path) -> None:
    """Print ours against fairlearn's bootstrap."""
    path = folder / "100000.parquet"
    make(path, 100_000)
    found = child("booted", str(path))
    theirs = found["theirs"] * RESAMPLES
    print("1,000 resamples, 6 metrics, 20 groups, 100,000 rows")
    print(
        f"  fairlearn n_boot   {theirs:10.1f} s   extrapolated linearly from "
        f"{MEASURED_RESAMPLES} resamples at {found['theirs']:.2f} s each"
    )
    print(
        f"  cells and BCa      {found['ours']:10.4f} s   {theirs / found['ours']:,.0f} x faster, "
        "scan included; goal 10,000 x"
    )
    print(
        f"  the whole audit    {found['audit']:10.4f} s   {theirs / found['audit']:,.0f} x faster: "
        "11 metrics by fairlearn, all pairs, verdicts"
    )


def show_sizes(folder: Path, sizes: list[int], *, with_spark: bool) -> None:
    """Print the scan against a bare group-by, over sizes."""
    print("\nParquet, cells of 2 x 10 groups x label x prediction")
    for rows in sizes:
        path = folder / f"{rows}.parquet"
        if not path.exists():
            make(path, rows)
        least, found = child("bare", str(path)), child("cells", str(path))
        print(
            f"  {rows:>11,} rows   bare DuckDB {least['seconds']:7.3f} s {least['peak']:4.0f} MB   "
            f"cells {found['seconds']:7.3f} s = {found['seconds'] / least['seconds']:.2f} x   "
            f"whole audit {found['whole']:7.3f} s = {found['whole'] / least['seconds']:.2f} x, "
            f"peak {found['peak']:.0f} MB"
        )
        if with_spark:
            slow = child("spark", str(path))
            if "missing" in slow:
                print(f"  {'':11}        Spark is missing: {slow['why']}")
                continue
            same = "the same cells" if slow["same"] else "OTHER CELLS"
            print(
                f"  {'':11}        Spark local[2], started cold {slow['cold']:.1f} s, warm "
                f"{slow['seconds']:.2f} s; {same}"
            )


def show_peers(folder: Path, python: str, sizes: list[int]) -> None:
    """Print the whole audit, intervals included, against point values of three peers."""
    print(
        "\nSix metrics by group and 19 pairs in each, 20 groups: ours from the Parquet file, with"
    )
    print(
        "intervals and p-values; peers from a frame in memory, point values (tested: with p-values)"
    )
    for rows in sizes:
        path = folder / f"{rows}.parquet"
        if not path.exists():
            make(path, rows)
        ours = child("six", str(path))["seconds"]
        print(f"  {rows:>9,} rows   ftgov {ours:.3f} s")
        for name in ("aif360", "holisticai", "aequitas_tested", "aequitas"):
            found = child(name, str(path), python=python)
            if "missing" in found:
                print(f"  {'':9}        {name:16} not measured: {found['why']}")
            else:
                ratio = found["seconds"] / ours
                print(f"  {'':9}        {name:16} {found['seconds']:7.3f} s = {ratio:.1f} x ours")


def main() -> None:
    """Run all parts, or one of them in its own process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000_000, help="the largest table")
    parser.add_argument("--spark", action="store_true", help="time Spark in local mode too")
    parser.add_argument("--peers", help="a Python with aif360, aequitas, holisticai")
    parser.add_argument("--part", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.part:
        warnings.simplefilter("ignore")
        print(json.dumps(PARTS[given.part[0]](given.part[1])))
        return
    sizes = [rows for rows in (1_000_000, 10_000_000, 100_000_000) if rows <= given.rows]
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        show_bootstrap(folder)
        if given.peers:
            show_peers(folder, given.peers, [100_000, 1_000_000])
        show_sizes(folder, sizes or [given.rows], with_spark=given.spark)


if __name__ == "__main__":
    main()
