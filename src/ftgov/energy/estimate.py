"""The estimate of a job that nobody measured: a seeded Monte Carlo over dated priors.

The method: operations from parameters and tokens, hours from operations, peak and utilisation (or
the hours as told), energy from hours and power, at three boundaries. Every input is a distribution
of `factors/prior.json` with its source; the ends are the 5 and 95 % points of the product. The
label says from what the energy follows: operations (estimated-flop) or hours (estimated-tdp).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from ftgov.energy.contradictions import Remark, remarks
from ftgov.energy.factors import Factor
from ftgov.energy.flop import operations, whole_server
from ftgov.energy.footprint import footprint
from ftgov.energy.job import Job, checked
from ftgov.energy.power import FLEET, OWN, bound, energy
from ftgov.energy.ranges import Range, of
from ftgov.energy.sampling import DRAWS, Source

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ftgov.energy.sampling import Draws

Label = Literal["estimated-flop", "estimated-tdp"]

BOUNDARIES = ("accelerator", "it", "facility")
_TOP = 3


class Boundaries(NamedTuple):
    """Energy in kWh at three boundaries.

    Attributes:
        accelerator: The accelerators alone.
        it: All machines at the wall.
        facility: The building, with cooling and losses.
    """

    accelerator: Range
    it: Range
    facility: Range


class Driver(NamedTuple):
    """One uncertain input and its share of the variance of the energy's logarithm."""

    name: str
    share: float


class Estimate(NamedTuple):
    """What a job is estimated to have used; every figure a range of 90 %.

    Attributes:
        job: What was known, with accelerator and zone as the tables name them.
        flop: Operations that the law counts.
        flop_done: Operations that the machine does.
        energy: In kWh, at three boundaries.
        co2e_kg: Greenhouse gases of the building's electricity, location-based.
        water_l: On and off site together.
        water_onsite_l: What cooling consumes.
        water_offsite_l: What making the electricity consumes.
        embodied_co2e_kg: The share of making the machines; in no other figure.
        accelerator_hours: Hours of one accelerator.
        bound_kwh: The most that hours and accelerators allow, or None where either is unknown.
        drivers: What makes the range wide, largest first.
        factors: The rows that the figures rest on, by id.
        remarks: What was assumed, what contradicts what.
        label: From what the energy follows.
        seed: Of the draws.
        draws: How many.
    """

    job: Job
    flop: Range
    flop_done: Range
    energy: Boundaries
    co2e_kg: Range
    water_l: Range
    water_onsite_l: Range
    water_offsite_l: Range
    embodied_co2e_kg: Range
    accelerator_hours: Range
    bound_kwh: float | None
    drivers: tuple[Driver, ...]
    factors: tuple[Factor, ...]
    remarks: tuple[Remark, ...]
    label: Label
    seed: int
    draws: int


def estimate(job: Job, *, seed: int = 0, draws: int = DRAWS) -> Estimate:
    """Estimate a job's compute, energy, carbon, water and share of making the machines.

    Args:
        job: What is known of it.
        seed: Of the generator; the same seed gives the same figures.
        draws: How many draws.

    Raises:
        UsageError: If the job is absurd or its evidence contradicts itself beyond repair.
    """
    import numpy as np

    job = checked(job)
    found = remarks(job)
    source = Source(np.random.default_rng(seed), draws, {}, {})
    work = operations(source, job)
    used = energy(source, job, work.done)
    inputs = dict(source.inputs)
    cost = footprint(
        source.generator,
        it_kwh=used.it,
        facility_kwh=used.facility,
        accelerator_hours=used.hours,
        zone=job.zone,
        gpu=job.gpu,
        site=job.site,
    )
    most = bound(job)
    rows = (*cost.factors, *(most[1] if most else ()))
    return Estimate(
        job=job,
        flop=of(work.counted),
        flop_done=of(work.done),
        energy=Boundaries(of(used.accelerator), of(used.it), of(used.facility)),
        co2e_kg=of(cost.co2e_kg),
        water_l=of(cost.water_onsite_l + cost.water_offsite_l),
        water_onsite_l=of(cost.water_onsite_l),
        water_offsite_l=of(cost.water_offsite_l),
        embodied_co2e_kg=of(cost.embodied_kg),
        accelerator_hours=of(used.hours),
        bound_kwh=most[0] if most else None,
        drivers=_drivers(inputs, used.facility),
        factors=tuple((source.factors | {row.id: row for row in rows}).values()),
        remarks=(*found, *_assumptions(job)),
        label=_label(job),
        seed=seed,
        draws=draws,
    )


def _label(job: Job) -> Label:
    told = job.hours is not None and job.accelerators is not None
    return "estimated-tdp" if told else "estimated-flop"


def _drivers(inputs: Mapping[str, Draws], result: Draws) -> tuple[Driver, ...]:
    """Return the inputs that explain most of the spread.

    The energy is a product of independent inputs, so the squared correlation of an input's
    logarithm with the energy's is its share of the variance (Saltelli et al. 2008, section 1.2).
    """
    import numpy as np

    goal = np.log(result)
    shares = {}
    for name, drawn in inputs.items():
        logs = np.log(drawn)
        if np.ptp(logs) > 0:
            shares[name] = float(np.corrcoef(logs, goal)[0, 1] ** 2)
    largest = sorted(shares.items(), key=lambda each: (-each[1], each[0]))[:_TOP]
    return tuple(Driver(name, share) for name, share in largest)


def _listed(job: Job) -> str:
    """Return the accelerators that are drawn from where nobody says which it was."""
    names = OWN if job.site == "local" else FLEET
    equal = ", each as likely as the next" if job.site == "local" else ""
    return f"{', '.join(names[:-1])} and {names[-1]}{equal}"


def _assumptions(job: Job) -> tuple[Remark, ...]:
    """Return what the estimate had to assume for want of evidence."""
    told = {
        "The place is not known: carbon and water are a mixture of the places where it may have "
        "run, not one number for the world.": job.zone is None,
        "The method is not known: adapters and full fine-tuning are mixed.": (
            job.method == "unknown"
        ),
        "Whether preferences were optimised on adapters or on all weights is not known: both are "
        "mixed.": job.method == "dpo",
        f"The accelerator is not known: a mixture of {_listed(job)}.": job.gpu is None,
        "How many accelerators ran is not known: the hours alone bound no energy, so no bound is "
        "given, and they are not used otherwise.": (
            job.hours is not None and job.accelerators is None
        ),
        "The number of accelerators (--gpus) is not used: without the hours it moves no figure.": (
            job.gpus is not None and job.hours is None and not whole_server(job)
        ),
        "One accelerator is assumed (--gpus).": (
            job.hours is not None and job.gpus is None and job.accelerators == 1
        ),
    }
    return tuple(Remark("assumption", text) for text, holds in told.items() if holds)
