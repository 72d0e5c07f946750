"""Where the data that travels with ftgov lies: policies, templates and the recorded example.

In a checkout they are the folders at its top; in an installed wheel they are package data.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from ftgov.errors import FtgovError

_PACKAGE = Path(__file__).resolve().parent


@cache
def shipped(*parts: str) -> Path:
    """Return the path of a shipped file or folder.

    Args:
        parts: Its place below the project's top, for example `"policies", "gates"`.

    Raises:
        FtgovError: If this installation lacks it.
    """
    for root in (_PACKAGE / "_shipped", _PACKAGE.parents[1]):
        path = root.joinpath(*parts)
        if path.exists():
            return path
    raise FtgovError(
        f"The shipped file {'/'.join(parts)} is missing from this installation.",
        next_step="Install ftgov again: pip install --force-reinstall ftgov",
    )
