"""What a training run logged, in one shape, whatever form the host gave it in.

Four forms are told by their content: a host's result file (CSV, plain or base64), a Hugging Face
`trainer_state.json`, and the lists of events and of checkpoints as the OpenAI API answers them.
Source of the forms: the OpenAI API specification 2.3.0 (FineTuningJobEvent,
FineTuningJobCheckpoint), OpenAI's and Microsoft's fine-tuning guides (result files), and
`TrainerState` of the transformers library.
"""

from __future__ import annotations

from typing import Any

from ftgov.errors import FtgovError
from ftgov.tables.training_log.api_lists import checkpoint_points, event_points, kind_of_list
from ftgov.tables.training_log.form import parsed_json, unreadable, unwrapped
from ftgov.tables.training_log.points import Flag, LoggedPoint, TrainingLog
from ftgov.tables.training_log.records import metric_points
from ftgov.tables.training_log.result_file import result_points
from ftgov.tables.training_log.trainer_state import state_points

__all__ = [
    "Flag",
    "LoggedPoint",
    "TrainingLog",
    "metric_points",
    "read_training_log",
    "reason_of",
]


def read_training_log(content: bytes, name: str) -> TrainingLog:
    """Return the figures of a training log of any of the four forms.

    A blank cell and a null say nothing and make no point. A figure of the wrong type makes no point
    either, but a flag; one that is NaN or infinite makes a point without a value. Nothing is
    guessed: a text file whose last line has no end may be cut inside a number, so that line is
    flagged in place of being read.

    Args:
        content: The file's bytes.
        name: What errors call the file.

    Raises:
        FtgovError: If the bytes are none of the forms, are cut, or hold no figure at all.
    """
    plain = unwrapped(content, name)
    if plain[:1] in {b"{", b"["}:
        log = _of_json(parsed_json(plain, name), name)
    else:
        log = result_points(plain, name)
    if not log.points:
        why = str(log.flags[0]) if log.flags else "It holds no figure of a training step."
        raise unreadable(name, why)
    return _without_doubles(log)


def _of_json(content: Any, name: str) -> TrainingLog:
    if not isinstance(content, dict):
        raise unreadable(name, "Its JSON is no object.")
    if "log_history" in content:
        return state_points(content, name)
    kind = kind_of_list(content)
    if kind == "event":
        return event_points(content["data"])
    if kind == "checkpoint":
        return checkpoint_points(content["data"])
    raise unreadable(name, "Its JSON has neither log_history nor a list of events or checkpoints.")


def _without_doubles(log: TrainingLog) -> TrainingLog:
    """Keep one of what was said twice; where two figures contradict each other, flag the second."""
    seen: dict[tuple[int, str, str], LoggedPoint] = {}
    flags = list(log.flags)
    for point in log.points:
        first = seen.setdefault((point.step, point.split, point.metric), point)
        if first.value != point.value:
            why = f"contradicts {first.where}: {first.value} there, {point.value} here"
            flags.append(Flag(point.where, point.metric, why))
    return log._replace(points=tuple(seen.values()), flags=tuple(flags))


def reason_of(fault: FtgovError) -> str:
    """Return why a log was refused, as the end of a sentence."""
    return fault.why[:1].lower() + fault.why[1:].rstrip(".")
