"""Two models' answers to the same prompts, joined row by row; no row is left out in silence."""

from __future__ import annotations

from typing import NamedTuple

from ftgov.errors import FtgovError, NotAssessable
from ftgov.tables.answers import ScoredRow

_Key = tuple[str, str]


class AnsweredTwice(NamedTuple):
    """One prompt's answers by the base and by the tuned model."""

    base: ScoredRow
    tuned: ScoredRow


def joined(base: list[ScoredRow], tuned: list[ScoredRow]) -> list[AnsweredTwice]:
    """Return the rows that both models answered, by dataset and id, in the tuned model's order.

    A dataset that only one of them answered is left out as a whole: it was not compared. Rows
    without an id cannot be joined.

    Raises:
        FtgovError: If an id stands twice in one model's answers, or one id has two prompts, kinds
            or expected answers: a comparison of different questions has no meaning.
        NotAssessable: If one model's answers to a dataset lack an id that the other's have: what a
            model was not asked, or did not answer, may be what it gets wrong.
    """
    known, rows = _by_id(base, "base"), _by_id(tuned, "tuned")
    shared = {dataset for dataset, _ in known} & {dataset for dataset, _ in rows}
    for dataset in sorted(shared):
        _refuse_missing(dataset, _ids(known, dataset), _ids(rows, dataset))
    return [_pair(key, known[key], row) for key, row in rows.items() if key in known]


def _pair(key: _Key, base: ScoredRow, tuned: ScoredRow) -> AnsweredTwice:
    asked = (base.prompt, base.kind), (tuned.prompt, tuned.kind)
    if asked[0] == asked[1] and base.wanted == tuned.wanted:
        return AnsweredTwice(base, tuned)
    fault = "expect different answers" if asked[0] == asked[1] else "ask different questions"
    raise FtgovError(
        f"Row {key[1]!r} of dataset {key[0]}: the files of the base model (line {base.line}) and "
        f"of the tuned model (line {tuned.line}) {fault}.",
        why="Answers that are judged differently cannot be compared.",
        next_step="Evaluate both models on the same prompts and record the answers.",
    )


def _ids(rows: dict[_Key, ScoredRow], dataset: str) -> set[str]:
    return {name for own, name in rows if own == dataset}


def _refuse_missing(dataset: str, base: set[str], tuned: set[str]) -> None:
    lost = [
        f"{len(ids)} missing in the {whose} model's (first: {min(ids)!r})"
        for whose, ids in (("base", tuned - base), ("tuned", base - tuned))
        if ids
    ]
    if lost:
        raise NotAssessable(
            f"The answers to {dataset} are of different rows: ids {' and '.join(lost)}.",
            why="A change over the rows that happen to be in both files would leave rows out.",
            next_step="Record both models' answers to every row of the dataset.",
        )


def _by_id(rows: list[ScoredRow], whose: str) -> dict[_Key, ScoredRow]:
    found: dict[_Key, ScoredRow] = {}
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
