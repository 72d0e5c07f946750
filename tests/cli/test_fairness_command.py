"""`ftgov fairness`: its JSON, its exit statuses, its answers to bad input."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fairness_support import atoms, decisions, run, whole, write_csv
from ftgov.cli.main import execute

FAIR = decisions(("a", 1500, 5000), ("b", 1510, 5000))
UNFAIR = decisions(("a", 1500, 5000), ("b", 900, 5000))
LIMIT = ("--fail-on", "demographic_parity_ratio:lt:0.8")


def test_the_json_is_the_contract(tmp_path: Path, capsys: Any) -> None:
    path = write_csv(tmp_path / "d.csv", FAIR)
    status, found, err = run(capsys, path)
    assert (status, err) == (0, "")
    assert {
        "n",
        "dropped",
        "engine",
        "resamples",
        "seed",
        "groups",
        "comparisons",
        "overall",
    } <= set(found)
    assert (found["n"], found["dropped"], found["engine"]) == (10_000, {}, "duckdb")
    assert (found["resamples"], found["seed"]) == (1000, 0)
    names = {
        "selection_rate", "true_positive_rate", "true_negative_rate", "false_positive_rate",
        "false_negative_rate", "accuracy_score", "precision_score", "recall_score", "f1_score",
        "mean_prediction", "count",
    }  # fmt: skip
    for group in found["groups"]:
        assert set(group["metrics"]) == names
        for figure in group["metrics"].values():
            assert figure["low"] <= figure["value"] <= figure["high"]
            assert figure["n"] > 0
    assert [group["group"] for group in found["groups"]] == [{"group": "a"}, {"group": "b"}]
    aggregates = {c["metric"] for c in found["comparisons"] if not c["between"]}
    assert aggregates == {
        f"{name}_{kind}"
        for name in ("demographic_parity", "equalized_odds", "equal_opportunity")
        for kind in ("difference", "ratio")
    }
    fields = {"metric", "kind", "between", "value", "low", "high", "p_adjusted", "verdict",
              "reason", "n_needed"}  # fmt: skip
    for comparison in found["comparisons"]:
        assert fields <= set(comparison)
        assert len(comparison["between"]) in {0, 2}
        assert comparison["verdict"] == "not_assessed"
        assert comparison["reason"] == "no limit was set"


def test_a_notice_names_the_ground_of_special_categories_and_stops_nothing(
    tmp_path: Path, capsys: Any
) -> None:
    path = str(write_csv(tmp_path / "d.csv", FAIR))
    asked = ["fairness", path, "--prediction", "prediction", "--group", "group"]
    assert execute(asked) == 0
    loud = capsys.readouterr()
    assert loud.err.startswith("notice: ")
    assert "Art. 4a of the AI Act" in loud.err
    assert "notice" not in loud.out
    assert execute([*asked, "--quiet"]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("rows", "options", "status", "verdict"),
    [
        (FAIR, LIMIT, 0, "pass"),
        (UNFAIR, LIMIT, 10, "fail"),
        (decisions(("a", 12, 40), ("b", 12, 40)), LIMIT, 12, "inconclusive"),
        (UNFAIR, (), 0, "not_assessed"),
        (UNFAIR, ("--four-fifths",), 0, "fail"),
        (FAIR, ("--fail-on", "demographic_parity_ratio:le:0.999"), 12, "inconclusive"),
    ],
)
def test_the_verdict_gives_the_status(
    tmp_path: Path, capsys: Any, rows: Any, options: Any, status: int, verdict: str
) -> None:
    path = write_csv(tmp_path / "d.csv", rows)
    code, found, _ = run(capsys, path, *options)
    comparison = whole(found, "demographic_parity_ratio")
    assert (code, comparison["verdict"]) == (status, verdict)
    if verdict == "inconclusive":
        assert comparison["reason"].startswith("the interval holds")


def test_two_limits_on_one_metric_are_both_judged(tmp_path: Path, capsys: Any) -> None:
    path = write_csv(tmp_path / "d.csv", UNFAIR)
    low, high = "demographic_parity_ratio:lt:0.1", "demographic_parity_ratio:lt:0.9"
    code, found, _ = run(capsys, path, "--fail-on", low, "--fail-on", high)
    judged = [
        c["verdict"]
        for c in found["comparisons"]
        if c["metric"] == "demographic_parity_ratio" and not c["between"]
    ]
    assert (code, judged) == (10, ["pass", "fail"])


def test_a_limit_on_a_group_metric_is_judged_group_by_group(tmp_path: Path, capsys: Any) -> None:
    path = write_csv(tmp_path / "d.csv", UNFAIR)
    code, found, _ = run(capsys, path, "--fail-on", "selection_rate:lt:0.25")
    outcomes = {one["group"]["group"]: one["verdict"] for one in found["limits"]}
    assert (code, outcomes) == (10, {"a": "pass", "b": "fail"})


def test_an_undefined_rate_is_not_assessed_and_never_0(tmp_path: Path, capsys: Any) -> None:
    rows = atoms("a", 40, 10, 10, 40) + atoms("b", 0, 20, 0, 80)
    path = write_csv(tmp_path / "d.csv", rows)
    code, found, _ = run(capsys, path, "--fail-on", "equalized_odds_difference:gt:0.3")
    odds = whole(found, "equalized_odds_difference")
    assert code == 12
    assert (odds["value"], odds["verdict"]) == (None, "not_assessed")
    assert "true_positive_rate is undefined" in odds["reason"]
    rate = found["groups"][1]["metrics"]["true_positive_rate"]
    assert (rate["value"], rate["low"], rate["n"]) == (None, None, 0)
    assert rate["reason"] == "undefined: no favourable label in this group"


def test_a_missing_group_value_is_a_group_of_its_own(tmp_path: Path, capsys: Any) -> None:
    rows = decisions(("a", 30, 100), ("b", 40, 100), (None, 20, 50))
    _, found, _ = run(capsys, write_csv(tmp_path / "d.csv", rows))
    assert [(g["group"]["group"], g["n"]) for g in found["groups"]] == [
        ("a", 100), ("b", 100), (None, 50),
    ]  # fmt: skip
    assert found["n"] == 250
    bounds = {one["metric"]: one for one in found["bounds"]}
    assert bounds["demographic_parity_difference"]["unknown"] == 50


def test_missing_labels_and_predictions_are_dropped_and_counted(
    tmp_path: Path, capsys: Any
) -> None:
    rows = decisions(("a", 30, 100), ("b", 40, 100))
    rows[0]["label"] = rows[1]["prediction"] = rows[2]["prediction"] = None
    _, found, _ = run(capsys, write_csv(tmp_path / "d.csv", rows))
    assert found["dropped"] == {"missing label": 1, "missing prediction": 2}
    assert found["n"] == 197


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path, capsys: Any) -> None:
    path = write_csv(tmp_path / "d.csv", UNFAIR[::7])
    texts = []
    for seed in ("1", "1", "2"):
        execute(["fairness", str(path), "--label", "label", "--prediction", "prediction",
                 "--group", "group", "--seed", seed, "--json", "-q"])  # fmt: skip
        texts.append(capsys.readouterr().out)
    assert texts[0] == texts[1] != texts[2]


def test_the_text_is_readable_and_inert(tmp_path: Path, capsys: Any) -> None:
    rows = decisions(("\x1b[31mred\u202e", 30, 100), ("b", 40, 100))
    path = write_csv(tmp_path / "d.csv", rows)
    status = execute(["fairness", str(path), "--label", "label", "--prediction", "prediction",
                      "--group", "group", "--four-fifths"])  # fmt: skip
    out, _ = capsys.readouterr()
    assert status == 0
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert "demographic_parity_ratio" in out
    assert "below 4/5" in out
    assert "Brackets are 95 % intervals" in out


def test_the_files_are_written_and_the_page_asks_for_nothing(tmp_path: Path, capsys: Any) -> None:
    rows = decisions(("<script>alert(1)</script>", 30, 100), ("b", 40, 100))
    path = write_csv(tmp_path / "d.csv", rows)
    run(capsys, path, *LIMIT, "--output", str(tmp_path / "out"))
    page = (tmp_path / "out" / "fairness.html").read_text()
    assert "<script" not in page
    assert "default-src &#39;none&#39;" in page
    assert 'src="' not in page
    assert "inconclusive" in page
    drawing = (tmp_path / "out" / "fairness.svg").read_text()
    assert drawing.startswith("<svg")
    assert "limit 0.8" in drawing
    first = {p.name: p.read_bytes() for p in (tmp_path / "out").iterdir()}
    run(capsys, path, *LIMIT, "--output", str(tmp_path / "again"))
    assert first == {p.name: p.read_bytes() for p in (tmp_path / "again").iterdir()}
    assert set(first) == {"fairness.html", "fairness.svg", "fairness.json", "cells.json"}


BAD: list[tuple[str, Any, tuple[str, ...], int, str]] = [
    ("unknown column", FAIR, ("--weight", "nothing"), 2, "no column nothing"),
    ("unknown metric", FAIR, ("--metric", "beauty"), 2, "beauty cannot be computed"),
    ("unknown positive", FAIR, ("--positive", "yes"), 2, "'yes' stands in neither"),
    ("a bad limit", FAIR, ("--fail-on", "accuracy_score<0.8"), 2, "not written as METRIC"),
    ("a limit at nan", FAIR, ("--fail-on", "accuracy_score:lt:nan"), 2, "not written as METRIC"),
    ("no such reference", FAIR, ("--reference", "group=z"), 2, "No groups are meant"),
    ("all labels missing", [r | {"label": None} for r in FAIR[:50]], (), 3, "no usable row"),
    ("no rows with", FAIR[:50], ("--where", "group=z"), 3, "no usable row"),
    ("10,000 groups", [r | {"group": i} for i, r in enumerate(FAIR)], (), 2, "10,000 groups"),
    ("weights below zero", [r | {"w": -1 if i == 3 else 1} for i, r in enumerate(FAIR[:50])],
     ("--weight", "w"), 2, "below zero"),
    ("weights that are words", [r | {"w": "x"} for r in FAIR[:50]], ("--weight", "w"), 2,
     "50 values that are no finite number"),
    ("infinite weights", [r | {"w": "inf"} for r in FAIR[:50]], ("--weight", "w"), 2,
     "no finite number"),
    ("a rate of three labels, none named",
     [r | {"label": i % 3} for i, r in enumerate(FAIR[:60])], ("--metric", "selection_rate"), 2,
     "selection_rate cannot be computed"),
    ("thirty labels, none named",
     [r | {"label": i % 30, "prediction": i % 30} for i, r in enumerate(FAIR[:60])], (), 2,
     "not clear"),
    ("label and prediction of two worlds",
     [r | {"label": ("yes", "no")[int(str(r["label"]))]} for r in FAIR[:60]], (), 2,
     "share no value"),
    ("a stray word among numbers", [*FAIR[:60], FAIR[0] | {"prediction": "yes"}],
     ("--positive", "1"), 2, "prediction mixes numbers and text: 1 (60 rows), yes (1 row)"),
    ("a stray word where a rate is asked for", [*FAIR[:60], FAIR[0] | {"label": "n/a"}],
     ("--metric", "selection_rate"), 2,
     "label mixes numbers and text: 0 (30 rows), 1 (30 rows), n/a (1 row)"),
    ("a group that is the label", FAIR[:60],
     ("--label", "label", "--prediction", "prediction", "--group", "label"), 2,
     "cannot be a group"),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "options", "status", "says"), [b[1:] for b in BAD],
                         ids=[b[0] for b in BAD])  # fmt: skip
def test_bad_input_is_told_what_is_wrong(
    tmp_path: Path, capsys: Any, rows: Any, options: tuple[str, ...], status: int, says: str
) -> None:
    code, found, err = run(capsys, write_csv(tmp_path / "d.csv", rows), *options)
    assert code == status
    assert says in found["error"]["what"]
    assert err.startswith("error: ")
    assert "Traceback" not in err
    assert "Warning" not in err


def test_of_more_than_two_labels_each_is_told_in_turn(tmp_path: Path, capsys: Any) -> None:
    rows = [r | {"label": i % 3, "prediction": (i * i) % 3} for i, r in enumerate(UNFAIR[::9])]
    path = write_csv(tmp_path / "d.csv", rows)
    limit = ("--fail-on", "accuracy_score_ratio:lt:0.5")
    code, found, _ = run(capsys, path, *limit)
    assert code == 0
    assert set(found["overall"]) == {"accuracy_score", "count"}
    share = sum(row["label"] == row["prediction"] for row in rows) / len(rows)
    assert found["overall"]["accuracy_score"]["value"] == pytest.approx(share)
    assert [one["positive"] for one in found["by_label"]] == ["0", "1", "2"]
    named = run(capsys, path, "--positive", "1")[1]
    assert found["by_label"][1]["overall"] == named["overall"]


def test_one_group_alone_and_constant_predictions_are_not_assessed(
    tmp_path: Path, capsys: Any
) -> None:
    one = write_csv(tmp_path / "one.csv", decisions(("a", 30, 100)))
    code, found, _ = run(capsys, one, *LIMIT)
    assert code == 12
    assert "one group only" in whole(found, "demographic_parity_ratio")["reason"]
    none = write_csv(tmp_path / "none.csv", decisions(("a", 0, 100), ("b", 0, 100)))
    code, found, _ = run(capsys, none, *LIMIT)
    assert code == 12
    assert "0/0 is no ratio" in whole(found, "demographic_parity_ratio")["reason"]
    assert whole(found, "demographic_parity_difference")["value"] == 0
    everyone = write_csv(tmp_path / "all.csv", decisions(("a", 100, 100), ("b", 100, 100)))
    code, found, _ = run(capsys, everyone, *LIMIT)
    assert (code, whole(found, "demographic_parity_ratio")["verdict"]) == (0, "pass")


def test_a_file_that_is_absent_cut_or_of_another_kind(tmp_path: Path, capsys: Any) -> None:
    import duckdb

    source = write_csv(tmp_path / "d.csv", FAIR)
    whole_file = tmp_path / "d.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"COPY (FROM read_csv('{source}')) TO '{whole_file}'")
    assert run(capsys, whole_file)[0] == 0
    half = tmp_path / "half.parquet"
    half.write_bytes(whole_file.read_bytes()[:-200])
    broken = tmp_path / "broken.jsonl"
    broken.write_text('{"label": 1, "prediction": 1, "group": "a"}\n{"label": 1, "pred')
    empty = tmp_path / "empty.csv"
    empty.write_text("")
    headed = tmp_path / "headed.csv"
    headed.write_text("label,prediction,group\n")
    folder = tmp_path / "folder.csv"
    folder.mkdir()
    for path, status in (
        (half, 1),
        (broken, 1),
        (empty, 3),
        (headed, 3),
        (folder, 2),
        (tmp_path / "absent.csv", 2),
        (tmp_path / "d.xlsx", 2),
    ):
        code, found, err = run(capsys, path)
        assert code == status, path
        assert path.name in found["error"]["what"]
        assert "Traceback" not in err


@pytest.mark.parametrize("limit", ["accuracy_score:lt:0.01", "count:lt:1", LIMIT[1]])
def test_a_limit_that_meets_no_group_is_not_kept(tmp_path: Path, capsys: Any, limit: str) -> None:
    path = write_csv(tmp_path / "d.csv", decisions(("a", 30, 100), ("b", 30, 100)))
    code, found, _ = run(capsys, path, "--fail-on", limit, "--min-n", "101")
    assert code == 12
    judged = [*found["limits"], *(c for c in found["comparisons"] if c["limit"])]
    assert judged
    for one in judged:
        assert one["verdict"] == "not_assessed"
        assert "below --min-n 101" in one["reason"]


def test_a_pair_that_surely_fails_counts_where_the_whole_is_open(
    tmp_path: Path, capsys: Any
) -> None:
    fair = [(f"g{place}", 300, 600) for place in range(8)]
    rows = decisions(("ref", 300, 600), *fair, ("bad", 194, 600))
    path = write_csv(tmp_path / "d.csv", rows)
    code, found, _ = run(capsys, path, *LIMIT, "--reference", "group=ref")
    assert whole(found, "demographic_parity_ratio")["verdict"] == "inconclusive"
    assert code == 10


@pytest.mark.parametrize(("selected", "needed"), [((5, 5), 24), ((0, 5), 5), ((0, 0), None)])
def test_the_n_needed_is_told_at_rates_of_0_and_1(
    tmp_path: Path, capsys: Any, selected: tuple[int, int], needed: int | None
) -> None:
    """Three groups, two with the first rate: the intervals hold for three pairs at once."""
    first, second = selected
    path = write_csv(
        tmp_path / "d.csv", decisions(("a", first, 5), ("b", first, 5), ("c", second, 5))
    )
    _, found, _ = run(capsys, path, *LIMIT)
    assert whole(found, "demographic_parity_ratio")["n_needed"] == needed


def test_a_limit_on_a_rate_counts_rows_of_the_group_as_they_come(
    tmp_path: Path, capsys: Any
) -> None:
    # By hand: (2.2414 * .4 / .2)^2 = 20.1 labels at two groups; four rows bring one of them.
    rows = [*atoms("a", 5, 15, 0, 0), *atoms("b", 5, 15, 0, 0)]
    path = write_csv(tmp_path / "d.csv", rows)
    _, found, _ = run(capsys, path, "--fail-on", "true_positive_rate:lt:0.8")
    assert {one["n_needed"] for one in found["limits"]} == {84}
