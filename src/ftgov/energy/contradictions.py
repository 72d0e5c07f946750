"""Evidence that contradicts other evidence: hours against operations, a bill against a method.

Nothing is repaired: an impossible job is refused, an improbable one is estimated with the remark.
"""

from __future__ import annotations

from typing import NamedTuple

from ftgov.energy.factors import factor
from ftgov.energy.job import Job
from ftgov.energy.power import FLEET
from ftgov.energy.ranges import two
from ftgov.errors import UsageError

# The least work that any method needs: forward and backward through frozen weights.
_LEAST_PASSES = 4.0
# FP8 doubles the dense BF16 peak of the accelerators that have it; no run has used all of that.
_FASTEST = 2.0
_LARGEST_CLUSTER = 100_000
_PLAUSIBLE = 0.8
_IDLE = 0.002


class Remark(NamedTuple):
    """Something about the evidence that the reader must know.

    Attributes:
        kind: `contradiction`, `assumption` or `gap`.
        text: One or two sentences.
    """

    kind: str
    text: str


def remarks(job: Job) -> tuple[Remark, ...]:
    """Return what in the evidence contradicts what.

    Raises:
        UsageError: If the hours are shorter than the operations allow on any hardware, or on the
            hardware that was named.
    """
    if job.hours is None:
        return ()
    least = _LEAST_PASSES * job.parameters[0] * job.tokens
    known = job.accelerators
    names = FLEET if job.gpu is None else (job.gpu,)
    peak = max(factor(f"gpu.{name}.peak").value for name in names)
    count = known or _LARGEST_CLUSTER
    possible = job.hours * 3600 * count * peak
    share = least / possible
    where = _where(job, count)
    if share > _FASTEST:
        raise UsageError(
            f"{two(job.hours)} hours contradict {two(job.tokens)} tokens on {where}.",
            why=f"The tokens need at least {two(least)} FLOP; those hours hold at most "
            f"{two(possible * _FASTEST)}, even at twice the BF16 peak.",
            next_step="Check --hours, --gpu, --gpus, --tokens and the number of parameters.",
        )
    if known is None:
        return ()
    if share > _PLAUSIBLE:
        return (
            Remark(
                "contradiction",
                f"The hours ask for {share:.0%} of the BF16 peak of {where}, more than runs reach: "
                "hours, accelerators, tokens or parameters are probably misstated.",
            ),
        )
    return _idle(job, possible, where)


def _idle(job: Job, possible: float, where: str) -> tuple[Remark, ...]:
    """Return the remark on hours that are far too long for the tokens."""
    most = 10.0 * job.parameters[1] * job.tokens
    if most / possible >= _IDLE:
        return ()
    return (
        Remark(
            "contradiction",
            f"The tokens keep {where} busy for {most / possible:.2g} of the hours at most: the "
            "hours may hold waiting, or the tokens may lack padding, epochs or rollouts.",
        ),
    )


def _where(job: Job, count: int) -> str:
    if job.accelerators is None:
        return f"even {count:,} of the fastest accelerators"
    return f"{count:,} x {job.gpu or 'the fastest accelerator'}"
