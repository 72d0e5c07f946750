"""Asking a person in the terminal: one open question at a time, each answer saved at once."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from ftgov.cli.console import Console, inert
from ftgov.errors import UsageError

if TYPE_CHECKING:
    from ftgov.law.questionnaire import Asked, Given

_STOP = "q"
_WORDS = {"yes": True, "y": True, "true": True, "no": False, "n": False, "false": False}
_HINTS = {
    "bool": "yes, no",
    "yes_no": "yes, no",
    "list": "some of, with commas, or none:",
    "enum": "one of:",
    "number": "a number such as 3e23",
    "date": "YYYY-MM-DD",
    "text": "text",
}


class Stopped(Exception):
    """The person stopped; what was answered is saved."""


def interview(
    console: Console, questions: Sequence[Asked], save: Callable[[Given], None]
) -> tuple[int, int]:
    """Ask each question; return how many were answered and how many are left.

    Args:
        console: Where to speak.
        questions: The open questions.
        save: Called with each answer; a UsageError asks the question again.
    """
    answered = 0
    try:
        for number, asked in enumerate(questions, start=1):
            _tell(console, asked, f"{number} of {len(questions)}")
            answered += _one(console, asked, save)
    except Stopped:
        console.raw(f"Stopped; {answered} answers are saved. Run the command again to go on.")
    return answered, len(questions) - answered


def _tell(console: Console, asked: Asked, place: str) -> None:
    heading = f"[{place}] {asked.id}  ({inert(asked.reference)})"
    console.raw("\n" + console.style(heading, "strong"))
    for text in (asked.question, f"Why: {asked.why}", asked.note and f"Note: {asked.note}"):
        if text:
            console.raw(textwrap.indent(textwrap.fill(inert(text), 92), "  "))
    hint = f"{_HINTS[asked.type]} {', '.join(asked.options)}".strip()
    console.raw(f"  {hint}; Enter skips, q stops. May answer: {', '.join(asked.who)}")


def _one(console: Console, asked: Asked, save: Callable[[Given], None]) -> int:
    """Ask until an answer fits or the question is skipped; return 1 if it was answered."""
    from ftgov.law.questionnaire import Given

    while True:
        text = _read(console, "> ")
        if not text:
            return 0
        reason = _read(console, "  reason (may be empty): ")
        wanted = "a file must back it" if asked.evidence == "required" else "may be empty"
        file = _read(console, f"  file that backs it ({wanted}): ")
        given = Given(asked.id, _value(asked, text), reason, (file,) if file else ())
        try:
            save(given)
        except UsageError as fault:
            console.complain(fault)
            continue
        return 1


def _read(console: Console, prompt: str) -> str:
    """Return one line that was typed.

    Raises:
        Stopped: If the person stops, or the input ends.
    """
    line = console.ask(prompt)
    if line is None or line == _STOP:
        raise Stopped
    return line


def _value(asked: Asked, text: str) -> bool | str | list[str]:
    if asked.type in {"bool", "yes_no"}:
        return _WORDS.get(text.lower(), text)
    if asked.type == "list":
        return [] if text == "none" else [item.strip() for item in text.split(",") if item.strip()]
    return text
