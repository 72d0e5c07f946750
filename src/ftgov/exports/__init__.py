"""Exports: one file per format, found by listing this package.

A gate's format is a module `gate_<name>` with a function `render(judged) -> str`.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable

from ftgov.exports.judged import Judged

__all__ = ["Judged", "gate_formats", "render_gate"]

_PREFIX = "gate_"


def gate_formats() -> tuple[str, ...]:
    """Return the names of all formats that a gate's result can be written in, in ABC order."""
    return tuple(
        sorted(
            found.name.removeprefix(_PREFIX)
            for found in pkgutil.iter_modules(__path__)
            if found.name.startswith(_PREFIX)
        )
    )


def render_gate(form: str, judged: Judged) -> str:
    """Return a gate's result in a format, as text that ends in a line feed.

    Args:
        form: One of `gate_formats()`.
        judged: What the gates concluded.
    """
    render: Callable[[Judged], str] = importlib.import_module(f"{__name__}.{_PREFIX}{form}").render
    return render(judged)
