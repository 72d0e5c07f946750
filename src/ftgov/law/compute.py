"""The compute of a modification: the sum over all jobs from the base to the model, exact.

Source: guidelines C(2025) 7719, annex: all compute that contributes to updates counts, over
successive jobs. What each job computed comes as a record: the estimate is another room's.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from ftgov.records.answer import JobCompute, ModificationCompute, UncountedJob


def cumulative(
    parts: Sequence[JobCompute], unknown: Sequence[UncountedJob] = ()
) -> ModificationCompute | None:
    """Return the sum over successive jobs, or None where there is no job at all.

    Low ends are added to low ends and high ones to high ones: what is not known of one job (the
    parameters of their common base) is mostly not known of the others, and where it is not, the
    sum is wider than need be, never narrower.
    """
    if not parts and not unknown:
        return None
    low, mid, high = (
        sum((Fraction(getattr(part, end)) for part in parts), Fraction(0))
        for end in ("low", "mid", "high")
    )
    return ModificationCompute(
        low=str(low), mid=str(mid), high=str(high), jobs=tuple(parts), unknown=tuple(unknown)
    )
