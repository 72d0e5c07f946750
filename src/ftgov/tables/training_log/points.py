"""Points of a training log: one figure at one step, and how the hosts' names map to ours."""

from __future__ import annotations

import math
import re
from collections.abc import Collection
from typing import Final, Literal, NamedTuple

Split = Literal["train", "valid", "full_valid"]
Source = Literal["event", "checkpoint", "csv", "trainer_state"]

LONGEST_NAME: Final = 128
_LARGEST_STEP: Final = 2**53

_PREFIXES: Final[tuple[tuple[str, Split], ...]] = (
    ("full_validation_", "full_valid"),
    ("full_valid_", "full_valid"),
    ("validation_", "valid"),
    ("valid_", "valid"),
    ("training_", "train"),
    ("train_", "train"),
)
_ALIASES: Final = {"accuracy": "mean_token_accuracy", "token_accuracy": "mean_token_accuracy"}
_NUMBER: Final = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?", re.ASCII)
_NO_NUMBER: Final = {"nan", "inf", "infinity"}


class LoggedPoint(NamedTuple):
    """One figure of a run at one step.

    Attributes:
        step: The training step, from 0.
        split: The rows it was taken on: a batch of training, a batch of or all of validation.
        metric: `loss`, `mean_token_accuracy`, or the log's own word.
        value: The figure; None where the log has NaN or infinity, which is no number.
        where: Where it stands, such as `line 7, train_loss`.
        total_steps: Steps of the whole run, where the log says so.
    """

    step: int
    split: Split
    metric: str
    value: float | None
    where: str
    total_steps: int | None = None


class Flag(NamedTuple):
    """Something that stands in a log and made no point: where, which figure, and why."""

    where: str
    metric: str
    why: str

    def __str__(self) -> str:
        """Return it as a sentence."""
        return f"{self.where}: {self.why}."


class TrainingLog(NamedTuple):
    """The figures of a log in its order, the form it came in, and what is wrong with it."""

    points: tuple[LoggedPoint, ...]
    source: Source
    flags: tuple[Flag, ...] = ()


def split_and_metric(name: str, all_names: Collection[str]) -> tuple[Split, str]:
    """Return the rows and the metric that a host's name stands for.

    `train_accuracy` of result files is the figure that events call `train_mean_token_accuracy`;
    where a log has both, each keeps the rest of its own name.
    """
    split, rest = _parts(name)
    better = _ALIASES.get(rest, rest) if name != rest else rest
    others = (_parts(other) for other in all_names if other != name)
    taken = any((split, better) == (at, _ALIASES.get(word, word)) for at, word in others)
    return split, rest if taken else better


def _parts(name: str) -> tuple[Split, str]:
    """Return the rows that a name's beginning stands for, and the rest of the name."""
    for prefix, split in _PREFIXES:
        if name.startswith(prefix) and len(name) > len(prefix):
            return split, name[len(prefix) :]
    return "train", name


def finite(value: float) -> float | None:
    """Return a number, or None for NaN and infinity."""
    return value if math.isfinite(value) else None


def number_of(value: object) -> float | None:
    """Return a figure of a JSON document; None for NaN, infinity and what no double holds.

    Raises:
        ValueError: If it is no number at all.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{_shown(value)} is no number")  # noqa: TRY004 - of the document
    try:
        return finite(float(value))
    except OverflowError:
        return None


def number_in(text: str) -> float | None:
    """Return the figure that a cell of text holds; None for NaN and infinity.

    Raises:
        ValueError: If it is no decimal number.
    """
    if _NUMBER.fullmatch(text):
        return finite(float(text))
    if text.lower().lstrip("+-") in _NO_NUMBER:
        return None
    raise ValueError(f"{_shown(text)} is no number")


def whole(value: float | None) -> int:
    """Return a count of steps.

    Raises:
        ValueError: If it is negative, broken, too large or not there.
    """
    if value is None or value != math.floor(value) or not 0 <= value < _LARGEST_STEP:
        raise ValueError("it is no whole number from 0")
    return int(value)


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
