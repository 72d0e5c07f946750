"""What all nouns share: a record made of given fields, and the demand that others exist."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from ftgov.api.reached import require, word_of
from ftgov.errors import UsageError
from ftgov.records.absence import NOT_APPLICABLE, UNKNOWN
from ftgov.records.base import Record
from ftgov.store.workspace import Workspace

R = TypeVar("R", bound=Record)

_ABSENT = {"unknown": UNKNOWN, "n/a": NOT_APPLICABLE}
_ALTERNATIVES = {"str", "int", "float", "bool", "Absent"}


def build(kind: type[R], fields: object, source: Path | None = None) -> R:
    """Return a record of given fields.

    Raises:
        UsageError: If a field is not what it must be; names it, and the file it comes from.
    """
    try:
        return kind.model_validate(fields)
    except ValidationError as fault:
        first = fault.errors()[0]
        field = field_of(first["loc"])
        what = f"The field '{field}'" if field else f"The {_word(kind)} as a whole"
        raise UsageError(
            f"{f'{source}: ' if source else ''}{what} cannot be recorded.",
            why=first["msg"].removeprefix("Value error, "),
            next_step="Correct it; nothing was recorded.",
        ) from fault


def _word(kind: type[Record]) -> str:
    return word_of(kind) if "type" in kind.model_fields else kind.__name__


def field_of(place: Sequence[int | str]) -> str:
    """Return the field that pydantic speaks of, without the names that it gives to alternatives.

    It is empty where several fields contradict each other.
    """
    parts: list[str] = []
    for part in place:
        if isinstance(part, str) and (part in _ALTERNATIVES or not part.isidentifier()):
            break
        parts.append(str(part))
    return ".".join(parts)


def stated(value: Any) -> Any:
    """Return what a person typed: `unknown` and `n/a` as themselves, all else as it is."""
    return _ABSENT.get(value, value) if isinstance(value, str) else value


def require_names(workspace: Workspace, kind: type[Record], names: Iterable[str | None]) -> None:
    """Demand that things are recorded.

    Raises:
        UsageError: If one is not; suggests the nearest, or the command that records it.
    """
    word = word_of(kind)
    wanted = [(word, name) for name in dict.fromkeys(names) if name is not None]
    found = workspace.ledger.pick(wanted)
    for key in wanted:
        if key not in found:
            require(workspace, kind, key[1])
