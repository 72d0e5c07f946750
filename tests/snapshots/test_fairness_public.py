"""Public tables audited from the command line, beside what is known of them.

Ricci v. DeStefano (combined score of 70 or more passes), from the court record: Captain W 16/25,
B 3/8, H 3/8; Lieutenant W 25/43, B 6/19, H 3/15; adverse impact ratios .586, .543 and .344.
German credit: good risks by age, over 25 .728395 and up to 25 .578947 (ratio .794826) and by sex.
Adult test set: Unknown values are a group of their own. Credit default: male 2873/11888, female
3763/18112. The snapshot holds the verdicts and intervals that we derive from the counts.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from fairness_support import write_csv
from ftgov.cli.main import execute

SNAPSHOT = Path(__file__).with_name("fairness-public.json")
_ADULT = [
    "age",
    "workclass",
    "fnlwgt",
    "education",
    "education-num",
    "marital-status",
    "occupation",
    "relationship",
    "race",
    "sex",
    "capital-gain",
    "capital-loss",
    "hours-per-week",
    "native-country",
    "income",
]


def audited(capsys: Any, path: Path, *options: str) -> Any:
    status = execute(["fairness", str(path), *options, "--four-fifths", "--json", "--quiet"])
    out, err = capsys.readouterr()
    assert (status, err) == (0, "")
    return json.loads(out)


def counts(found: Any) -> dict[str, tuple[int, int]]:
    return {
        "/".join(str(value) for value in group["group"].values()): (
            round(group["metrics"]["selection_rate"]["value"] * group["n"]),
            group["n"],
        )
        for group in found["groups"]
    }


def impact(found: Any) -> dict[str, float]:
    return {
        "/".join(str(value) for value in one["group"].values()): one["impact_ratio"]
        for one in found["impact_ratios"]
    }


def told(found: Any) -> dict[str, Any]:
    """Return what the snapshot keeps: the counts and the aggregates, ends to 6 digits."""
    return {
        "counts": counts(found),
        "cells": found["cells"]["digest"],
        "aggregates": {
            one["metric"]: [
                *(None if one[k] is None else round(one[k], 6) for k in ("value", "low", "high")),
                one["verdict"],
                one["n_needed"],
            ]
            for one in found["comparisons"]
            if not one["between"]
        },
    }


def ricci(capsys: Any, shared: Path, tmp_path: Path) -> Any:
    path = shared / "data/fairness/ricci/ricci_original.csv"
    found = audited(capsys, path, "--label", "Class", "--prediction", "Class",
                    "--group", "Position", "--group", "Race")  # fmt: skip
    assert counts(found) == {
        "Captain/B": (3, 8), "Captain/H": (3, 8), "Captain/W": (16, 25),
        "Lieutenant/B": (6, 19), "Lieutenant/H": (3, 15), "Lieutenant/W": (25, 43),
    }  # fmt: skip
    for position, race, ratio in (
        ("Captain", "B", 0.586),
        ("Captain", "H", 0.586),
        ("Lieutenant", "B", 0.543),
        ("Lieutenant", "H", 0.344),
    ):
        own = audited(capsys, path, "--label", "Class", "--prediction", "Class", "--group", "Race",
                      "--where", f"Position={position}")  # fmt: skip
        assert impact(own)[race] == pytest.approx(ratio, abs=5e-4)
    return found


def test_lieutenant_hispanic_alone_is_significant_and_still_crosses_four_fifths(
    shared_folder: Path, tmp_path: Path, capsys: Any
) -> None:
    """Its Miettinen-Nurminen interval, not adjusted, is (.117, .828)."""
    source = shared_folder / "data/fairness/ricci/ricci_original.csv"
    with source.open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["Race"] in {"W", "H"}]
    kept = write_csv(tmp_path / "two.csv", [row for row in rows if row["Position"] == "Lieutenant"])
    options = ("--label", "Class", "--prediction", "Class", "--group", "Race")
    found = audited(capsys, kept, *options, "--metric", "selection_rate")
    (ratio,) = [
        one
        for one in found["comparisons"]
        if one["between"] and (one["metric"], one["kind"]) == ("selection_rate", "ratio")
    ]
    assert ratio["between"] == [{"Race": "H"}, {"Race": "W"}]
    assert (ratio["low"], ratio["high"]) == pytest.approx((0.117, 0.828), abs=1e-3)
    assert ratio["verdict"] == "inconclusive"
    assert ratio["p_adjusted"] < 0.05


def german(capsys: Any, shared: Path, tmp_path: Path) -> Any:
    with (shared / "data/fairness/german/german_raw.csv").open(newline="") as stream:
        rows = [
            {"credit": row["credit"], "older": str(int(row["age"]) > 25)}
            for row in csv.DictReader(stream)
        ]
    path = write_csv(tmp_path / "german.csv", rows)
    found = audited(capsys, path, "--label", "credit", "--prediction", "credit", "--positive", "1",
                    "--group", "older")  # fmt: skip
    rates = {g["group"]["older"]: g["metrics"]["selection_rate"]["value"] for g in found["groups"]}
    assert rates["True"] == pytest.approx(0.728395, abs=5e-7)
    assert rates["False"] == pytest.approx(0.578947, abs=5e-7)
    assert impact(found)["False"] == pytest.approx(0.794826, abs=5e-7)
    return found


def adult(capsys: Any, shared: Path, tmp_path: Path) -> Any:
    lines = (shared / "data/fairness/adult/adult.test").read_text().splitlines()
    fields = [[part.strip() for part in line.rstrip(". ").split(",")] for line in lines]
    rows = [
        {name: None if value == "?" else value for name, value in zip(_ADULT, row, strict=True)}
        for row in fields
        if len(row) == len(_ADULT)
    ]
    path = write_csv(tmp_path / "adult.csv", rows)
    options = ("--label", "income", "--prediction", "income", "--positive", ">50K")
    by_country = audited(capsys, path, *options, "--group", "native-country")
    unknown = [g for g in by_country["groups"] if g["group"]["native-country"] is None]
    assert [group["n"] for group in unknown] == [sum(row[13] == "?" for row in fields if row[1:])]
    found = audited(capsys, path, *options, "--group", "race", "--group", "sex")
    assert (found["n"], sum(hits for hits, _ in counts(found).values())) == (16_281, 3_846)
    return found


def credit(capsys: Any, shared: Path, tmp_path: Path) -> Any:
    path = shared / "data/fairness/credit_default/credit-card-clients.csv"
    found = audited(capsys, path, "--label", "default payment", "--prediction", "default payment",
                    "--group", "SEX")  # fmt: skip
    assert counts(found) == {"1": (2873, 11_888), "2": (3763, 18_112)}
    assert found["overall"]["selection_rate"]["value"] == pytest.approx(0.2212, abs=5e-5)
    return found


@pytest.mark.parametrize("table", [ricci, german, adult, credit], ids=lambda one: one.__name__)
def test_the_snapshot(table: Any, shared_folder: Path, tmp_path: Path, capsys: Any) -> None:
    kept = json.loads(SNAPSHOT.read_text(encoding="utf-8"))
    found = json.loads(json.dumps(told(table(capsys, shared_folder, tmp_path))))
    assert found == kept[table.__name__]
