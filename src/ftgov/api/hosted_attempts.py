"""Attempts to send a paid call: each is in the ledger before it is made, and made by one alone.

The ledger only grows and gives each entry its place, so that of two who record an attempt under
one name exactly one was first. Only that one sends.
"""

from __future__ import annotations

import secrets

from ftgov.api.clock import now_text
from ftgov.api.recording import append
from ftgov.errors import UsageError
from ftgov.providers.names import name_of
from ftgov.providers.protocol import HostError
from ftgov.providers.shapes.unit import Where
from ftgov.records.attempt import Attempt
from ftgov.records.job import Job
from ftgov.store.workspace import Workspace


def newest_attempt(workspace: Workspace, nonce: str) -> Attempt | None:
    """Return the newest attempt to send the wish of a nonce, or None."""
    found, number = None, 1
    while (each := workspace.ledger.get(Attempt, _name(nonce, number))) is not None:
        found, number = each, number + 1
    return found


def require_own(attempt: Attempt | None, job: Job, where: Where, project: str | None) -> None:
    """Refuse a key of another organisation or project than the one that the job belongs to.

    Raises:
        UsageError: If it does.
    """
    seen = job.observation
    for named, mine, theirs in (
        ("organisation", where.tenant, seen.tenant if seen and seen.native_id else None),
        ("organisation", where.tenant, attempt.tenant if attempt else None),
        ("project", project, attempt.project if attempt else None),
    ):
        if mine and theirs and mine != theirs:
            raise UsageError(
                f"The job {job.name} belongs to the {named} {theirs}; this key is of {mine}.",
                why="Sent for another, it would be another job, and would be paid for again.",
                next_step=f"Use a key of {theirs}, or record another wish under another --name.",
            )


def claim(
    workspace: Workspace,
    wish: tuple[Job, str],
    before: Attempt | None,
    whose: tuple[Where, str | None],
    actor: str,
) -> Attempt:
    """Record that the call is about to be sent, and return the attempt: the caller alone has it.

    Args:
        workspace: Where it is recorded.
        wish: What is wanted, and its nonce.
        before: The newest attempt that the caller knows; somebody may have made another since.
        whose: The host and organisation that the key is of, and its project where known.
        actor: Who sends.

    Raises:
        HostError: If somebody else recorded it first, and may be sending now.
    """
    (job, nonce), (where, project) = wish, whose
    number = before.number + 1 if before else 1
    now = now_text()
    made = Attempt(
        name=_name(nonce, number),
        job=job.name,
        number=number,
        provider=where.provider,
        tenant=where.tenant,
        project=project,
        at=now,
        mark=secrets.token_hex(8),
    )
    entry = append(workspace, [made], actor=actor, recorded_at=now)[0]
    if workspace.ledger.history("attempt", made.name)[0].seq != entry.seq:
        raise HostError(
            f"The job {job.name} is being sent by another call right now; this one sent nothing.",
            next_step=f"Once that one ended: ftgov train openai --resume {job.name}",
        )
    return made


def conclude(workspace: Workspace, attempt: Attempt, outcome: str, actor: str) -> None:
    """Record what came of an attempt: made, or refused by the host and so safe to send again."""
    done = Attempt.model_validate({**attempt.model_dump(), "outcome": outcome})
    append(workspace, [done], actor=actor, recorded_at=now_text())


def _name(nonce: str, number: int) -> str:
    return name_of(f"{nonce}.{number}")
