"""The form of `ftgov.toml`: the tables that this program reads itself hold no unknown key.

A misspelt key would otherwise leave a default in force without a word, such as a weaker gate.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from pydantic import Field, ValidationError

from ftgov.errors import UsageError
from ftgov.records.base import Record


class _Strict(Record):
    """A table in which a key is known, and of its type."""

    model_config = {"extra": "forbid", "strict": True}


class Gates(_Strict):
    """The table `[gates]`: the gates that `ftgov check` asks where none is named."""

    default: list[str] = ["baseline"]


class Trust(_Strict):
    """The table `[trust]`: the workspace's trust pack, and the fingerprint of its root."""

    pack: str | None = Field(default=None, min_length=1)
    root: str | None = None


_FORMS: Final[Mapping[str, type[_Strict]]] = {"gates": Gates, "trust": Trust}
_HEADING: Final = frozenset({"schema", "name", "created", "database", "evidence"})
_TABLES: Final = ("workspace", *_FORMS)
_ALIKE: Final = 0.8


def check_form(path: Path, config: Mapping[str, Any]) -> None:
    """Refuse settings that would be passed over in silence.

    Tables of other names hold options of commands, also of commands that others add; one whose name
    is nearly that of a table of ours is taken for a misspelt one.

    Args:
        path: The file, as it is named in errors.
        config: What it says.

    Raises:
        UsageError: If a key is unknown or of the wrong type; names file, table and key.
    """
    for name, value in config.items():
        if not isinstance(value, dict):
            kind = "is no table" if name in _TABLES else f"is unknown{_near(name, _TABLES)}"
            raise _refused(path, name, kind)
        if name in _FORMS:
            _check_table(path, name, value)
        elif name not in _TABLES and (near := _near(name, _TABLES, _ALIKE)):
            raise _refused(path, f"[{name}]", f"is unknown{near}")
    for key in config.get("workspace", {}):
        if key not in _HEADING:
            raise _refused(path, f"[workspace] {key}", f"is unknown{_near(key, _HEADING)}")


def _check_table(path: Path, name: str, table: dict[str, Any]) -> None:
    form = _FORMS[name]
    try:
        form.model_validate(table)
    except ValidationError as fault:
        error = fault.errors(include_url=False, include_input=False)[0]
        key = str(error["loc"][0])
        if error["type"] == "extra_forbidden":
            raise _refused(
                path, f"[{name}] {key}", f"is unknown{_near(key, form.model_fields)}"
            ) from fault
        place = ".".join(str(part) for part in error["loc"])
        raise _refused(path, f"[{name}] {place}", f"is wrong: {error['msg']}") from fault


def _near(name: str, known: Iterable[str], alike: float = 0.6) -> str:
    found = get_close_matches(name.lower(), list(known), n=1, cutoff=alike)
    return f"; did you mean '{found[0]}'?" if found else ""


def _refused(path: Path, what: str, why: str) -> UsageError:
    return UsageError(
        f"{path}: {what} {why}.",
        why="A setting that is passed over would leave another in force without a word.",
        next_step="Correct it, or take it out.",
    )
