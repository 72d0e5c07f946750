"""Whether the intervals that a rule rests on are as sure as the rule asks.

A lower level of confidence makes every interval narrower, so that what should be inconclusive would
pass: the level that an audit chose is part of what is judged, never a detail of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ftgov.policy.paths import ROOTS


def why_unsure(values: dict[str, Any], path: str, asked: float) -> str | None:
    """Return why a measure's intervals do not count, or None where they do.

    A figure without a level is as unsure as one with a low level. Nothing is said of what is
    absent, nor of a part without a value: reading those is an error already.

    Args:
        values: What expressions see, as `view_of` gives it.
        path: A measure id, `slices.` with one, or a path of another root, which has no level.
        asked: The lowest level that counts, as nominal coverage (0.95 for 95 %).
    """
    root, _, rest = path.partition(".")
    if root in ROOTS and root != "slices":
        return None
    levels: list[Any] = [figure.get("level") for figure in _figures(values, root, path, rest)]
    # Written as `not at least`, so that what compares with nothing is refused too.
    low = [level for level in levels if level is None or not level >= asked]
    if not low:
        return None
    worst = "unknown" if None in low else str(min(low))
    return f"{path}: the interval's level is {worst}; at least {asked} is asked"


def _figures(values: dict[str, Any], root: str, path: str, rest: str) -> Sequence[dict[str, Any]]:
    analyzer, _, measure = (rest if root == "slices" else path).partition(".")
    if root == "slices":
        parts = values["slices"].get(analyzer, {}).get(measure, [])
        return [part for part in parts if "value" in part]
    whole = values["evidence"].get(analyzer, {}).get(measure)
    return [] if whole is None else [whole]
