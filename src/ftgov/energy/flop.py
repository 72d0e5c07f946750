"""How many operations a job takes: counted for the law, and done by the machine.

A forward pass takes 2 operations per parameter and token; the backward pass is two such products,
one for activations and one for weights (Kaplan et al. 2020, section 2.1). Frozen weights need no
product of their own: adapters cost 4, all weights 6. Direct preference optimisation runs a frozen
reference forward as well (Rafailov et al. 2023): 2 more. Computing activations again costs 2 more,
which the machine does and the law does not count.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ftgov.energy.job import Job
from ftgov.energy.sampling import Source

if TYPE_CHECKING:
    from ftgov.energy.sampling import Draws


class Operations(NamedTuple):
    """Floating-point operations of one job, shape (draws,).

    Attributes:
        counted: What contributes to the update of parameters, on the trained tokens.
        done: What the machine does: padding and recomputed activations as well.
    """

    counted: Draws
    done: Draws


def operations(source: Source, job: Job) -> Operations:
    """Draw a job's operations."""
    parameters = source.between("active parameters", *job.parameters, log=True)
    passes = _passes(source, job)
    prior = f"prior.{_habits(job)}"
    again = source.chance(source.row(f"{prior}.recompute").value)
    forward = source.row("prior.flop.forward").value
    padding = _padding(source, job)
    approximation = source.triangular(
        "6ND against a full count", source.row("prior.flop.approximation")
    )
    source.inputs["recomputed activations"] = (passes + again) / passes
    plain = parameters * job.tokens * forward
    return Operations(plain * passes * approximation, plain * (passes + again) * padding)


def _passes(source: Source, job: Job) -> Draws:
    """Return passes over the network in units of a forward pass, and name what was uncertain."""
    import numpy as np

    adapters, whole, reference = 2.0, 3.0, 1.0
    share = source.row("prior.flop.lora_share").value
    mixed = np.where(source.chance(share) > 0, adapters, whole)
    if job.method == "lora":
        return np.full(source.draws, adapters)
    if job.method == "full":
        return np.full(source.draws, whole)
    source.inputs["adapters or all weights"] = mixed
    return mixed + reference if job.method == "dpo" else mixed


def _padding(source: Source, job: Job) -> Draws:
    row = source.row(f"prior.{_habits(job)}.padding")
    return source.between("padding", row.low, row.high, log=row.high > 2 * row.low)


def _habits(job: Job) -> str:
    """Return whose habits a job follows: a whole server of one's own is run like a cluster."""
    return "datacentre" if whole_server(job) else job.site


def whole_server(job: Job) -> bool:
    """Tell whether a machine of one's own has so many accelerators that it is run as a server."""
    return job.site == "local" and (job.accelerators or 1) >= SERVER


OF_OPERATIONS = (
    "active parameters",
    "adapters or all weights",
    "padding",
    "recomputed activations",
    "6ND against a full count",
)
"""Inputs that move the operations alone: where hours decide, they move no energy."""

SERVER = 8
"""Accelerators from which on a machine of one's own is a server."""
