"""Energy in the days of a household: always a range, always with country and year.

The slogan ("ten homes for a day") can't be printed: an equivalence has no form without its range,
its country and its year, whatever way it is turned into text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ftgov.energy.factors import Factor, table
from ftgov.energy.ranges import Range, shown, two
from ftgov.errors import FtgovError

_DAYS_PER_YEAR = 365.25
_YEAR = re.compile(r"\byear (\d{4})\b")
_PLACES = {"US": "the United States", "EU27": "the European Union"}


@dataclass(frozen=True)
class Equivalence:
    """How many days of an average household's electricity an energy equals.

    Attributes:
        days: Household-days, 5, 50 and 95 %.
        country: The country or union of the household.
        year: The year of its consumption.
        factor: The row that gives its consumption.

    Raises:
        FtgovError: If the range is a point, or country or year are missing.
    """

    days: Range
    country: str
    year: int
    factor: Factor

    def __post_init__(self) -> None:
        """Refuse whatever could be printed as a bare number."""
        if not self.days.low < self.days.high or not self.country or not self.year:
            raise FtgovError(
                "An equivalence needs a range, a country and a year.",
                why="A bare number of household-days is a slogan, not a figure.",
            )

    def __str__(self) -> str:
        """Return the whole sentence; there is no shorter form."""
        place = _PLACES.get(self.country, self.country)
        return (
            f"as much electricity as one average household in {place} uses in {shown(self.days)} "
            f"days ({two(self.factor.value)} kWh a year, {self.year})"
        )

    def __format__(self, form: str) -> str:
        """Return the whole sentence, whatever form is asked for."""
        return str(self)


def equivalences(facility_kwh: Range) -> tuple[Equivalence, ...]:
    """Return an energy in household-days, one for each household of the table.

    The lower end divides by the household's upper consumption, the upper end by its lower one.

    Args:
        facility_kwh: Energy with the building's overhead, in kWh.

    Raises:
        FtgovError: If the energy is a point, or a row of the table names no year.
    """
    return tuple(_equivalence(facility_kwh, row) for row in table("household").values())


def _equivalence(kwh: Range, row: Factor) -> Equivalence:
    year = _YEAR.search(row.boundary)
    days = Range(
        *(
            part / use * _DAYS_PER_YEAR
            for part, use in zip(kwh, (row.high, row.value, row.low), strict=True)
        )
    )
    return Equivalence(
        days=days,
        country=row.id.removeprefix("household."),
        year=int(year[1]) if year else 0,
        factor=row,
    )
