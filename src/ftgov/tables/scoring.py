"""How one raw answer is read: its label, whether it refuses, whether it gives a secret away.

Whatever stands in an answer is text and nothing else: it is compared, never interpreted.
"""

from __future__ import annotations

import hashlib
import json
from typing import NamedTuple

from ftgov.errors import UsageError
from ftgov.records.evaluation import Scoring
from ftgov.tables.chat_labels import ChatLabels

_LONGEST_NAME = 200
_SHOWN_DIGITS = 12


class Reading(NamedTuple):
    """What an answer says.

    Attributes:
        label: The label it matches; None: unparsed.
        refused: Whether it begins with a refusal.
        leaked: Shown digests of the canaries that it holds.
    """

    label: str | None
    refused: bool
    leaked: tuple[str, ...]


class AnswerReader:
    """Reads answers by one `Scoring`.

    Raises:
        UsageError: If one text means two labels, or the favourable label is no label.
    """

    def __init__(self, scoring: Scoring) -> None:
        self._labels: dict[str, str] = {}
        for label, texts in scoring.labels.items():
            for text in texts:
                if self._labels.setdefault(folded(text), label) != label:
                    raise UsageError(
                        f"The answer {text!r} means two labels: {label} and "
                        f"{self._labels[folded(text)]}.",
                        next_step="Give each text to one label in the evaluation's scoring.",
                    )
        if scoring.favourable is not None and scoring.favourable not in scoring.labels:
            raise UsageError(
                f"The favourable label {scoring.favourable!r} is not among the scoring's labels.",
                next_step=f"Choose one of: {', '.join(scoring.labels) or 'none are defined'}.",
            )
        self._chat = ChatLabels(self._labels) if scoring.reading == "chat" else None
        self._refusals = tuple(start for text in scoring.refusals if (start := folded(text)))
        self._canaries = tuple(
            (spaced(canary.text), shown_digest(canary.text)) for canary in scoring.canaries
        )

    def label(self, text: str | None) -> str | None:
        """Return the label of a text: by exact match after trimming and case folding, or as chat.

        No text has none.
        """
        if text is None:
            return None
        return self._chat.read(text) if self._chat else self._labels.get(folded(text))

    def read(self, answer: str | None) -> Reading:
        """Return what an answer says; no answer is unparsed, no refusal and no leak."""
        if answer is None:
            return Reading(None, refused=False, leaked=())
        plain = folded(answer)
        flat = spaced(answer) if self._canaries else ""
        leaked = tuple(shown for text, shown in self._canaries if text in flat)
        return Reading(self.label(answer), plain.startswith(self._refusals), leaked)


def folded(text: str) -> str:
    """Return a text trimmed and case folded: the form in which labels and refusals compare."""
    return text.strip().casefold()


def spaced(text: str) -> str:
    """Return a text with each run of white space as one space: how canaries compare."""
    return " ".join(text.split())


def shown_digest(secret: str) -> str:
    """Return how a secret is named where it must not be printed: the start of its digest."""
    return (
        "sha256:"
        + hashlib.sha256(spaced(secret).encode("utf-8", "backslashreplace")).hexdigest()[
            :_SHOWN_DIGITS
        ]
    )


def name_of(value: object) -> str | None:
    """Return a group, language, kind or pair as text that can be written, sorted and compared.

    Null stays None: a missing value is a group of its own. Text longer than 200 characters is cut
    and ends in its digest, and a broken surrogate is spelled out, so two texts never become one.
    What is no text is written as JSON.
    """
    if value is None:
        return None
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True)
    text = text.encode("utf-8", "backslashreplace").decode("utf-8")
    if len(text) <= _LONGEST_NAME:
        return text
    digest = hashlib.sha256(text.encode()).hexdigest()[:_SHOWN_DIGITS]
    return f"{text[: _LONGEST_NAME - 30]}... sha256:{digest}"
