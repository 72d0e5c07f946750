"""Points of a training log as records."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Final

from ftgov.records.absence import Absent
from ftgov.records.base import NAME_LENGTH
from ftgov.records.metric import MetricPoint
from ftgov.records.observation import Observation
from ftgov.tables.training_log.points import LoggedPoint, Source, TrainingLog

_PLAIN: Final = re.compile(r"[a-z0-9_-]+", re.ASCII)


def metric_points(
    log: TrainingLog, job: str, observation: Observation | None = None
) -> tuple[MetricPoint, ...]:
    """Return a record for each point of a log.

    Args:
        log: The log.
        job: The name of the job it is of.
        observation: Where and when the log was seen.
    """
    return tuple(
        MetricPoint(
            name=_name(point, log.source, job),
            job=job,
            step=point.step,
            total_steps=point.total_steps,
            split=point.split,
            metric=point.metric,
            value=point.value if point.value is not None else _NO_NUMBER,
            source=log.source,
            observation=observation,
        )
        for point in log.points
    )


_NO_NUMBER: Final = Absent(absent="unknown", reason="the log has NaN or infinity")


def _name(point: LoggedPoint, source: Source, job: str) -> str:
    """Return a name that no other point of any job has; in plain words where that fits."""
    plain = f"{job}.{source}.{point.split}.{point.metric}.{point.step}"
    # A metric without a dot makes the parts of the name tell apart from the right.
    if _PLAIN.fullmatch(point.metric) and len(plain) <= NAME_LENGTH:
        return plain
    parts = json.dumps([job, source, point.split, point.metric, point.step])
    return f"{job[:80]}.metric-{hashlib.sha256(parts.encode()).hexdigest()[:24]}"
