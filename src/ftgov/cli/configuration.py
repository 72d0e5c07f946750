"""Options from files: flag > FTGOV_* variable > ftgov.toml or [tool.ftgov] > the user's own file.

The `ftgov.toml` of the workspace that a command names stands above that of the current folder.

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
    except NotADirectoryError:
        return {}  # the command itself says that this is no folder
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


def _merged(under: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """Return two tables as one; options lose their dashes, tables (commands) keep their names."""
    found = dict(under)
    for key, value in over.items():
        if isinstance(value, dict):
            found[key] = _merged(found.get(key, {}), value)
        else:
            found[key.replace("-", "_")] = value
    return found


def configured(*, workspace: Path | None = None) -> dict[str, Any]:
    """Return the options that files set, per command, the nearest file winning.

    Args:
        workspace: The folder of the workspace, whose settings win over the current folder's.

    Raises:
        UsageError: If a file is not TOML.
    """
    project = _table(Path("pyproject.toml")).get("tool", {}).get("ftgov", {})
    sources = [_table(user_file()), project, _table(Path("ftgov.toml"))]
    if workspace is not None:
        sources.append(_table(workspace / "ftgov.toml"))
    found: dict[str, Any] = {}
    for source in sources:
        found = _merged(
            found, {key: value for key, value in source.items() if isinstance(value, dict)}
        )
    return found
