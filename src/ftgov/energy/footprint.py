"""From energy to greenhouse gases, water and the making of machines, draw by draw.

Location-based throughout (GHG Protocol Scope 2 Guidance, 2015): what the grid of the place emits,
whatever was contracted. What was made before is kept apart and never added.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, NamedTuple

from ftgov.energy.factors import Factor, factor, table
from ftgov.energy.spread import between, drawn, steps
from ftgov.energy.zones import Mixture, check_zone, mixture_of

if TYPE_CHECKING:
    from numpy import float64
    from numpy.random import Generator
    from numpy.typing import NDArray

    Draws = NDArray[float64]

__all__ = ["Footprint", "Site", "check_zone", "footprint"]

Site = Literal["hosted", "local", "datacentre"]

_OPERATOR: Mapping[str, str] = {
    "hosted": "hyperscale",
    "local": "local",
    "datacentre": "datacentre",
}
_ACCELERATORS_PER_SERVER = 8
_HOURS_PER_YEAR = 8766.0


class Footprint(NamedTuple):
    """What some energy and some accelerator hours cost the world, one figure for each draw.

    Attributes:
        co2e_kg: Greenhouse gases of the electricity, location-based, 100-year CO2 equivalent.
        water_onsite_l: Water that cooling the building consumes.
        water_offsite_l: Water that making the electricity consumes.
        embodied_kg: The job's share of making the machines; in no other figure.
        inputs: The sampled inputs by plain name, for the drivers of the variance.
        factors: The rows that were used.
    """

    co2e_kg: Draws
    water_onsite_l: Draws
    water_offsite_l: Draws
    embodied_kg: Draws
    inputs: Mapping[str, Draws]
    factors: tuple[Factor, ...]


def footprint(
    rng: Generator,
    *,
    it_kwh: Draws,
    facility_kwh: Draws,
    accelerator_hours: Draws,
    zone: str | None,
    gpu: str | None,
    site: Site,
) -> Footprint:
    """Return the footprint of draws of energy.

    Args:
        rng: Where chance comes from; the order of draws is fixed.
        it_kwh: Energy of the machines, in kWh, one for each draw.
        facility_kwh: Energy with the building's overhead, in kWh.
        accelerator_hours: Hours of one accelerator.
        zone: A grid zone or cloud region; None draws among the places where it may have run.
        gpu: The accelerator's name, None where it is not known.
        site: Who runs the machine: it chooses the cooling and the mixture of places.

    Raises:
        UsageError: If the table of zones doesn't know the zone.
    """
    count = len(facility_kwh)
    mixture = mixture_of(zone, site)
    grid = _grid(rng, mixture, count)
    onsite = factor(f"wue.onsite.{_OPERATOR[site]}")
    offsite = _offsite(mixture)
    onsite_draws, offsite_draws = drawn(rng, onsite, count), drawn(rng, offsite, count)
    per_hour, made_of = _embodied_per_hour(rng, gpu, count)
    return Footprint(
        co2e_kg=facility_kwh * grid / 1000.0,
        water_onsite_l=it_kwh * onsite_draws,
        water_offsite_l=facility_kwh * offsite_draws,
        embodied_kg=accelerator_hours * per_hour,
        inputs={
            "grid factor": grid,
            "water on site": onsite_draws,
            "water of the electricity": offsite_draws,
            "making of the machine": per_hour,
        },
        factors=(mixture.factor, onsite, offsite, *made_of),
    )


def _grid(rng: Generator, mixture: Mixture, count: int) -> Draws:
    """Return grams per kWh: a place for each draw, then the doubt about that place's factor."""
    import numpy as np

    if len(mixture.zones) == 1:
        return drawn(rng, factor(f"grid.{mixture.zones[0]}"), count)
    rows = [factor(f"grid.{zone}") for zone in mixture.zones]
    place = (rng.random(count) * len(rows)).astype(np.int64)
    low, middle, high = (
        np.array([getattr(row, end) for row in rows])[place] for end in ("low", "value", "high")
    )
    return between(steps(rng, count), low, middle, high)


def _offsite(mixture: Mixture) -> Factor:
    """Return the water row of a place; a state's is its country's, an unlisted one is unknown."""
    named = f"wue.offsite.{mixture.name.split('-')[0]}"
    return factor(named if named in table("wue") else "wue.offsite.unknown")


def _embodied_per_hour(
    rng: Generator, gpu: str | None, count: int
) -> tuple[Draws, tuple[Factor, ...]]:
    """Return kilograms for an hour of one accelerator with its eighth of a server."""
    own = f"embodied.{gpu}"
    rows = (
        factor(own if own in table("embodied") else "embodied.accelerator"),
        factor("embodied.server"),
        factor("embodied.lifetime"),
        factor("embodied.use"),
    )
    chip, server, years, share = (drawn(rng, row, count) for row in rows)
    made = chip + server / _ACCELERATORS_PER_SERVER
    return made / (years * _HOURS_PER_YEAR * share), rows
