"""The `log_history` of a Hugging Face `trainer_state.json`."""

from __future__ import annotations

from typing import Any, Final

from ftgov.tables.training_log.form import unreadable
from ftgov.tables.training_log.points import (
    LONGEST_NAME,
    Flag,
    LoggedPoint,
    Split,
    TrainingLog,
    number_of,
    whole,
)

_EVALUATED: Final = "eval_"


def state_points(content: dict[str, Any], name: str) -> TrainingLog:
    """Return the figures of a trainer's log in its order.

    A name with `eval_` is of the evaluation, any other of training, under the trainer's own word:
    `train_loss` of the last entry is the mean over the run, and stays apart from `loss`.

    Raises:
        FtgovError: If `log_history` is no list of objects.
    """
    history = content["log_history"]
    if not isinstance(history, list):
        raise unreadable(name, "It has no list log_history.")
    total = _total(content.get("max_steps"))
    points: list[LoggedPoint] = []
    flags: list[Flag] = []
    for place, entry in enumerate(history):
        where = f"log_history[{place}]"
        if not isinstance(entry, dict):
            raise unreadable(name, f"{where} is no object.")
        try:
            step = whole(number_of(entry.get("step")))
        except ValueError as fault:
            flags.append(Flag(f"{where}.step", "loss", str(fault)))
            continue
        for word, value in entry.items():
            if word == "step" or value is None:
                continue
            split, metric = _meant(word)
            at = f"{where}.{word}"
            if not 0 < len(metric) <= LONGEST_NAME:
                flags.append(Flag(at[:200], metric[:LONGEST_NAME], "its name is endless"))
                continue
            try:
                points.append(LoggedPoint(step, split, metric, number_of(value), at, total))
            except ValueError as fault:
                flags.append(Flag(at, metric, str(fault)))
    return TrainingLog(tuple(points), "trainer_state", tuple(flags))


def _meant(word: str) -> tuple[Split, str]:
    if word.startswith(_EVALUATED) and word != _EVALUATED:
        return "valid", word.removeprefix(_EVALUATED)
    return "train", word


def _total(stated: Any) -> int | None:
    try:
        return whole(number_of(stated)) or None
    except ValueError:
        return None
