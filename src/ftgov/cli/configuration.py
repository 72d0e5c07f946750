"""Options from files: flag > FTGOV_* variable > ftgov.toml or [tool.ftgov] > the user's own file.

A table named like a command holds that command's options: `[check]` with `format = "json"`.
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any

from ftgov.errors import UsageError


def _table(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise UsageError(
            f"The file {path} cannot be read as TOML.",
            why=str(fault),
            next_step="Correct it, or move it away.",
        ) from fault


def user_file() -> Path:
    """Return the path of the user's own settings."""
    home = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(home) / "ftgov" / "config.toml"


def configured(folder: Path | None = None) -> dict[str, Any]:
    """Return the options that files set, per command, the nearest file winning.

    Raises:
        UsageError: If a file is not TOML.
    """
    place = folder or Path()
    project = _table(place / "pyproject.toml").get("tool", {}).get("ftgov", {})
    found: dict[str, Any] = {}
    for source in (_table(user_file()), project, _table(place / "ftgov.toml")):
        for command, options in source.items():
            if isinstance(options, dict):
                named = {key.replace("-", "_"): value for key, value in options.items()}
                found[command] = {**found.get(command, {}), **named}
    return found
