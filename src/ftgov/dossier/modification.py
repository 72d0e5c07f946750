"""The modification's compute of a subject: worked out of its jobs alone, so that anyone can again.

Here the energy room's estimate of each job meets the law's sum; the law stays pure.
"""

from __future__ import annotations

from ftgov.energy.compute import COUNTED, COUNTED_IF_SYSTEMIC, NOT_COUNTED
from ftgov.energy.modification import job_compute
from ftgov.law.compute import cumulative
from ftgov.records.answer import JobCompute, ModificationCompute, UncountedJob
from ftgov.records.subject import Subject


def modification_of(subject: Subject) -> ModificationCompute | None:
    """Return the compute of every job from the base to the model; None where no job changed one.

    Training from nothing changes no model and is not counted here.
    """
    every = (*((subject.job,) if subject.job else ()), *subject.earlier_jobs)
    base = (subject.base,) if subject.base else ()
    models = {model.name: model for model in (*subject.related, *base, subject.model)}
    found = [job_compute(job, models) for job in every if job.base is not None]
    total = cumulative(
        [each for each in found if isinstance(each, JobCompute)],
        [each for each in found if isinstance(each, UncountedJob)],
    )
    if total is None:
        return None
    return total.model_copy(
        update={
            "counted": COUNTED,
            "not_counted": NOT_COUNTED,
            "counted_if_systemic": COUNTED_IF_SYSTEMIC,
        }
    )


def with_compute(subject: Subject) -> Subject:
    """Return a subject that knows its modification's compute; unchanged where it serves nothing."""
    if subject.system is None:
        return subject
    standing = subject.standing.model_copy(update={"compute": modification_of(subject)})
    return subject.model_copy(update={"standing": standing})
