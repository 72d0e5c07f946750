"""Exports: one file per format, found by listing this package.

A gate's format is a module `gate_<name>` with a function `render(judged) -> str`; a model's is a
module `model_<name>` with a `FORMAT`, or a plug-in under the entry-point group `ftgov.exports`.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import NamedTuple

from ftgov.exports.judged import Judged
from ftgov.exports.protocol import ModelFormat

__all__ = ["Judged", "ModelFormat", "ModelFormats", "gate_formats", "model_formats", "render_gate"]

ENTRY_POINTS = "ftgov.exports"
_GATE, _MODEL = "gate_", "model_"


class ModelFormats(NamedTuple):
    """The formats that a model can be written in, by id; plug-ins that can't be used, with why."""

    usable: Mapping[str, ModelFormat]
    broken: Mapping[str, str]


def _modules(prefix: str) -> tuple[str, ...]:
    found = (each.name for each in pkgutil.iter_modules(__path__))
    return tuple(sorted(name for name in found if name.startswith(prefix)))


def gate_formats() -> tuple[str, ...]:
    """Return the names of all formats that a gate's result can be written in, in ABC order."""
    return tuple(name.removeprefix(_GATE) for name in _modules(_GATE))


def render_gate(form: str, judged: Judged) -> str:
    """Return a gate's result in a format, as text that ends in a line feed.

    Args:
        form: One of `gate_formats()`.
        judged: What the gates concluded.
    """
    render: Callable[[Judged], str] = importlib.import_module(f"{__name__}.{_GATE}{form}").render
    return render(judged)


def model_formats() -> ModelFormats:
    """Return the formats that ship with ftgov and those of installed plug-ins."""
    usable: dict[str, ModelFormat] = {}
    broken: dict[str, str] = {}
    for module in _modules(_MODEL):
        form: ModelFormat = importlib.import_module(f"{__name__}.{module}").FORMAT
        usable[form.id] = form
    for entry in sorted(entry_points(group=ENTRY_POINTS), key=lambda each: each.name):
        form_or_fault = _loaded(entry)
        if isinstance(form_or_fault, str):
            broken[entry.name] = form_or_fault
        elif form_or_fault.id in usable:
            broken[entry.name] = f"the id {form_or_fault.id} belongs to another format"
        else:
            usable[form_or_fault.id] = form_or_fault
    return ModelFormats(usable, broken)


def _loaded(entry: EntryPoint) -> ModelFormat | str:
    """Return a plug-in's format, or what is wrong with it."""
    try:
        found = entry.load()
    except (Exception, SystemExit) as fault:  # noqa: BLE001 - loading runs foreign code
        return f"{type(fault).__name__}: {fault}"
    if not isinstance(found, ModelFormat):
        return "it is no ModelFormat"
    said = all(isinstance(word, str) for word in found[:-1])
    return (
        found if said and callable(found.write) else "its id, texts or function are of other types"
    )
