"""Questionnaires in a workspace: what is open about a system, and recording answers to it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from ftgov.api.clock import Moment, moment_of
from ftgov.api.judgement import Judgement, judged
from ftgov.api.people import acting
from ftgov.api.recording import append, keep_files
from ftgov.errors import UsageError
from ftgov.intake.files import describe_file
from ftgov.intake.text_files import read_text
from ftgov.law.answer_template import answer_template
from ftgov.law.fact_values import Fault
from ftgov.law.facts import check_facts
from ftgov.law.questionnaire import Asked, Given, checked_answer, open_questions, parse_answers
from ftgov.records.answer import Answer, answer_name, job_name, purpose_digest
from ftgov.records.evidence import Evidence
from ftgov.records.system import FactValue
from ftgov.store.workspace import Workspace


class Recorded(NamedTuple):
    """What was recorded: the ids of the questions, and who answered."""

    questions: tuple[str, ...]
    author: str


def questions_of(
    workspace: Workspace, system: str, *, as_of: str, pack_id: str | None = None
) -> tuple[Asked, ...]:
    """Return the open questions about a system, on a day.

    Raises:
        UsageError: If there is no such system or pack.
    """
    return _open(judged(workspace, system, as_of=as_of, pack_id=pack_id))


def _open(found: Judgement) -> tuple[Asked, ...]:
    return open_questions(found.pack, found.classification, found.duties, found.reopened)


def template_of(
    workspace: Workspace, system: str, *, as_of: str, pack_id: str | None = None
) -> str:
    """Return an answers file with every unanswered question of a system, to be filled in."""
    asked = questions_of(workspace, system, as_of=as_of, pack_id=pack_id)
    return answer_template(system, tuple(each for each in asked if each.state != "unsigned"))


def answers_file(
    workspace: Workspace,
    system: str,
    path: Path,
    *,
    author: str | None = None,
    pack_id: str | None = None,
    now: str | Moment | None = None,
) -> Recorded:
    """Record the answers of a file: all of them or none.

    Raises:
        UsageError: Naming file and line, for anything malformed, unknown or contradictory.
    """
    moment = moment_of(now)
    found = judged(workspace, system, as_of=moment.text[:10], pack_id=pack_id)
    stated, given = parse_answers(read_text(path), found.pack, str(path))
    folder = path.parent
    placed = [
        each._replace(evidence=tuple(str(folder / file) for file in each.evidence))
        for each in given
    ]
    return _record(workspace, found, placed, _author(author or stated), moment)


def answer(
    workspace: Workspace,
    system: str,
    given: Sequence[Given],
    *,
    author: str,
    pack_id: str | None = None,
    now: str | Moment | None = None,
) -> Recorded:
    """Record answers about a system: all of them or none.

    Args:
        workspace: Where the system is.
        system: Its name.
        given: The answers; evidence are paths of files.
        author: Who answers, as typed; it proves no identity.
        pack_id: The law pack; by default the one in force.
        now: The time, RFC 3339 UTC; by default the present.

    Raises:
        UsageError: If a question is unknown, a value does not fit, or facts contradict each other.
    """
    moment = moment_of(now)
    found = judged(workspace, system, as_of=moment.text[:10], pack_id=pack_id)
    return _record(workspace, found, given, _author(author), moment)


def _author(name: str) -> str:
    if not name.strip():
        raise UsageError(
            "Nobody answers: the author is missing.",
            next_step="Give --author NAME, or write author: NAME in the file.",
        )
    return name.strip()


def _record(
    workspace: Workspace, found: Judgement, given: Sequence[Given], author: str, moment: Moment
) -> Recorded:
    values = {each.question: _value(found, each) for each in given}
    _require_agreement(found, values)
    files = {Path(file): describe_file(Path(file)) for each in given for file in each.evidence}
    keep_files(workspace, files)
    # The ledger keeps who answered as a party's id: names in clear could never be erased.
    known = acting(workspace, author, recorded_at=moment.text)
    records = []
    for each in given:
        backing = tuple(files[Path(file)] for file in each.evidence)
        kept = each._replace(value=values[each.question])
        records.append(_answer(found, kept, backing, known, moment))
    append(workspace, records, actor=known, recorded_at=moment.text)
    return Recorded(tuple(each.question for each in given), author)


def _value(found: Judgement, given: Given) -> FactValue:
    try:
        return checked_answer(found.pack, given.question, given.value, given.reason)
    except Fault as fault:
        raise UsageError(fault.message, next_step=fault.next_step) from fault


def _require_agreement(found: Judgement, values: dict[str, FactValue]) -> None:
    """Refuse answers that contradict the recorded facts file, or each other."""
    facts = {name: value for name, value in values.items() if name in found.pack.facts}
    for name, value in facts.items():
        stated = found.system.facts.get(name)
        if stated is not None and stated != value:
            raise UsageError(
                f"The recorded facts of '{found.system.name}' say '{name}: {stated}'.",
                why="A fact that the facts file states is changed there, with its file.",
                next_step=f"Record the system again: ftgov record system {found.system.name} ...",
            )
    check_facts({**found.values, **facts}, found.pack, name="the answers")


def _answer(
    found: Judgement, given: Given, backing: tuple[Evidence, ...], author: str, moment: Moment
) -> Answer:
    return Answer(
        name=answer_name(found.system.name, given.question),
        system=found.system.name,
        question=given.question,
        settles="fact" if given.question in found.pack.facts else "duty",
        pack=found.pack.id,
        value=given.value,
        reason=given.reason,
        evidence=backing,
        author=author,
        answered_at=moment.text,
        purpose=purpose_digest(found.system.intended_purpose),
        job=job_name(found.subject.job),
    )
