"""The compute of a modification: all jobs from the base to the model, exact, as an interval.

Source: guidelines C(2025) 7719, annex: 6 x parameters x trained tokens for dense transformers, an
error of at most 30 % either way; all compute that contributes to updates counts, over all jobs.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from ftgov.records.answer import JobCompute, ModificationCompute
from ftgov.records.job import Job

_FORWARD_AND_BACKWARD = 6
_ERROR = Fraction(30, 100)
_METHOD = "6 x parameters x trained tokens, 30 % either way (C(2025) 7719, annex)"


def job_compute(job: Job, parameters: int | None) -> JobCompute | None:
    """Return the compute of one job, FLOP, or None where tokens or parameters are not recorded.

    Args:
        job: The job; its `trained_tokens` count over all epochs.
        parameters: Parameters of the model that was trained; None for unknown.
    """
    if job.trained_tokens is None or parameters is None:
        return None
    mid = Fraction(_FORWARD_AND_BACKWARD * parameters * job.trained_tokens)
    return JobCompute(
        job=job.name,
        low=_text(mid * (1 - _ERROR), up=False),
        mid=_text(mid, up=True),
        high=_text(mid * (1 + _ERROR), up=True),
        method=_METHOD,
    )


def cumulative(
    parts: Sequence[JobCompute], unknown: Sequence[str] = ()
) -> ModificationCompute | None:
    """Return the sum over successive jobs, or None where there is no job at all."""
    if not parts and not unknown:
        return None
    low, mid, high = (
        sum((Fraction(getattr(part, end)) for part in parts), Fraction(0))
        for end in ("low", "mid", "high")
    )
    return ModificationCompute(
        low=_text(low, up=False),
        mid=_text(mid, up=True),
        high=_text(high, up=True),
        jobs=tuple(parts),
        unknown=tuple(unknown),
    )


def _text(value: Fraction, *, up: bool) -> str:
    """Return whole operations as decimal text; ends are rounded outwards, never inwards."""
    whole, rest = divmod(value.numerator, value.denominator)
    return str(whole + (1 if up and rest else 0))
