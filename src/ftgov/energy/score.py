"""How good intervals were: coverage with its exact interval, width, ratio, interval score."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Sequence
from typing import NamedTuple

from ftgov.energy.ranges import LEVEL, Range


class Tried(NamedTuple):
    """An estimate beside what was measured.

    Attributes:
        case: The case's id.
        source: Its source.
        estimate: The range, in kWh.
        measured: The meter's figure, in kWh.
    """

    case: str
    source: str
    estimate: Range
    measured: float

    @property
    def covered(self) -> bool:
        """Whether the measured figure lies in the range."""
        return self.estimate.low <= self.measured <= self.estimate.high

    @property
    def ratio(self) -> float:
        """The median estimate over the measured figure."""
        return self.estimate.mid / self.measured

    def corrected(self, by: float) -> Tried:
        """Return the estimate with a factor on it."""
        return self._replace(estimate=self.estimate.times(by))


class Score(NamedTuple):
    """What a set of estimates is worth.

    Attributes:
        n: How many estimates.
        sources: From how many sources.
        coverage: The share whose range holds the measured figure.
        coverage_low: Lower end of its exact 95 % interval.
        coverage_high: Upper end.
        median_ratio: Median of estimate over measured.
        median_width: Median of the upper over the lower end.
        interval_score: Mean interval score of the logarithms; lower is better.
    """

    n: int
    sources: int
    coverage: float
    coverage_low: float
    coverage_high: float
    median_ratio: float
    median_width: float
    interval_score: float


def score(tried: Sequence[Tried]) -> Score:
    """Return what estimates are worth; at least one must be given."""
    hits = sum(each.covered for each in tried)
    low, high = clopper_pearson(hits, len(tried))
    return Score(
        n=len(tried),
        sources=len({each.source for each in tried}),
        coverage=hits / len(tried),
        coverage_low=low,
        coverage_high=high,
        median_ratio=statistics.median(each.ratio for each in tried),
        median_width=statistics.median(each.estimate.width for each in tried),
        interval_score=statistics.fmean(interval_score(each) for each in tried),
    )


def interval_score(tried: Tried) -> float:
    """Return the interval score of a central 90 % interval on the natural logarithm.

    Source: Gneiting and Raftery (2007), Strictly Proper Scoring Rules, equation 43: the width, and
    2 / alpha times the distance by which the figure lies outside. Widening an interval to catch
    everything costs as much as it should.
    """
    low, high, value = (
        math.log(part) for part in (tried.estimate.low, tried.estimate.high, tried.measured)
    )
    penalty = 2 / (1 - LEVEL)
    return (high - low) + penalty * (max(low - value, 0.0) + max(value - high, 0.0))


def clopper_pearson(hits: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """Return the exact interval of a binomial proportion.

    Source: Clopper and Pearson (1934).
    """
    tail = (1 - level) / 2
    low = 0.0 if hits == 0 else _root(lambda p: _at_least(hits, n, p) - tail)
    high = 1.0 if hits == n else _root(lambda p: tail - (1 - _at_least(hits + 1, n, p)))
    return low, high


def _at_least(hits: int, n: int, p: float) -> float:
    """Return the probability of so many hits or more."""
    return math.fsum(math.comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(hits, n + 1))


def _root(rising: Callable[[float], float]) -> float:
    """Return where a rising function of a probability crosses zero, by bisection."""
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < 0 else (low, middle)
    return (low + high) / 2


def without_each(tried: Sequence[Tried]) -> Score:
    """Return the scores that are left when the worst choice of one source is left out.

    No prior is fitted to a case, so leaving a source out changes no estimate; what may change is
    the picture, where one source carries it. Each figure is the worst over all sources left out:
    the lowest coverage, the ratio farthest from 1, the widest range, the highest interval score.
    """
    names = {each.source for each in tried}
    scored = [score([each for each in tried if each.source != name]) for name in sorted(names)]
    least = min(scored, key=lambda each: (each.coverage, each.n))
    return least._replace(
        median_ratio=max((each.median_ratio for each in scored), key=lambda r: abs(math.log(r))),
        median_width=max(each.median_width for each in scored),
        interval_score=max(each.interval_score for each in scored),
    )


def transferred(tried: Sequence[Tried]) -> list[Tried]:
    """Return each estimate with the correction that the other sources would have taught.

    The estimates carry no such correction; this asks whether one would help: the median over the
    other sources of each one's median log ratio, applied to the source that was left out.
    """
    logs: dict[str, list[float]] = {}
    for each in tried:
        logs.setdefault(each.source, []).append(-math.log(each.ratio))
    middles = {source: statistics.median(values) for source, values in logs.items()}
    return [
        each.corrected(
            math.exp(statistics.median(m for s, m in middles.items() if s != each.source))
        )
        for each in tried
    ]
