"""Small tables of decisions for tests, and the command that audits them."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ftgov.cli.main import execute

COLUMNS = ("label", "prediction", "group")


def write_csv(path: Path, rows: Sequence[Mapping[str, object]]) -> Path:
    """Write rows as CSV; None is an empty field."""
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def decisions(*groups: tuple[object, int, int]) -> list[dict[str, object]]:
    """Return rows of groups of (name, selected, all); the label alternates."""
    return [
        {"label": place % 2, "prediction": int(place < selected), "group": name}
        for name, selected, n in groups
        for place in range(n)
    ]


def atoms(group: object, tp: int, fp: int, fn: int, tn: int) -> list[dict[str, object]]:
    """Return the rows of a group with so many of each kind."""
    kinds = [(1, 1)] * tp + [(0, 1)] * fp + [(1, 0)] * fn + [(0, 0)] * tn
    return [{"label": y, "prediction": p, "group": group} for y, p in kinds]


def run(capsys: Any, path: object, *options: str) -> tuple[int, Any, str]:
    """Run `ftgov fairness --json` and return its status, its JSON and its stderr."""
    named = ["--label", "label", "--prediction", "prediction", "--group", "group"]
    given = [] if "--group" in options else named
    status = execute(["fairness", str(path), *given, *options, "--json", "--quiet"])
    out, err = capsys.readouterr()
    return status, json.loads(out), err


def whole(found: Any, metric: str) -> Any:
    """Return the comparison of all groups in an aggregate."""
    return next(c for c in found["comparisons"] if c["metric"] == metric and not c["between"])
