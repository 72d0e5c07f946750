"""The Software Carbon Intensity of a tuned model: grams of CO2e for a unit of what it does.

ISO/IEC 21031:2024 (SCI): operational emissions, location-based, plus the share of the making of the
machines, for a functional unit R. Contracts and offsets are not counted.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from ftgov.energy.ranges import Range
from ftgov.errors import UsageError

PER_MILLION_TOKENS = "1,000,000 trained tokens"
"""The functional unit of training."""

PER_THOUSAND_REQUESTS = "1,000 requests"
"""The functional unit of use."""


class Sci(NamedTuple):
    """A carbon intensity.

    Attributes:
        per: The functional unit R, in words.
        value: Grams of CO2e for one unit: operational and embodied together.
        operational: The part of the electricity, O = E x I.
        embodied: The part of the machines, M.
    """

    per: str
    value: Range
    operational: Range
    embodied: Range


def sci(operational: Range, embodied: Range, per: str, units: float) -> Sci:
    """Return the carbon intensity (O + M) / R of some work.

    The ends are added end to end, as if both parts were high together; the range of the sum is
    never narrower than its true 90 %.

    Args:
        operational: Greenhouse gases of the electricity, location-based, in kg.
        embodied: The share of the making of the machines, in kg.
        per: The functional unit, in words.
        units: How many such units the work was.

    Raises:
        UsageError: If `units` is not above 0.
    """
    if not (math.isfinite(units) and units > 0):
        raise UsageError(
            f"A carbon intensity needs more than {units:g} units of '{per}'.",
            why="ISO/IEC 21031 divides the emissions by a functional unit.",
        )
    grams = 1000.0 / units
    summed = Range(*(one + other for one, other in zip(operational, embodied, strict=True)))
    return Sci(per, summed.times(grams), operational.times(grams), embodied.times(grams))
