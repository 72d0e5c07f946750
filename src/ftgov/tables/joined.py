"""Two models' answers to the same prompts, joined row by row."""

from __future__ import annotations

from typing import NamedTuple

from ftgov.errors import FtgovError
from ftgov.tables.answers import ScoredRow


class AnsweredTwice(NamedTuple):
    """One prompt's answers by the base and by the tuned model."""

    base: ScoredRow
    tuned: ScoredRow


def joined(base: list[ScoredRow], tuned: list[ScoredRow]) -> list[AnsweredTwice]:
    """Return the rows that both models answered, by dataset and id, in the tuned model's order.

    Rows without an id cannot be joined and are left out; callers report how many rows were joined.

    Raises:
        FtgovError: If an id stands twice in one model's answers, or one id has two prompts or
            kinds: a comparison of different questions has no meaning.
    """
    known = _by_id(base, "base")
    pairs = []
    for key, row in _by_id(tuned, "tuned").items():
        other = known.get(key)
        if other is None:
            continue
        if (other.prompt, other.kind) != (row.prompt, row.kind):
            raise FtgovError(
                f"Row {key[1]!r} of dataset {key[0]} asks the base model (line {other.line}) and "
                f"the tuned model (line {row.line}) different questions.",
                why="Answers to different prompts cannot be compared.",
                next_step="Evaluate both models on the same prompts and record the answers.",
            )
        pairs.append(AnsweredTwice(other, row))
    return pairs


def _by_id(rows: list[ScoredRow], whose: str) -> dict[tuple[str, str], ScoredRow]:
    found: dict[tuple[str, str], ScoredRow] = {}
    for row in rows:
        if row.id is None:
            continue
        first = found.setdefault((row.dataset, row.id), row)
        if first is not row:
            raise FtgovError(
                f"The id {row.id!r} stands twice in the {whose} model's answers to {row.dataset}: "
                f"lines {first.line} and {row.line}.",
                why="Rows are joined by their id, so it must be unique in a file.",
                next_step="Give each row its own id and record the answers again.",
            )
    return found
