"""fairlearn's own metric functions on atoms: the point values, and the definition of every metric.

Counts are given as sample weights, which gives the row-level values at a cost that does not grow
with rows. Groups whose denominator is empty are kept from it: it would answer 0 for a rate that is
undefined. See docs/reference/fairness.md for the list.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ftgov.analyzers.group_fairness.oracle import metrics as fairlearn_metrics

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_TRUTH = (1, 0, 1, 0, 0)
_ANSWER = (1, 1, 0, 0, 0)
_OTHER_ANSWER = (1, 1, 0, 0, 2)
_SCORES = ("accuracy_score", "precision_score", "recall_score", "f1_score")
_AGREE = 1e-9


def by_group(name: str, weights: Floats, ours: Floats) -> Floats:
    """Return a metric of each group by fairlearn, or by scikit-learn, which fairlearn hands on.

    Args:
        name: A key of `metrics.METRICS`.
        weights: Weights of the atoms, shape (G, ATOMS).
        ours: The same metric by sums over atoms; NaN where it is undefined.

    Returns:
        Shape (G,), NaN where `ours` is.

    Raises:
        MissingExtra: If fairlearn is not installed.
        ArithmeticError: If the two differ: then one is wrong and neither may be printed.
    """
    import numpy as np

    function = _function(name)
    answer = _OTHER_ANSWER if name == "accuracy_score" else _ANSWER
    result = np.full(len(ours), np.nan)
    # Five numbers per group need no validation; it would take most of the time.
    calm = sklearn().config_context(assume_finite=True, skip_parameter_validation=True)
    with warnings.catch_warnings(), calm:
        warnings.simplefilter("ignore")
        for place in np.flatnonzero(~np.isnan(ours)):
            own = weights[place]
            held = np.flatnonzero(own > 0)
            truth, predicted = (np.array(codes)[held] for codes in (_TRUTH, answer))
            result[place] = function(truth, predicted, own[held])
    apart = np.abs(result - ours) > _AGREE
    if apart.any():
        worst = int(np.flatnonzero(apart)[0])
        raise ArithmeticError(
            f"{name} is {ours[worst]} by our count and {result[worst]} by fairlearn"
        )
    return result


def sklearn() -> Any:
    """Return the package `sklearn`, which comes with fairlearn."""
    fairlearn_metrics()
    import sklearn.metrics

    return sklearn


def _function(name: str) -> Callable[[Any, Any, Any], float]:
    function = getattr(sklearn().metrics if name in _SCORES else fairlearn_metrics(), name)
    if name == "accuracy_score":
        return lambda truth, answer, weight: function(truth, answer, sample_weight=weight)
    return lambda truth, answer, weight: function(truth, answer, sample_weight=weight, pos_label=1)
