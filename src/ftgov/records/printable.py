"""Text that came from elsewhere, made safe to print: it can't steer a terminal nor forge a line."""

from __future__ import annotations

_CONTROL = dict.fromkeys((*range(9), *range(11, 32), *range(127, 160))) | dict.fromkeys(
    (*range(8234, 8239), *range(8294, 8298)), "\N{REPLACEMENT CHARACTER}"
)


def inert(text: str) -> str:
    """Return text that can't steer a terminal: no control, no bidirectional override characters."""
    return text.translate(_CONTROL)


def one_line(text: str) -> str:
    """Return inert text on one line, so that what it says can't look like a line of ours."""
    return " ".join(inert(text).split())
