"""Ranges: the 5, 50 and 95 % points of draws, and how many figures of them may be shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray

LEVEL = 0.9
"""The nominal coverage of a range: from its 5 % to its 95 % point."""

_PERCENTS = (5.0, 50.0, 95.0)
_HALF = 0.5
_KEPT = 6
_SHOWN = 2


class Range(NamedTuple):
    """A figure that is honest only as a range: 5 %, 50 % and 95 % points, in one unit."""

    low: float
    mid: float
    high: float

    @property
    def width(self) -> float:
        """The upper end over the lower one; infinite where the lower end is zero."""
        return self.high / self.low if self.low else float("inf")

    def each(self, change: Callable[[float], float]) -> Range:
        """Return the range with a change made to all three points."""
        return Range(change(self.low), change(self.mid), change(self.high))

    def times(self, by: float) -> Range:
        """Return the range in a smaller or larger unit."""
        return self.each(lambda part: part * by)


def of(samples: NDArray[float64]) -> Range:
    """Return the 5, 50 and 95 % points of draws, shape (draws,); linear between order statistics.

    The method is Hyndman and Fan's (1996) type 7, numpy's default. It is written out, to the last
    bit of `numpy.percentile`, since that imports half of numpy for it.
    """
    import numpy as np

    if np.isnan(samples).any():  # as numpy: a draw that is no number leaves no range
        return Range(float("nan"), float("nan"), float("nan"))
    last = len(samples) - 1
    places = [last * (percent / 100.0) for percent in _PERCENTS]
    below = [int(place) for place in places]
    wanted = sorted({*below, *(min(each + 1, last) for each in below)})
    ordered = np.partition(samples, wanted)
    low, mid, high = (
        _between(float(ordered[at]), float(ordered[min(at + 1, last)]), place - at)
        for at, place in zip(below, places, strict=True)
    )
    return Range(low, mid, high)


def _between(lower: float, upper: float, share: float) -> float:
    """Return a point between two, counted from the nearer one so that the ends come out exactly."""
    if share < _HALF:
        return lower + (upper - lower) * share
    return upper - (upper - lower) * (1 - share)


def six(value: float) -> float:
    """Return a number to six significant figures, as JSON holds it."""
    return float(f"{value:.{_KEPT}g}")


def two(value: float) -> str:
    """Return a number as text with two significant figures: 1,200, 35, 0.072, 2.5e+22."""
    if value == 0:
        return "0"
    rounded = float(f"{value:.{_SHOWN}g}")
    size = abs(rounded)
    if not 1e-4 <= size < 1e7:
        return f"{rounded:.{_SHOWN - 1}e}"
    if size >= 10:
        return f"{rounded:,.0f}"
    places = 1
    while size * 10**places < 10:
        places += 1
    return f"{rounded:.{places}f}"


def shown(figures: Range, unit: str = "") -> str:
    """Return a range as text: `33 (10 to 120) kWh`, two significant figures each."""
    text = f"{two(figures.mid)} ({two(figures.low)} to {two(figures.high)})"
    return f"{text} {unit}" if unit else text
