"""The label in a chat answer that says more than the label.

A model that was asked for one word often writes a sentence around it. What is read here is what a
person could not read in two ways; everything else is unparsed, which is a category of its own:

1. The whole answer is a text of a label.
2. The last line that announces an answer ("Final answer: ...") names texts of one label alone.
3. Without such a line: the whole answer names texts of one label alone, none of them negated.

Texts are found as whole words, without case and markup, the longest first, so that "not approved"
is never read as "approved" where both are texts. Two labels in one place are unparsed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ftgov.errors import UsageError

_MARKUP = re.compile(r"[*_`#>~$]+|\\boxed|[{}]")
_SPACE = re.compile(r"\s+")
_EDGES = " \t.,:;!?\"'()[]«»“”„\u2018\u2019"
_ANNOUNCED = re.compile(
    r"^\W*(?:(?:so|therefore|thus|hence|also|daher|donc)\W+)?"
    r"(?:(?:my|the|meine|die|ma|la|mi)\s+)?(?:final\s+|endgültige\s+)?"
    r"(?:answer|decision|verdict|label|classification|result"
    r"|antwort|entscheidung|réponse|décision|respuesta|decisión)"
    r"(?:\s+(?:finale|final))?\s*(?::|\bis\b|\blautet\b|\best\b|\bes\b|=)\s*(.+)$"
)
_NEGATION = re.compile(
    r"(?:\b(?:not|never|no|cannot|without|neither|nor|nicht|kein|keine|nie|ohne|pas|jamais|sans"
    r"|nunca|sin)|n['\u2019]t)\W+(?:\w+\W+){0,2}$"
)
_LONGEST = 20_000


class ChatLabels:
    """Reads the label of chat answers.

    Args:
        texts: The label of each text, texts trimmed and case folded.

    Raises:
        UsageError: If one text means two labels once markup and punctuation are left out, or a text
            is nothing else.
    """

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._labels: dict[str, str] = {}
        for text, label in texts.items():
            if not _plain(text) or self._labels.setdefault(_plain(text), label) != label:
                raise UsageError(
                    f"The answer {text!r} cannot be told from others in a chat answer.",
                    why="Markup and punctuation around a text are not read there.",
                    next_step="Give labels texts that differ in words, or leave out `reading`.",
                )
        longest_first = sorted(self._labels, key=lambda text: (-len(text), text))
        words = "|".join(re.escape(text) for text in longest_first)
        self._any = re.compile(rf"(?<!\w)(?:{words})(?!\w)") if words else None

    def read(self, answer: str) -> str | None:
        """Return the label of an answer, or None: unparsed; so is more than 20,000 characters."""
        if self._any is None or len(answer) > _LONGEST:
            return None
        whole = self._labels.get(_plain(answer))
        if whole is not None:
            return whole
        lines = [_SPACE.sub(" ", _MARKUP.sub("", line)).strip() for line in _lines(answer)]
        announced = [found[1] for line in lines if (found := _ANNOUNCED.match(line))]
        return self._only(announced[-1] if announced else " ".join(lines))

    def _only(self, text: str) -> str | None:
        """Return the one label that a text names, unless it is negated or there are two."""
        assert self._any is not None
        named: set[str] = set()
        for found in self._any.finditer(text):
            if _NEGATION.search(text[max(0, found.start() - 60) : found.start()]):
                return None
            named.add(self._labels[found[0]])
        return named.pop() if len(named) == 1 else None


def _lines(answer: str) -> list[str]:
    return answer.casefold().splitlines()


def _plain(text: str) -> str:
    """Return a text without case, markup, white space and punctuation around it."""
    return _SPACE.sub(" ", _MARKUP.sub("", text.casefold())).strip(_EDGES)
