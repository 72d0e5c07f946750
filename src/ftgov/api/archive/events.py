"""Events of an archived job, each by itself: derived from the exact answers on demand."""

from __future__ import annotations

from ftgov.api.archive.check import answers_of, unit_of
from ftgov.api.archive.listings import JOBS
from ftgov.api.archive.standing import archived_name
from ftgov.errors import NotAssessable
from ftgov.providers.shapes.events import every_event
from ftgov.providers.shapes.unit import Where
from ftgov.records.archived import Archived, Capture
from ftgov.records.event import JobEvent
from ftgov.records.job import Job
from ftgov.store.workspace import Workspace


def job_events(workspace: Workspace, job: str) -> tuple[JobEvent, ...]:
    """Return all that a host said while a job ran, oldest first.

    Args:
        workspace: Whose archive.
        job: The name of the job.

    Raises:
        NotAssessable: If the job is not archived, or its capture is gone or was altered.
    """
    ledger = workspace.ledger
    found = ledger.get(Job, job)
    seen = found.observation if found else None
    if seen is None or seen.native_id is None:
        raise NotAssessable(f"The job '{job}' was not read from a host.")
    where = Where(seen.provider, seen.tenant)
    look = ledger.get(Archived, archived_name(where, JOBS.resource, seen.native_id))
    capture = ledger.get(Capture, look.capture) if look and look.capture else None
    if look is None or capture is None:
        raise NotAssessable(
            f"The job '{job}' is not archived.", next_step=f"ftgov archive {seen.provider}"
        )
    unit = unit_of(look, answers_of(workspace, {capture.name: capture}, capture.name))
    return tuple(every_event(unit, where, job, seen.native_id))
