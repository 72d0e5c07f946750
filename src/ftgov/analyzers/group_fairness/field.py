"""What is compared with what, and how many intervals hold at once."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from ftgov.analyzers.group_fairness.estimates import Estimates, Shares
from ftgov.analyzers.group_fairness.everyone import EVERYONE, against_everyone
from ftgov.analyzers.group_fairness.metrics import SAME, Aggregate, Kind
from ftgov.analyzers.group_fairness.pairs import Pairs, p_values, paired
from ftgov.analyzers.group_fairness.plan import Plan
from ftgov.records.fairness import Group, Limit
from ftgov.statistics.multiplicity import holm
from ftgov.statistics.simultaneous import bonferroni

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Places = NDArray[np.int64]

MOST_COMPARED = 200
MOST_SHOWN = 10

Adjusted = dict[tuple[str, int, int], float]
"""Holm's p-values by metric and places, the lesser place first."""


class Field(NamedTuple):
    """What is compared.

    Attributes:
        groups: All groups, by column.
        compared: Places of the groups that are compared.
        by_name: Metrics by group.
        plan: How.
        reference: Place of the named reference; None without one.
        left_out: Why groups are not compared, for a reader; empty if all are.
    """

    groups: tuple[Group, ...]
    compared: tuple[int, ...]
    by_name: dict[str, Shares | Estimates]
    plan: Plan
    reference: int | None
    left_out: str = ""

    @property
    def limits(self) -> int:
        """How many limits are decided at once, at least one."""
        return max(1, len(self.plan.limits))

    @property
    def all_pairs(self) -> tuple[Places, Places]:
        """The places of every pair of compared groups."""
        import numpy as np

        places = np.array(self.compared, dtype=np.int64)
        first, second = np.triu_indices(len(places), 1)
        return places[first], places[second]

    @property
    def family(self) -> int:
        """How many pairs stand behind an aggregate in one metric."""
        whole = self.plan.against == "overall"
        return len(self.compared) if whole else len(self.all_pairs[0])

    def behind(self, name: str, level: float) -> Pairs:
        """Return the pairs whose worst an aggregate is: all pairs, or each group and everyone."""
        import numpy as np

        if self.plan.against == "overall":
            return against_everyone(self.by_name[name], np.array(self.compared), level)
        return paired(self.by_name[name], *self.all_pairs, level)

    def level(self, family: int) -> float:
        """Return the coverage of each of several intervals that hold at once."""
        return bonferroni(self.plan.confidence, max(1, family))

    def limit(
        self, metric: str, kind: Kind, aggregates: tuple[Aggregate, ...]
    ) -> tuple[Limit | None, int]:
        """Return the limit that a pair in a metric is judged by, and how many metrics it is on.

        It is the limit on an aggregate that the metric is part of; None and 1 where there is none.
        """
        for aggregate in aggregates:
            if metric in aggregate.metrics and kind == aggregate.kind:
                for limit in self.plan.limits:
                    if limit.metric == aggregate.name:
                        return limit, len(aggregate.metrics)
        return None, 1


def adjusted_ps(field: Field) -> Adjusted:
    """Return Holm's p-values over all pairs and metrics; a metric in other words counts once."""
    import numpy as np

    if not 1 < len(field.compared) <= MOST_COMPARED:
        return {}
    keys: list[tuple[str, int, int]] = []
    values: list[Floats] = []
    for name, found in field.by_name.items():
        again = name == "mean_prediction" and isinstance(found, Shares)
        if again or SAME.get(name) in field.by_name:
            continue
        first, second, p = _tested(field, found)
        keys += [
            (name, min(a, b), max(a, b))
            for a, b in zip(first.tolist(), second.tolist(), strict=True)
        ]
        values.append(p)
    together = holm(np.clip(np.concatenate(values), 0.0, 1.0))
    return dict(zip(keys, together.tolist(), strict=True))


def _tested(field: Field, found: Shares | Estimates) -> tuple[Places, Places, Floats]:
    import numpy as np

    level = field.plan.confidence
    if field.plan.against == "overall":
        pairs = against_everyone(found, np.array(field.compared), level)
        return pairs.first, pairs.second, pairs.p
    first, second = field.all_pairs
    return first, second, p_values(found, first, second, level)


def adjusted_p(adjusted: Adjusted, name: str, a: int, b: int) -> float | None:
    """Return the adjusted p-value of a pair in a metric, by its twin's where it has one."""
    twin = "selection_rate" if name == "mean_prediction" else SAME.get(name, name)
    for metric in (name, twin):
        p = adjusted.get((metric, min(a, b), max(a, b)))
        if p is not None:
            return None if math.isnan(p) else p
    return None


def shown(group: Group) -> str:
    """Return a group as it stands in a sentence."""
    return " / ".join("(not given)" if value is None else value for value in group.values())


def shown_pairs(field: Field, found: Shares | Estimates) -> tuple[Places, Places, int]:
    """Return the pairs of a metric that are shown, and how many intervals hold at once.

    With a named reference each group against it. Else all pairs, the lower figure first; of more
    than 10 groups those with the group of the highest figure, in intervals that hold for all pairs,
    since that group was found by looking.
    """
    import numpy as np

    places = np.array(field.compared, dtype=np.int64)
    if field.plan.against == "overall":
        return places, np.full(len(places), EVERYONE), len(places)
    if field.reference is not None:
        others = places[places != field.reference]
        return others, np.full(len(others), field.reference), len(others)
    first, second = field.all_pairs
    family = len(first)
    value = np.nan_to_num(found.value, nan=-math.inf)
    turned = value[first] > value[second]
    first, second = np.where(turned, second, first), np.where(turned, first, second)
    if field.plan.against == "best" or len(places) > MOST_SHOWN:
        best = places[int(np.argmax(value[places]))]
        held = (first == best) | (second == best)
        first, second = first[held], second[held]
        turned = first == best
        first, second = np.where(turned, second, first), np.where(turned, first, second)
    return first, second, family
