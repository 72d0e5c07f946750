"""The metrics by name: which of five kinds of rows each counts, and in which denominator.

Names are fairlearn's. Every metric of two classes is a ratio of two sums over five kinds of rows,
its atoms: favourable rightly, favourable wrongly, unfavourable wrongly, and two ways of being
rightly unfavourable (with more than two labels a row can be wrong among the other labels too).
"""

from __future__ import annotations

from typing import Literal, NamedTuple

Kind = Literal["difference", "ratio"]

ATOMS = 5
"""Both favourable; only predicted; only labelled; neither, and equal; neither, and different."""


class Ratio(NamedTuple):
    """A metric as sums over the atoms.

    Attributes:
        hit: How often each atom counts in the numerator.
        of: How often it counts in the denominator.
        needs_label: Whether it compares with a label.
        wants: What a row of the denominator is called.
    """

    hit: tuple[int, ...]
    of: tuple[int, ...]
    needs_label: bool
    wants: str

    @property
    def is_share(self) -> bool:
        """Whether it is a share of rows: then score intervals hold for it."""
        return all(hit in {0, of} for hit, of in zip(self.hit, self.of, strict=True)) and set(
            self.of
        ) <= {0, 1}


_ALL = (1, 1, 1, 1, 1)
_TPR = Ratio((1, 0, 0, 0, 0), (1, 0, 1, 0, 0), needs_label=True, wants="favourable label")

METRICS: dict[str, Ratio] = {
    "selection_rate": Ratio((1, 1, 0, 0, 0), _ALL, needs_label=False, wants="row"),
    "true_positive_rate": _TPR,
    "true_negative_rate": Ratio(
        (0, 0, 0, 1, 1), (0, 1, 0, 1, 1), needs_label=True, wants="unfavourable label"
    ),
    "false_positive_rate": Ratio(
        (0, 1, 0, 0, 0), (0, 1, 0, 1, 1), needs_label=True, wants="unfavourable label"
    ),
    "false_negative_rate": Ratio(
        (0, 0, 1, 0, 0), (1, 0, 1, 0, 0), needs_label=True, wants="favourable label"
    ),
    "accuracy_score": Ratio((1, 0, 0, 1, 0), _ALL, needs_label=True, wants="row"),
    "precision_score": Ratio(
        (1, 0, 0, 0, 0), (1, 1, 0, 0, 0), needs_label=True, wants="favourable prediction"
    ),
    "recall_score": _TPR,
    "f1_score": Ratio(
        (2, 0, 0, 0, 0),
        (2, 1, 1, 0, 0),
        needs_label=True,
        wants="favourable label or prediction",
    ),
}
"""Ratios of atoms; `mean_prediction` and `count` are computed beside them."""

OTHERS = ("mean_prediction", "count")
AMOUNTS = ("mean_prediction", "mean_error", "mean_absolute_error", "mean_squared_error", "count")
"""Metrics of amounts (regression)."""

SAME = {
    "false_negative_rate": "true_positive_rate",
    "recall_score": "true_positive_rate",
    "true_negative_rate": "false_positive_rate",
}
"""Metrics that are another one in other words: in a family of tests they count once."""


class Aggregate(NamedTuple):
    """A figure over all groups at once.

    Attributes:
        name: fairlearn's name, or `<metric>_difference`, `<metric>_ratio`.
        metrics: The metrics whose worst is taken.
        kind: Largest difference, or smallest ratio.
    """

    name: str
    metrics: tuple[str, ...]
    kind: Kind


_ODDS = ("true_positive_rate", "false_positive_rate")
_NAMED: dict[str, tuple[str, ...]] = {
    "demographic_parity": ("selection_rate",),
    "equalized_odds": _ODDS,
    "equal_opportunity": ("true_positive_rate",),
}
KINDS: tuple[Kind, ...] = ("difference", "ratio")

AGGREGATES: dict[str, Aggregate] = {
    f"{name}_{kind}": Aggregate(f"{name}_{kind}", metrics, kind)
    for name, metrics in _NAMED.items()
    for kind in KINDS
}


def aggregate_of(name: str) -> Aggregate | None:
    """Return an aggregate by name: a named one, or any metric's difference or ratio."""
    if name in AGGREGATES:
        return AGGREGATES[name]
    for kind in KINDS:
        metric = name.removesuffix(f"_{kind}")
        if metric != name and (metric in METRICS or metric in AMOUNTS) and metric != "count":
            return Aggregate(name, (metric,), kind)
    return None
