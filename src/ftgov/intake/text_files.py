"""Text files that a person wrote: read as they are, or refused with file and line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ftgov.errors import FtgovError, UsageError
from ftgov.strict_yaml import literals, parse_one


def read_text(path: Path) -> str:
    """Return the text of a file, its line ends untouched so that its digest stays that of the file.

    Raises:
        UsageError: If there is no such file, or it is not UTF-8.
        FtgovError: If it can't be read.
    """
    if not path.is_file():
        raise UsageError(f"There is no file {path}.", next_step="Check the path and try again.")
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as fault:
        raise UsageError(
            f"The file {path} cannot be read as UTF-8 text.",
            why=str(fault),
            next_step="Check its encoding.",
        ) from fault
    except OSError as fault:
        raise FtgovError(
            f"The file {path} cannot be read.", why=str(fault), next_step="Check its permissions."
        ) from fault


def load_yaml(path: Path) -> Any:
    """Return the content of a YAML file of one document; see `ftgov.strict_yaml`.

    Raises:
        UsageError: If the file is absent, empty or not such YAML; names file and line.
    """
    content = literals(parse_one(read_text(path), str(path)))
    if content is None:
        raise UsageError(f"{path} holds nothing.", next_step="Give a file that holds an entry.")
    return content
