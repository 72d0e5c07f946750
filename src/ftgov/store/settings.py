"""The workspace's own file, `ftgov.toml`: written once, then edited by people."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from pydantic import Field, ValidationError

from ftgov import __version__
from ftgov.errors import FtgovError, UsageError
from ftgov.records.base import Name, Record, Time

SCHEMA: Final = 1
"""The newest form of a workspace that this program knows."""


class Heading(Record):
    """The table `[workspace]` of `ftgov.toml`, as far as this program reads it."""

    model_config = {"extra": "ignore", "populate_by_name": True, "strict": True}

    version: int = Field(alias="schema", ge=1)
    name: Name
    created: Time | None = None


def _quoted(text: str) -> str:
    if not text or not text.isprintable():
        raise UsageError(
            f"A gate cannot be named {text!r}.", next_step="Name a gate, for example baseline."
        )
    return json.dumps(text, ensure_ascii=False)


def settings_text(name: str, created: str, gates: Sequence[str]) -> str:
    """Return the text of a new `ftgov.toml`.

    Args:
        name: The workspace's name.
        created: When it was made, as RFC 3339 UTC text.
        gates: The gates that `ftgov check` asks by default.

    Raises:
        UsageError: If a name or the time is malformed.
    """
    try:
        Heading(version=SCHEMA, name=name, created=created)
    except ValidationError as fault:
        first = fault.errors()[0]
        raise UsageError(
            f"A workspace cannot have the {first['loc'][0]} {first['input']!r}.",
            why=str(first["msg"]),
            next_step="Names match [a-z0-9._-]+; times look like 2026-11-21T09:30:00Z.",
        ) from fault
    default = ", ".join(_quoted(gate) for gate in gates)
    return (
        f'[workspace]\nschema = {SCHEMA}\nname = "{name}"\ncreated = "{created}"\n'
        f"\n[gates]\ndefault = [{default}]\n"
    )


def read_settings(path: Path) -> tuple[Heading, Mapping[str, Any]]:
    """Read `ftgov.toml`: what it says of the workspace, and all of it.

    Raises:
        FtgovError: If it is unreadable or malformed, or its schema is newer than this program.
    """
    try:
        config = tomllib.loads(path.read_text(encoding="utf-8"))
        heading = Heading.model_validate(config.get("workspace"))
    except ValidationError as fault:
        first = fault.errors()[0]
        field = ".".join(("workspace", *(str(part) for part in first["loc"])))
        raise _malformed(path, f"{field}: {first['msg']}") from fault
    except (OSError, ValueError) as fault:
        raise _malformed(path, str(fault)) from fault
    if heading.version > SCHEMA:
        raise FtgovError(
            f"{path} needs an ftgov that knows workspace schema {heading.version}.",
            why=f"This is ftgov {__version__}, which knows schemas up to {SCHEMA}.",
            next_step="Upgrade: pip install --upgrade ftgov",
        )
    return heading, MappingProxyType(config)


def _malformed(path: Path, why: str) -> FtgovError:
    return FtgovError(
        f"{path} cannot be read as the settings of a workspace.",
        why=why,
        next_step=f"Correct it; [workspace] needs schema = {SCHEMA} and a name.",
    )
