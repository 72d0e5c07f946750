"""Where a job may have run: a grid zone, or a mixture of zones where the place is not known.

An unknown place is never one number for the world. It is a draw among the zones that hold the cloud
regions of the table, each region as likely as the next; on a machine of one's own, among all
countries of the table.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from ftgov.energy.factors import Factor, aliases, factor, resolved, table

EU_MEMBERS = frozenset(
    {"AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU"}
    | {"IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"}
)
"""The members of the European Union by ISO 3166-1, Greece as GR."""

EVERYWHERE = ("unknown", "EU27", "US")
"""The names that stand for many zones."""


class Mixture(NamedTuple):
    """The zones that a job may have run in.

    Attributes:
        name: The zone, or `unknown`, `EU27`, `US` for many.
        zones: The zones, one for each equally likely place; a zone may stand there repeatedly.
        factor: The row that tells of it: the zone's own, or the range of the mixture.
    """

    name: str
    zones: tuple[str, ...]
    factor: Factor


def check_zone(text: str) -> str:
    """Return the zone of a country, US state or cloud region, as the table writes it.

    Raises:
        UsageError: If the table doesn't know it; names the nearest.
    """
    return resolved("grid", text, "zone")


def mixture_of(zone: str | None, site: str) -> Mixture:
    """Return where a job may have run.

    Args:
        zone: A zone or a cloud region; None, `EU27` and `US` leave many.
        site: `hosted`, `datacentre` or `local`; the first two run where cloud regions are.

    Raises:
        UsageError: If the table doesn't know the zone.
    """
    name = "unknown" if zone is None else check_zone(zone)
    if name not in EVERYWHERE:
        return Mixture(name, (name,), factor(f"grid.{name}"))
    kind = "local" if site == "local" else "cloud"
    places = _states() if (kind, name) == ("local", "US") else _places(kind)
    zones = tuple(each for each in places if _within(each, name))
    return Mixture(name, zones, factor(f"mixture.{kind}.{name}"))


def _within(zone: str, name: str) -> bool:
    """Tell whether a zone belongs to the Union, to the States, or to the world."""
    if name == "EU27":
        return zone in EU_MEMBERS
    return name == "unknown" or zone.startswith("US-")


@cache
def _places(kind: str) -> tuple[str, ...]:
    """Return the zone of each cloud region, or each country once, in a stable order."""
    if kind == "cloud":
        known = aliases("grid")
        return tuple(known[alias] for alias in sorted(known) if ":" in alias)
    return tuple(zone for zone in _zones() if zone != "EU27" and not zone.startswith("US-"))


def _states() -> tuple[str, ...]:
    return tuple(zone for zone in _zones() if zone.startswith("US-"))


def _zones() -> tuple[str, ...]:
    return tuple(identifier.removeprefix("grid.") for identifier in sorted(table("grid")))
