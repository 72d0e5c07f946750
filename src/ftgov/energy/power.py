"""From operations or hours to energy at three boundaries: accelerator, machine, building."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ftgov.energy.factors import Factor, factor, table
from ftgov.energy.flop import OF_OPERATIONS, whole_server
from ftgov.energy.job import Job
from ftgov.energy.sampling import Source

if TYPE_CHECKING:
    from ftgov.energy.sampling import Draws

FLEET = ("A100", "H100", "H200", "B200")
"""The accelerators that a provider may have used where nobody says."""

OWN = (
    *("T4", "L4", "A10", "RTX3090", "RTX4090", "A6000", "A40", "L40S", "V100", "A100"),
    *("H100", "H200"),
)
"""The accelerators that a machine of one's own may have where nobody says, small cards as well."""

_BUILDING = {"hosted": "pue.hyperscale", "datacentre": "pue.datacentre", "local": "pue.local"}
# Where no maker states a server's rating: DGX H100, 10.2 kW for 8 x 700 W, is 1.82 a board.
_NODE_OVER_BOARD = 1.82


class Energy(NamedTuple):
    """Draws of a job's energy, shape (draws,), in kWh.

    Attributes:
        accelerator: The accelerators alone, as their own counters would read.
        it: All machines at the wall.
        facility: The building: cooling and losses as well.
        hours: Hours of one accelerator.
    """

    accelerator: Draws
    it: Draws
    facility: Draws
    hours: Draws


def energy(source: Source, job: Job, done: Draws) -> Energy:
    """Draw a job's energy.

    Where hours and accelerators are known they are what counts, at the power that accelerators draw
    while training; else hours follow from operations, peak and utilisation.

    Args:
        source: The generator and what was drawn so far.
        job: What is known.
        done: Operations that the machine does, shape (draws,).
    """
    import numpy as np

    peak, rated = _accelerators(source, job)
    if job.hours is not None and job.accelerators is not None:
        hours = np.full(source.draws, job.hours * job.accelerators)
        for name in OF_OPERATIONS:
            source.inputs.pop(name, None)
    else:
        prior = source.row(f"prior.{_tuning(job)}.utilisation")
        used = source.triangular("utilisation", prior, log=True)
        hours = done / (peak * used) / 3600.0
    draw = source.triangular("power drawn", source.row("prior.power.draw"))
    overhead = source.row(f"prior.{job.site}.overhead")
    machine = source.between("rest of the machine", overhead.low, overhead.high)
    building = source.triangular("building (PUE)", source.row(_BUILDING[job.site]))
    accelerator = hours * rated * draw / 1000.0
    it = accelerator * machine
    return Energy(accelerator, it, it * building, hours)


def _tuning(job: Job) -> str:
    """Return whose code runs: a server of one's own lies between a script and a cluster."""
    return "server" if whole_server(job) else job.site


def _accelerators(source: Source, job: Job) -> tuple[Draws, Draws]:
    """Return peak (FLOP/s) and rated power (W) of one accelerator, shape (draws,) each."""
    import numpy as np

    if job.gpu is not None:
        row = source.row(f"gpu.{job.gpu}.tdp")
        # A board that is sold in two ratings: nobody says which, so every rating is as likely.
        rated = (
            source.between("rated power", row.low, row.high)
            if row.value in {row.low, row.high}
            else source.triangular("rated power", row)
        )
        return np.full(source.draws, source.row(f"gpu.{job.gpu}.peak").value), rated
    names, shares = _fleet(source, job)
    which = np.searchsorted(np.cumsum(shares)[:-1], source.uniform(), side="right")
    peak = np.array([source.row(f"gpu.{name}.peak").value for name in names])[which]
    rated = np.array([source.row(f"gpu.{name}.tdp").value for name in names])[which]
    source.inputs["accelerator model"] = rated / peak
    return peak, rated


def _fleet(source: Source, job: Job) -> tuple[tuple[str, ...], list[float]]:
    """Return the accelerators that may have run and how likely each is."""
    if job.site == "local":
        # Nobody counts the cards of the world's offices: each is as likely as the next.
        return OWN, [1.0 / len(OWN)] * len(OWN)
    return FLEET, [source.row(f"prior.hosted.fleet_{name}").value for name in FLEET]


def bound(job: Job) -> tuple[float, tuple[Factor, ...]] | None:
    """Return the most that a job can have used, in kWh, and the rows that it rests on.

    Hours times accelerators times the server's rating times the building's overhead.

    Returns:
        None where the hours or the number of accelerators are not known: hours alone bound nothing.
    """
    if job.hours is None or job.accelerators is None:
        return None
    building = factor(_BUILDING[job.site])
    names = FLEET if job.gpu is None else (job.gpu,)
    ratings = [rating(name) for name in names]
    watts, row = max(ratings, key=lambda each: each[0])
    return job.hours * job.accelerators * watts * building.high / 1000.0, (row, building)


def rating(gpu: str) -> tuple[float, Factor]:
    """Return the power of a server at its rating per accelerator, in W, and its row."""
    node = f"gpu.{gpu}.node"
    if node in table("gpu"):
        row = factor(node)
        return row.high, row
    row = factor(f"gpu.{gpu}.tdp")
    return row.high * _NODE_OVER_BOARD, row
