"""From an interval and a limit to pass, fail or inconclusive: the whole interval must agree."""

from __future__ import annotations

import math
from typing import Literal, NamedTuple

Verdict = Literal["pass", "fail", "inconclusive", "not_assessed"]
Side = Literal["lt", "le", "gt", "ge"]


class FailingSide(NamedTuple):
    """Where a figure fails.

    Attributes:
        side: `lt`: below the value; `le`: at or below it; `gt` and `ge`: above it.
        value: The limit, finite.
    """

    side: Side
    value: float

    def holds(self, figure: float) -> bool:
        """Tell whether one number lies on the failing side."""
        match self.side:
            case "lt":
                return figure < self.value
            case "le":
                return figure <= self.value
            case "gt":
                return figure > self.value
            case "ge":
                return figure >= self.value


def decide(low: float, high: float, failing: FailingSide) -> Verdict:
    """Return the verdict of an interval, its ends included.

    Args:
        low: Lower end of the interval that decides, adjusted for all that is decided with it.
        high: Upper end; may be infinite.
        failing: Where the figure fails.

    Returns:
        `fail` if every number of the interval lies on the failing side, `pass` if none does,
        `inconclusive` otherwise, and `not_assessed` where an end is undefined (NaN).

    Raises:
        ValueError: If the ends are in the wrong order, or the limit is not finite.
    """
    if not math.isfinite(failing.value):
        raise ValueError("a limit is a finite number")
    if math.isnan(low) or math.isnan(high):
        return "not_assessed"
    if low > high:
        raise ValueError(f"an interval from {low} to {high} has its ends in the wrong order")
    # The failing side is a half line: an interval lies wholly in it, or out of it, if its ends do.
    ends = {failing.holds(low), failing.holds(high)}
    if len(ends) == 2:
        return "inconclusive"
    return "fail" if ends.pop() else "pass"
