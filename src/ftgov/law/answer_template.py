"""A file to fill in: every open question as commented YAML that the answers reader takes."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from ftgov.law.questionnaire import Asked

_WIDTH = 96
_FORMS = {
    "bool": "true or false",
    "yes_no": "yes or no",
    "list": "a list of: ",
    "enum": "one of: ",
    "number": "a number such as 3e23, or {low: , mid: , high: }",
    "text": "text",
    "date": "YYYY-MM-DD",
}


def answer_template(system: str, asked: Iterable[Asked]) -> str:
    """Return the text of an answers file with no answer in it yet.

    Args:
        system: The system's name.
        asked: The open questions.
    """
    lines = [
        f"# Answers about the system {system}. A value left empty stays open.",
        f"# Record them: ftgov answer {system} --from THIS-FILE",
        "author:",
        "answers:",
    ]
    for question in asked:
        lines += _question(question)
    return "\n".join(lines) + "\n"


def _question(asked: Asked) -> Iterator[str]:
    yield ""
    told = [asked.question, f"{asked.reference}. {asked.why}"]
    if asked.note:
        told.append(asked.note.capitalize())
    told.append(f"Answer: {_FORMS[asked.type]}{', '.join(asked.options)}")
    told.append(f"May answer: {', '.join(asked.who)}")
    if asked.four_eyes:
        told.append("Two people sign: author and approver, with keys of their own.")
    for text in told:
        for line in textwrap.wrap(text, _WIDTH):
            yield f"  # {line}"
    # An id that YAML would read as something else is quoted; the reader takes text in any case.
    yield f'  "{asked.id}":'
    yield "    value:"
    yield "    reason:"
    yield f"    evidence: []  # {asked.evidence}"
