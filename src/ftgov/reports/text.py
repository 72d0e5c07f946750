"""Text that others wrote, made inert: pages, charts and PDFs print it as plain characters.

Names, purposes, messages and model output are data. Markup in them is escaped by the templates;
what escaping leaves alone, control characters, direction overrides, runs of combining marks, text
without end, is made visible or cut here. Source: Unicode TR 36 and TR 39 (security considerations).
"""

from __future__ import annotations

import unicodedata

LIMIT = 1_200
"""Characters of one text that are printed; the whole text stands in the dossier."""

_MARKS = 4
_HIDDEN = frozenset({"Cc", "Cf", "Co", "Cn"})


def safe_text(text: str, limit: int = LIMIT) -> str:
    """Return text as it may be printed: no control or direction character, bounded length.

    Such characters are shown by their code point, for example `<U+202E>`; broken surrogates become
    U+FFFD. Line breaks and tabs become spaces. Applying it twice changes nothing more.

    Args:
        text: Any text.
        limit: Characters kept; what is cut is counted in a note.
    """
    cut = len(text) - limit
    kept = text[:limit] if cut > 0 else text
    note = f" [{cut:,} more characters not printed]" if cut > 0 else ""
    return _visible(kept) + note


def _visible(text: str) -> str:
    shown: list[str] = []
    marks = 0
    for character in text:
        category = unicodedata.category(character)
        marks = marks + 1 if category in {"Mn", "Me"} else 0
        if character in "\t\n\r\u2028\u2029":
            shown.append(" ")
        elif category == "Cs":
            shown.append("\N{REPLACEMENT CHARACTER}")
        elif category in _HIDDEN or marks > _MARKS:
            shown.append(code_point(character))
        else:
            shown.append(character)
    return "".join(shown)


def code_point(character: str) -> str:
    """Return a character's code point as visible text, for example `<U+202E>`."""
    return f"<U+{ord(character):04X}>"


def sentence_case(identifier: str) -> str:
    """Return an identifier as words: `demographic_parity_ratio` is `Demographic parity ratio`."""
    words = identifier.replace("_", " ").replace(".", ", ").replace("co2e", "CO2e").strip()
    return words[:1].upper() + words[1:]
