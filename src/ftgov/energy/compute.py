"""The training compute of a modification, as the AI Act's guidelines count it, at exact thresholds.

Source: Commission guidelines on the scope of obligations for providers of general-purpose AI
models, C(2025) 7719, points 17 and 60, point 118 and annex A; Article 51(2) of Regulation (EU)
2024/1689. A threshold is exceeded only by what is greater, and an interval decides only where all
of it lies on one side.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Literal, NamedTuple

from ftgov.energy.ranges import Range
from ftgov.errors import UsageError

FRACTION = Fraction(1, 3)
"""The share of the original model's training compute that a modification may not exceed."""

INDICATIVE = Fraction(10**23)
"""Training compute above which a model is presumed to be general-purpose (point 17)."""

SYSTEMIC = Fraction(10**25)
"""Training compute above which systemic risk is presumed (Article 51(2))."""

COUNTED = (
    "forward and backward passes over the trained tokens of all epochs, by parameters x tokens",
    "the frozen reference model's passes where preferences are optimised",
)
NOT_COUNTED = (
    "activations that are computed again to save memory",
    "padding",
    "evaluation and red-teaming",
    "failed and exploratory experiments",
    "reward and value models",
    "the parents of a distillation",
)
COUNTED_IF_SYSTEMIC = (
    "synthetic data that is not public, discarded samples as well",
    "models whose weights were merged in",
)

Verdict = Literal["above", "below", "undetermined"]


class Threshold(NamedTuple):
    """One third of a base model's compute, and where the modification stands.

    Attributes:
        base: Of which base it holds.
        limit: The threshold in FLOP, exact.
        share: The modification over the threshold at its 5, 50 and 95 % points, exact.
        verdict: `above` where all of the interval is greater, `below` where none of it is.
    """

    base: str
    limit: Fraction
    share: tuple[Fraction, Fraction, Fraction]
    verdict: Verdict


def threshold(base: str, compute: Fraction, flop: Range) -> Threshold:
    """Return where a modification stands against one third of a base's compute.

    Args:
        base: Which base, in words.
        compute: The base's training compute in FLOP, exact.
        flop: The modification's, in FLOP; each end is taken as the exact binary number it is.
    """
    limit = compute * FRACTION
    low, mid, high = (Fraction(part) for part in flop)
    verdict: Verdict = "above" if low > limit else "below" if high <= limit else "undetermined"
    return Threshold(base, limit, (low / limit, mid / limit, high / limit), verdict)


def thresholds(flop: Range, base_flop: Fraction | None = None) -> tuple[Threshold, ...]:
    """Return the thresholds that may apply, the strictest first; only one where the base is known.

    Args:
        flop: The modification's counted compute in FLOP.
        base_flop: The original model's training compute, where it is known.

    Raises:
        UsageError: If that compute can't be meant: less than one operation.
    """
    if base_flop is not None and base_flop < 1:
        raise UsageError(
            f"A base model with a training compute of {float(base_flop):g} FLOP can't be meant.",
            why="One third of it is the threshold, so it must be a positive number of operations.",
            next_step="Check --base-flop, or leave it out: the Act's own thresholds apply then.",
        )
    if base_flop is not None:
        return (threshold("the base's compute as given", base_flop, flop),)
    return (
        threshold("compute unknown, no systemic risk", INDICATIVE, flop),
        threshold("compute unknown, systemic risk", SYSTEMIC, flop),
    )
