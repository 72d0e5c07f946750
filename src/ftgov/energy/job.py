"""What is known of a training job, checked: nothing negative, nothing absurd, nothing crossed."""

from __future__ import annotations

import math
from typing import Literal, NamedTuple

from ftgov.energy.factors import resolved
from ftgov.energy.footprint import check_zone
from ftgov.errors import UsageError

Method = Literal["lora", "full", "dpo", "unknown"]
Site = Literal["hosted", "local", "datacentre"]

# Larger than any that exists by so much that a slip of the pen is the likelier reading: the largest
# published training sets hold some 4e13 tokens, the largest models some 2e12 parameters.
_MOST_TOKENS = 1e16
_MOST_PARAMETERS = 1e14
_LEAST_PARAMETERS = 1e4
_MOST_HOURS = 24 * 365 * 10.0
_MOST_ACCELERATORS = 1_000_000


class Job(NamedTuple):
    """One training job.

    Attributes:
        tokens: Tokens trained on, over all epochs.
        parameters: Active parameters, from and to; both the same where they are known.
        method: What is trained: adapters, all weights, by preference, or nobody says.
        site: Who runs it: a provider behind an interface, oneself, a computing centre.
        gpu: The accelerator's name in the factor table, or None.
        gpus: How many of them, or None.
        hours: How long it ran (not how long it waited), or None.
        zone: Where, as the grid table knows it, or None.
        model: The base model's name as the user wrote it, or None.
    """

    tokens: float
    parameters: tuple[float, float]
    method: Method = "unknown"
    site: Site = "hosted"
    gpu: str | None = None
    gpus: int | None = None
    hours: float | None = None
    zone: str | None = None
    model: str | None = None

    @property
    def accelerators(self) -> int | None:
        """How many accelerators: as told, or one where the machine is one's own and known."""
        if self.gpus is None and self.site == "local" and self.gpu is not None:
            return 1
        return self.gpus


def checked(job: Job) -> Job:
    """Return the job with its accelerator and zone named as the factor tables name them.

    Raises:
        UsageError: If a figure is negative, zero, not finite or absurd, a range is crossed, or an
            accelerator or zone is unknown.
    """
    _within("tokens", job.tokens, 1, _MOST_TOKENS, "--tokens")
    low, high = job.parameters
    for end in (low, high):
        _within("parameters", end, _LEAST_PARAMETERS, _MOST_PARAMETERS, "--params")
    if low > high:
        raise UsageError(
            f"The range of parameters {low:g} to {high:g} is crossed.",
            next_step="Write --params LOW,HIGH, for example --params 7e9,9e9.",
        )
    if job.hours is not None:
        _within("hours", job.hours, 1 / 3600, _MOST_HOURS, "--hours")
    if job.gpus is not None:
        _within("number of accelerators", job.gpus, 1, _MOST_ACCELERATORS, "--gpus")
    return job._replace(
        gpu=None if job.gpu is None else resolved("gpu", job.gpu, "accelerator"),
        zone=None if job.zone is None else check_zone(job.zone),
    )


def _within(what: str, value: float, least: float, most: float, option: str) -> None:
    """Refuse a figure that lies outside of what can be meant."""
    if math.isfinite(value) and least <= value <= most:
        return
    raise UsageError(
        f"A job with {what} = {value:g} can't be meant.",
        why=f"It must lie between {least:g} and {most:g}.",
        next_step=f"Check {option}.",
    )
