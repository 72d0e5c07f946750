"""Article 5: prohibited practices, now or from a later day."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from ftgov.law.facts import Facts
from ftgov.law.pack_records import Pack
from ftgov.law.truth import Truth, any_of


class Prohibitions(NamedTuple):
    """The truth of each point, split by whether it applies on the day asked about."""

    now: dict[str, Truth]
    later: dict[str, Truth]

    @property
    def any_now(self) -> Truth:
        """Whether some point that applies today is met."""
        return any_of(*self.now.values())

    @property
    def any_later(self) -> Truth:
        """Whether some point that applies from a later day is met."""
        return any_of(*self.later.values())


def prohibitions(pack: Pack, facts: Facts, as_of: date) -> Prohibitions:
    """Return the points of Article 5(1) that this pack has; a point it lacks is not asked."""
    now: dict[str, Truth] = {}
    later: dict[str, Truth] = {}
    for point, what in pack.art5_points.items():
        place = now if as_of >= pack.day(what.applies_from or "") else later
        place[point] = facts.holds("art5", point)
    return Prohibitions(now, later)
