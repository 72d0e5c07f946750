"""The report's typefaces: which vendored files a text needs, and which characters they have.

All are under the SIL Open Font License; `templates/fonts/faces.json` lists each file with the exact
characters it holds. Only files that a text needs are embedded. Each alphabet has a family name of
its own: WeasyPrint 70 tells fonts by family, weight and style alone and would mix up the glyphs of
two files that share them; and no font of the machine has these names.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from functools import cache
from html import escape
from typing import NamedTuple

from ftgov.reports.text import code_point
from ftgov.shipped import shipped

_SPELLED = {
    "\u2010": "-",
    "\u2011": "-",
    "\u2082": "2",
    "\u2190": "<-",
    "\u2192": "->",
    "\u2248": "~",
    "\u2260": "!=",
    "\u2264": "<=",
    "\u2265": ">=",
    "\u202f": "\N{NO-BREAK SPACE}",
    "\u2009": " ",
}


class Face(NamedTuple):
    """A font file: family, weight, style, its place under templates/fonts, its characters."""

    family: str
    weight: int
    style: str
    file: str
    range: str

    def characters(self) -> frozenset[int]:
        """Return the code points the file has."""
        found: set[int] = set()
        for part in self.range.split(","):
            first, _, last = part.removeprefix("U+").partition("-")
            found.update(range(int(first, 16), int(last or first, 16) + 1))
        return frozenset(found)


@cache
def faces() -> tuple[Face, ...]:
    """Return every vendored font file."""
    listed = json.loads(shipped("templates", "fonts", "faces.json").read_bytes())
    return tuple(Face(**entry) for entry in listed)


def font_bytes(file: str) -> bytes | None:
    """Return a vendored font by its place under templates/fonts; None for any other path."""
    if file not in {face.file for face in faces()}:
        return None
    return shipped("templates", "fonts", *file.split("/")).read_bytes()


def data_url(file: str) -> str:
    """Return a vendored font as a data: URL, so that a page needs no other file."""
    content = font_bytes(file) or b""
    return f"data:font/woff2;base64,{base64.b64encode(content).decode('ascii')}"


def font_css(text: str, address: Callable[[str], str]) -> str:
    """Return the @font-face rules that a text needs.

    Args:
        text: All that will be printed.
        address: Gives the URL of a font file.
    """
    used = {ord(character) for character in set(text)} | {0x41}
    return "\n".join(
        f"@font-face{{font-family:'{face.family}';font-weight:{face.weight};"
        f"font-style:{face.style};src:url('{address(face.file)}') format('woff2');"
        f"unicode-range:{face.range}}}"
        for face in faces()
        if used & face.characters()
    )


def printable(markup: str) -> str:
    """Return HTML in which characters that the vendored fonts lack are spelled out.

    A PDF must embed every glyph and must not depend on the fonts of the machine that makes it; a
    sign such as U+2265 is spelled `>=`, anything else is shown by its code point.
    """
    known = _coverage()
    odd = {c for c in set(markup) if ord(c) not in known and c not in "\n\t"}
    return markup.translate(
        {ord(c): escape(_SPELLED.get(c, code_point(c)), quote=True) for c in odd}
    )


@cache
def _coverage() -> frozenset[int]:
    """Characters of the regular sans serif, to which every other family falls back."""
    regular = (f for f in faces() if f.family.startswith("ftgov Inter") and f.weight == 400)
    return frozenset().union(*(face.characters() for face in regular))
