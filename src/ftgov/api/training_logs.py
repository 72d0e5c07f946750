"""Training logs of any host taken in: kept as evidence of their job, read as metric points."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from ftgov.api.clock import Moment, moment_of
from ftgov.api.recording import ACTOR, record
from ftgov.api.training import known_job
from ftgov.errors import FtgovError, UsageError
from ftgov.intake.files import describe_file
from ftgov.records.base import Record
from ftgov.records.observation import Observation
from ftgov.store.workspace import Workspace
from ftgov.tables.training_log import TrainingLog, metric_points, read_training_log

_LARGEST = 256 << 20


class ImportedLog(NamedTuple):
    """What was taken in: the log as it was read, and the entries that were recorded."""

    log: TrainingLog
    recorded: list[str]


def import_training_log(
    workspace: Workspace,
    file: Path,
    job: str,
    *,
    points: bool = False,
    actor: str = ACTOR,
    now: str | Moment | None = None,
) -> ImportedLog:
    """Keep a training log with its job, after it was read to the end.

    Args:
        workspace: Where to.
        file: A host's result file (CSV, plain or base64), a `trainer_state.json`, or a list of
            events or checkpoints as the OpenAI API answered it.
        job: The recorded job that it is the log of.
        points: Record each figure as a metric point of its own too; by default the file is kept
            alone, and its figures are read again when they are wanted.
        actor: Who records it.
        now: When, as RFC 3339 UTC.

    Raises:
        UsageError: If there is no such file or job.
        FtgovError: If the file can't be read, or holds no figure of a training step.
    """
    standing = known_job(workspace, job)
    described = describe_file(file)
    if described.bytes > _LARGEST:
        raise FtgovError(f"{file} is larger than 256 MiB.", next_step="Give the log alone.")
    log = read_training_log(_content(file), str(file))
    moment = moment_of(now)
    seen = Observation(
        provider=standing.provider,
        native_id=standing.observation.native_id if standing.observation else None,
        observed_at=moment.text,
        source="file",
        raw=described.digest,
        assurance="asserted",
    )
    made: list[Record] = [standing.model_copy(update={"trainer_state": described})]
    if points:
        made += metric_points(log, job, seen)
    return ImportedLog(log, record(workspace, made, {file: described}, actor=actor, now=moment))


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as fault:
        raise UsageError(f"{file} cannot be read.", why=fault.strerror or str(fault)) from fault
