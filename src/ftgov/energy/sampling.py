"""The random inputs of an estimate, drawn from the priors in one fixed order.

Only uniform draws are taken from the generator and then bent to shape here, so that a seed gives
the same figures whatever a library does to its other distributions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ftgov.energy.factors import Factor, factor

if TYPE_CHECKING:
    from numpy import float64
    from numpy.random import Generator
    from numpy.typing import NDArray

    Draws = NDArray[float64]

DRAWS = 20_000
"""How many draws an estimate takes; its ends then move by less than 2 % from seed to seed."""


class Source(NamedTuple):
    """A generator with what was drawn from it so far, by the input's plain name.

    Attributes:
        generator: Where uniform draws come from.
        draws: How many at a time.
        inputs: Draws by name, shape (draws,), each independent of all others.
        factors: The rows that were used, by id.
    """

    generator: Generator
    draws: int
    inputs: dict[str, Draws]
    factors: dict[str, Factor]

    def row(self, identifier: str) -> Factor:
        """Return a factor, and remember that the estimate rests on it."""
        return self.use(factor(identifier))

    def use(self, row: Factor) -> Factor:
        """Remember that the estimate rests on a factor, and return it."""
        self.factors[row.id] = row
        return row

    def uniform(self) -> Draws:
        """Return uniform draws between 0 and 1."""
        return self.generator.random(self.draws)

    def between(self, name: str, low: float, high: float, *, log: bool = False) -> Draws:
        """Return draws that are uniform, or uniform in their logarithm, between two ends."""
        import numpy as np

        share = self.uniform()
        drawn = low * np.power(high / low, share) if log else low + (high - low) * share
        return self._keep(name, drawn)

    def triangular(self, name: str, row: Factor, *, log: bool = False) -> Draws:
        """Return draws from the triangle over a row's ends with its value as the mode."""
        import numpy as np

        low, mode, high = row.low, row.value, row.high
        if log:
            low, mode, high = (float(np.log(part)) for part in (low, mode, high))
        drawn = _triangle(self.uniform(), low, mode, high)
        return self._keep(name, np.exp(drawn) if log else drawn)

    def chance(self, probability: float) -> NDArray[float64]:
        """Return draws of 1 with a probability, else 0."""
        import numpy as np

        return np.where(self.uniform() < probability, 1.0, 0.0)

    def _keep(self, name: str, drawn: Draws) -> Draws:
        self.inputs[name] = drawn
        return drawn


def _triangle(share: Draws, low: float, mode: float, high: float) -> Draws:
    """Return the triangular distribution's quantiles (its inverse, in closed form)."""
    import numpy as np

    if high <= low:
        return np.full_like(share, mode)
    left = (mode - low) / (high - low)
    rising = low + np.sqrt(share * (high - low) * (mode - low))
    falling = high - np.sqrt((1 - share) * (high - low) * (high - mode))
    return np.where(share < left, rising, falling)
