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
from ftgov.store.settings_form import check_form

SCHEMA: Final = 1
"""The newest form of a workspace that this program knows."""


class Heading(Record):
    """The table `[workspace]` of `ftgov.toml`, as far as this program reads it."""

    model_config = {"extra": "ignore", "populate_by_name": True, "strict": True}

    version: int = Field(alias="schema", ge=1)
    name: Name
    created: Time | None = None
    database: str | None = Field(default=None, description="address; None: a SQLite file")
    evidence: str | None = Field(default=None, description="fsspec URL; None: a local folder")


def _quoted(text: str) -> str:
    if not text or not text.isprintable():
        raise UsageError(
            f"A gate cannot be named {text!r}.", next_step="Name a gate, for example baseline."
        )
    return json.dumps(text, ensure_ascii=False)


def heading_of(
    name: str, created: str, *, database: str | None = None, evidence: str | None = None
) -> Heading:
    """Return what a new workspace's settings say of it.

    Raises:
        UsageError: If a name, the time or an address is malformed.
    """
    try:
        return Heading(
            version=SCHEMA, name=name, created=created, database=database, evidence=evidence
        )
    except ValidationError as fault:
        first = fault.errors()[0]
        raise UsageError(
            f"A workspace cannot have the {first['loc'][0]} {first['input']!r}.",
            why=str(first["msg"]),
            next_step="Names match [a-z0-9._-]+; times look like 2026-11-21T09:30:00Z.",
        ) from fault


def settings_text(heading: Heading, gates: Sequence[str]) -> str:
    """Return the text of a new `ftgov.toml`.

    Args:
        heading: What it says of the workspace.
        gates: The gates that `ftgov check` asks by default.

    Raises:
        UsageError: If a gate's name is malformed.
    """
    said = heading.model_dump(
        include={"name", "created", "database", "evidence"}, exclude_none=True
    )
    lines = ["[workspace]", f"schema = {heading.version}"]
    lines += [f"{key} = {json.dumps(value)}" for key, value in said.items()]
    default = ", ".join(_quoted(gate) for gate in gates)
    return "\n".join([*lines, "", "[gates]", f"default = [{default}]", ""])


def read_settings(path: Path) -> tuple[Heading, Mapping[str, Any]]:
    """Read `ftgov.toml`: what it says of the workspace, and all of it.

    Raises:
        FtgovError: If it is unreadable or malformed, or its schema is newer than this program.
        UsageError: If a key is unknown or of the wrong type.
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
    check_form(path, config)
    return heading, MappingProxyType(config)


def _malformed(path: Path, why: str) -> FtgovError:
    return FtgovError(
        f"{path} cannot be read as the settings of a workspace.",
        why=why,
        next_step=f"Correct it; [workspace] needs schema = {SCHEMA} and a name.",
    )
