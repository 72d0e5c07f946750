"""fairlearn, the reference for the point values: this file is its only door.

fairlearn is given the cell table with the counts as weights, which gives the row-level values
exactly at a cost that does not grow with the rows. Groups whose denominator is empty are kept from
it: it would report 0 for a rate that is undefined, and a difference that is not there.
"""

from __future__ import annotations

import warnings
from typing import Any, NamedTuple

from ftgov.analyzers.group_fairness.cells import Decisions
from ftgov.errors import MissingExtra

_UNPARSED = -1


class _Arrays(NamedTuple):
    """The cells as fairlearn wants them; groups are named by position, so any text is safe."""

    truth: list[int]
    answer: list[int]
    group: list[str]
    weight: list[int]


def metrics() -> Any:
    """Return the module `fairlearn.metrics`.

    Raises:
        MissingExtra: If fairlearn is not installed.
    """
    try:
        # What its dependencies say of the machine (joblib without semaphores) is not for our user.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import fairlearn.metrics
    except ImportError as fault:
        raise MissingExtra("The analysis of group fairness", "fairness") from fault
    return fairlearn.metrics


def by_group(found: Decisions, rate: str) -> dict[int, float]:
    """Return a rate of `RATES` by position of the group, without those that lack a denominator."""
    source = metrics()
    defined = _defined(found, rate)
    if not defined:
        return {}
    if rate == "accuracy_score":
        from sklearn.metrics import accuracy_score as metric
    else:
        metric = getattr(source, rate)
    cells = _cells(found, rate, defined)
    frame = source.MetricFrame(
        metrics={rate: metric},
        y_true=cells.truth,
        y_pred=cells.answer,
        sensitive_features=cells.group,
        sample_params={rate: {"sample_weight": cells.weight}},
    )
    return {int(place): float(value) for place, value in frame.by_group[rate].items()}


def aggregate(found: Decisions, name: str) -> float:
    """Return demographic_parity_ratio, demographic_parity_difference or equalized_odds_difference.

    Callers make sure that it is defined: two groups, and each with its denominators.
    """
    rate = "true_positive_rate" if name.startswith("equalized_odds") else "selection_rate"
    cells = _cells(found, rate, set(range(len(found.groups))))
    metric = getattr(metrics(), name)
    value = metric(
        cells.truth,
        cells.answer,
        sensitive_features=cells.group,
        sample_weight=cells.weight,
    )
    return float(value)


def _defined(found: Decisions, rate: str) -> set[int]:
    return {
        place for place, group in enumerate(found.groups) if found.counted(rate, group).rows > 0
    }


def _cells(found: Decisions, rate: str, chosen: set[int]) -> _Arrays:
    """Return the cells of chosen groups, coded for a rate: labels for accuracy, else 1 and 0."""
    arrays = _Arrays([], [], [], [])
    labels = sorted({part for cell in found.cells for part in cell.key[1:] if part is not None})
    codes: dict[str | None, int] = {label: place for place, label in enumerate(labels)}
    if rate != "accuracy_score":
        codes = dict.fromkeys(codes, 0) | {found.favourable: 1}
    unread = _UNPARSED if rate == "accuracy_score" else 0
    places = {group: place for place, group in enumerate(found.groups)}
    for cell in found.cells:
        group, expected, label = cell.key
        if places[group] not in chosen or (expected is None and rate != "selection_rate"):
            continue
        arrays.truth.append(codes.get(expected, 0))
        arrays.answer.append(codes.get(label, unread))
        arrays.group.append(str(places[group]))
        arrays.weight.append(cell.rows)
    return arrays
