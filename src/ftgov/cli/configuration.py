"""Options from files: flag > FTGOV_* variable > ftgov.toml or [tool.ftgov] > the user's own file.

The `ftgov.toml` of the workspace that a command names stands above that of the current folder.

A table named like a command holds that command's options: `[check]` with `format = "json"`.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NoReturn

from ftgov.errors import UsageError

_OURS = frozenset({"workspace", "gates", "trust"})
"""Tables that are no command's."""
_ALIKE = 0.8


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
            found[key.replace("-", "_")] = _as_typed(value)
    return found


def _as_typed(value: Any) -> Any:
    """Return a value as it would be typed on the command line, which is what options check."""
    if isinstance(value, list):
        return [_as_typed(each) for each in value]
    return value if isinstance(value, bool) else str(value)


def configured(*, workspace: Path | None = None) -> dict[str, Any]:
    """Return the options that files set, per command, the nearest file winning.

    Args:
        workspace: The folder of the workspace, whose settings win over the current folder's.

    Raises:
        UsageError: If a file is not TOML.
    """
    found: dict[str, Any] = {}
    for _, source in _sources(workspace):
        found = _merged(
            found, {key: value for key, value in source.items() if isinstance(value, dict)}
        )
    return found


def _sources(workspace: Path | None) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Yield each file with what it sets, the nearest last."""
    project = Path("pyproject.toml")
    yield user_file(), _table(user_file())
    tool = _table(project).get("tool", {})
    ours = tool.get("ftgov", {}) if isinstance(tool, dict) else {}
    if not isinstance(ours, dict):
        raise UsageError(
            f"{project}: 'tool.ftgov' is no table.",
            next_step="Write [tool.ftgov.COMMAND] and an option a line, or take it out.",
        )
    yield project, ours
    yield Path("ftgov.toml"), _table(Path("ftgov.toml"))
    if workspace is not None:
        yield workspace / "ftgov.toml", _table(workspace / "ftgov.toml")


def refuse_unknown(
    command: Sequence[str], table: Mapping[str, Any], known: Collection[str], workspace: Path | None
) -> None:
    """Refuse an option that a command doesn't have: passed over, it would change nothing unseen.

    Args:
        command: The command's words after `ftgov`.
        table: The options that files set for it, as `configured` merged them.
        known: The names of its options, and of the commands below it.
        workspace: The folder of the workspace whose settings were read.

    Raises:
        UsageError: If a name is unknown; says in which file, and what is near.
    """
    strange = next((name for name in table if name not in known), None)
    if strange is None:
        return
    where = _where(workspace, command, strange)
    near = get_close_matches(strange, list(known), n=1)
    hint = f" Did you mean '{near[0].replace('_', '-')}'?" if near else ""
    raise UsageError(
        f"{where}: [{'.'.join(command)}] sets '{strange.replace('_', '-')}', which "
        f"`ftgov {' '.join(command)}` does not have.{hint}",
        why="A setting that is passed over would leave another in force without a word.",
        next_step=f"Correct it, or take it out; `ftgov {' '.join(command)} --help` lists them.",
    )


def refuse_misspelt(
    tables: Mapping[str, Any], commands: Collection[str], workspace: Path | None
) -> None:
    """Refuse a table whose name is nearly that of a command, and none of ours.

    Args:
        tables: What files set, as `configured` merged them.
        commands: The names of all commands.
        workspace: The folder of the workspace whose settings were read.

    Raises:
        UsageError: Says in which file, and what is near.
    """
    for name in tables:
        if name in commands or name in _OURS:
            continue
        if near := get_close_matches(name.replace("_", "-"), commands, n=1, cutoff=_ALIKE):
            raise UsageError(
                f"{_where(workspace, (), name)}: [{name}] is no command. Did you mean '{near[0]}'?",
                why="A setting that is passed over would leave another in force without a word.",
                next_step="Correct it, or take it out.",
            )


def refuse_no_table(command: Sequence[str], workspace: Path | None) -> NoReturn:
    """Refuse a value that stands where a table of a command's options belongs.

    Raises:
        UsageError: Says in which file.
    """
    where = _where(workspace, command[:-1], command[-1])
    raise UsageError(
        f"{where}: '{'.'.join(command)}' is no table.",
        why=f"It would hold the options of `ftgov {' '.join(command)}`.",
        next_step=f"Write [{'.'.join(command)}] and an option a line, or take it out.",
    )


def _where(workspace: Path | None, command: Sequence[str], option: str) -> Path | str:
    """Return the first file that sets an option of a command."""
    return next((path for path, said in _sources(workspace) if _sets(said, command, option)), "")


def _sets(said: Any, command: Sequence[str], option: str) -> bool:
    for word in command:
        said = said.get(word) if isinstance(said, dict) else None
    return isinstance(said, dict) and option in {key.replace("-", "_") for key in said} | set(said)
