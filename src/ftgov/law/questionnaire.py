"""Questionnaires: what only a person can say, which of it is open, and answers from a file."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Literal, NamedTuple

from pydantic import Field

from ftgov.law.duty_records import QuestionSpec
from ftgov.law.fact_values import Fault, checked
from ftgov.law.facts import loose_value
from ftgov.law.pack_records import Pack
from ftgov.records.base import Record
from ftgov.records.duty_state import DutyState
from ftgov.records.law import Classification
from ftgov.records.system import FactValue
from ftgov.strict_yaml import Items, Keyed, Node, Text, YamlFault, parse_one

_REASONED = frozenset({"mod_override", "scratch_override"})
"""Human findings that go before figures; they are nothing without their reason."""
_PARTS = ("value", "reason", "evidence")

_Waits = Literal["open", "re-opened", "unsigned"]
"""What a question waits for: an answer, another one, or signatures under the one it has."""


class Asked(Record):
    """A question that is open, with all that a person needs to answer it."""

    id: str
    settles: str = Field(default="fact", description="`fact`, or the id of a duty")
    reference: str
    question: str
    why: str
    type: str
    options: tuple[str, ...] = ()
    who: tuple[str, ...]
    evidence: Literal["required", "optional"] = "optional"
    four_eyes: bool = False
    state: _Waits = "open"
    note: str = ""


class Given(NamedTuple):
    """An answer as it was given; `evidence` are paths of files."""

    question: str
    value: FactValue
    reason: str = ""
    evidence: tuple[str, ...] = ()


def open_questions(
    pack: Pack,
    found: Classification,
    duties: tuple[DutyState, ...],
    reopened: Mapping[str, str],
) -> tuple[Asked, ...]:
    """Return the open questions: facts that could change something first, then those about duties.

    Args:
        pack: The law pack.
        found: The classification; its missing facts are asked.
        duties: How the duties stand; what they lack is asked.
        reopened: Answers that no longer count, with the reason.
    """
    facts = [fact for fact in pack.facts if fact in found.missing or fact in reopened]
    asked = [_fact(pack, fact, reopened) for fact in facts]
    lacking = {
        item.by: item for duty in duties for item in duty.shown_by if item.state != "present"
    }
    for question in pack.questions:
        if item := lacking.get(f"answer:{question.id}"):
            again = item.state != "missing" or item.note != "not answered"
            asked.append(_duty(question, item.note if again else ""))
        elif item := lacking.get(f"sign-off:{question.id}"):
            asked.append(_duty(question, item.note, state="unsigned"))
    return tuple(asked)


def _fact(pack: Pack, fact: str, reopened: Mapping[str, str]) -> Asked:
    spec, asked = pack.facts[fact], pack.fact_questions.get(fact)
    return Asked(
        id=fact,
        reference=spec.reference,
        question=spec.question,
        why=asked.why if asked else "",
        type=spec.type,
        options=spec.options,
        who=asked.who if asked else (),
        state="re-opened" if fact in reopened else "open",
        note=reopened.get(fact, ""),
    )


def _duty(question: QuestionSpec, note: str, state: _Waits = "open") -> Asked:
    return Asked(
        id=question.id,
        settles=question.settles,
        reference=question.reference,
        question=question.question,
        why=question.why,
        type=question.type,
        who=question.who,
        evidence=question.evidence,
        four_eyes=question.four_eyes,
        state="re-opened" if note.startswith("re-opened") else state,
        note=note,
    )


def checked_answer(pack: Pack, question: str, value: object, reason: str) -> FactValue:
    """Return an answer's value in its one form.

    Raises:
        Fault: If there is no such question, or the value does not fit it.
    """
    if question in pack.facts:
        if question in _REASONED and not reason.strip():
            raise Fault(question, f"'{question}' needs a reason: it goes before the figures")
        found = checked(question, value, pack.facts[question])
        if found is None:
            raise Fault(question, f"'{question}' has no value; leave it out where it is unknown")
        return found
    for asked in pack.questions:
        if asked.id == question:
            return _of_type(asked, value)
    known = [*pack.facts, *(asked.id for asked in pack.questions)]
    near = difflib.get_close_matches(question, known, n=1, cutoff=0.4)
    hint = f"; the nearest is '{near[0]}'" if near else ""
    raise Fault(question, f"there is no question '{question}'{hint}")


def _of_type(asked: QuestionSpec, value: object) -> FactValue:
    if asked.type == "yes_no":
        if not isinstance(value, bool):
            raise Fault(asked.id, f"'{asked.id}: {value}' is neither yes nor no")
        return value
    text = value.strip() if isinstance(value, str) else ""
    if not text:
        raise Fault(asked.id, f"'{asked.id}' needs a text")
    if asked.type == "date":
        try:
            date.fromisoformat(text)
        except ValueError as fault:
            raise Fault(asked.id, f"'{asked.id}: {text}' is no date YYYY-MM-DD") from fault
    return text


def parse_answers(text: str, pack: Pack, name: str) -> tuple[str, tuple[Given, ...]]:
    """Read an answers file: `author`, and under `answers` the questions with value and reason.

    A question whose value is null or absent is left open.

    Raises:
        UsageError: Naming file, line and the nearest id, for anything malformed or unknown.
    """
    root = parse_one(text, name)
    if not isinstance(root, Keyed) or not set(root.entries) <= {"author", "answers"}:
        raise YamlFault(name, root.line, "a mapping with 'author' and 'answers' is expected")
    author, body = root.entries.get("author"), root.entries.get("answers")
    if author is not None and not isinstance(author, Text):
        raise YamlFault(name, author.line, "'author' must be text")
    if body is None or (isinstance(body, Text) and body.is_null):
        return (author.text if author else ""), ()
    if not isinstance(body, Keyed):
        raise YamlFault(name, body.line, "'answers' must be a mapping of question ids")
    return (author.text if author and not author.is_null else ""), tuple(_given(body, pack, name))


def _given(body: Keyed, pack: Pack, name: str) -> Iterator[Given]:
    for question, node in body.entries.items():
        if isinstance(node, Keyed) and set(node.entries) & set(_PARTS):
            parts = node.entries
        else:
            parts = {"value": node}
        if strange := sorted(set(parts) - set(_PARTS)):
            line = parts[strange[0]].line
            raise YamlFault(name, line, f"'{question}.{strange[0]}': value, reason or evidence")
        value = parts.get("value")
        try:
            if value is None or (isinstance(value, Text) and value.is_null):
                checked_id(pack, question)
                continue
            reason = _text(parts.get("reason"), question, name)
            plain = loose_value(value, question, name)
            held = checked_answer(pack, question, plain, reason)
        except Fault as fault:
            raise YamlFault(name, node.line, fault.message, next_step=fault.next_step) from fault
        yield Given(question, held, reason, _paths(parts.get("evidence"), question, name))


def checked_id(pack: Pack, question: str) -> None:
    """Refuse a question that the pack does not have.

    Raises:
        Fault: Naming the nearest.
    """
    if question not in pack.facts and question not in {asked.id for asked in pack.questions}:
        checked_answer(pack, question, None, "")


def _text(node: Node | None, question: str, name: str) -> str:
    if node is None:
        return ""
    if not isinstance(node, Text):
        raise YamlFault(name, node.line, f"'{question}.reason' must be text")
    return "" if node.is_null else node.text


def _paths(node: Node | None, question: str, name: str) -> tuple[str, ...]:
    if node is None or (isinstance(node, Text) and node.is_null):
        return ()
    items = node.items if isinstance(node, Items) else (node,)
    if not all(isinstance(item, Text) for item in items):
        raise YamlFault(name, node.line, f"'{question}.evidence' must be a path or a list of paths")
    return tuple(item.text for item in items if isinstance(item, Text))
