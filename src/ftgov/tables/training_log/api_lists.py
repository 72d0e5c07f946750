"""Events and checkpoints of a job as the API lists them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, Literal

from ftgov.tables.training_log.points import (
    LONGEST_NAME,
    Flag,
    LoggedPoint,
    Source,
    TrainingLog,
    number_of,
    split_and_metric,
    whole,
)

_OBJECTS: Final[dict[str, Literal["event", "checkpoint"]]] = {
    "fine_tuning.job.event": "event",
    "fine_tuning.job.checkpoint": "checkpoint",
}
_NO_FIGURES: Final = {"step", "total_steps"}


def kind_of_list(content: dict[str, Any]) -> Literal["event", "checkpoint"] | None:
    """Return what an answer of the API lists, or None where it is no such list."""
    rows = content.get("data")
    if content.get("object") != "list" or not isinstance(rows, list) or not rows:
        return None
    first = rows[0]
    return _OBJECTS.get(str(first.get("object"))) if isinstance(first, dict) else None


def event_points(events: Sequence[Any]) -> TrainingLog:
    """Return the figures of a job's events by step; events of other kinds hold none.

    Nested figures, as of reinforcement fine-tuning, are named by their path: `scores.grader.mean`.
    """
    found = _Found("event")
    for place, event in enumerate(events):
        where = f"data[{place}]"
        if not isinstance(event, dict):
            found.flag(where, "loss", "it is no object")
        elif event.get("type") == "metrics":
            found.add(event.get("data"), f"{where}.data")
    return found.log()


def checkpoint_points(checkpoints: Sequence[Any]) -> TrainingLog:
    """Return the figures of a job's checkpoints by step."""
    found = _Found("checkpoint")
    for place, checkpoint in enumerate(checkpoints):
        where = f"data[{place}]"
        if not isinstance(checkpoint, dict):
            found.flag(where, "loss", "it is no object")
            continue
        figures = checkpoint.get("metrics")
        if isinstance(figures, dict):
            figures = {"step": checkpoint.get("step_number"), **figures}
        found.add(figures, f"{where}.metrics")
    return found.log()


class _Found:
    """Collects points; the host lists newest first, so that they are put in order at the end."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._points: list[LoggedPoint] = []
        self._flags: list[Flag] = []

    def flag(self, where: str, metric: str, why: str) -> None:
        """Note something that makes no point."""
        self._flags.append(Flag(where, metric, why))

    def add(self, figures: Any, where: str) -> None:
        """Take in the figures of one step."""
        if not isinstance(figures, dict):
            self.flag(where, "loss", "it is no object")
            return
        try:
            step = whole(number_of(figures.get("step")))
        except ValueError as fault:
            self.flag(f"{where}.step", "loss", str(fault))
            return
        total = self._total(figures.get("total_steps"), where)
        names = [name for name in figures if name not in _NO_FIGURES]
        for path, value in _leaves({name: figures[name] for name in names}):
            split, metric = split_and_metric(path, names)
            self._figure(value, LoggedPoint(step, split, metric, None, f"{where}.{path}", total))

    def _total(self, stated: Any, where: str) -> int | None:
        if stated is None:
            return None
        try:
            return whole(number_of(stated))
        except ValueError as fault:
            self.flag(f"{where}.total_steps", "total_steps", str(fault))
            return None

    def _figure(self, value: Any, point: LoggedPoint) -> None:
        if value is None:
            return
        if not 0 < len(point.metric) <= LONGEST_NAME:
            self.flag(point.where[:200], point.metric[:LONGEST_NAME], "its name is endless")
            return
        try:
            self._points.append(point._replace(value=number_of(value)))
        except ValueError as fault:
            self.flag(point.where, point.metric, str(fault))

    def log(self) -> TrainingLog:
        """Return what was found, by step."""
        ordered = sorted(self._points, key=lambda point: point.step)
        return TrainingLog(tuple(ordered), self._source, tuple(self._flags))


def _leaves(figures: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield each figure with its path; the parts of an object have the object's name before."""
    waiting = list(figures.items())[::-1]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, dict):
            waiting += [(f"{path}.{name}", part) for name, part in value.items()][::-1]
        else:
            yield path, value
