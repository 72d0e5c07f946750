"""Passphrases: from a file or a variable, never from an option's value."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from ftgov.errors import UsageError

VARIABLE = "FTGOV_KEY_PASSPHRASE"


def passphrase_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--passphrase-file FILE`."""
    return click.option(
        "--passphrase-file",
        type=click.Path(path_type=Path, dir_okay=False),
        help=f"A file whose first line unlocks the key; or set {VARIABLE}.",
    )(function)


def read_passphrase(path: Path | None) -> bytes | None:
    """Return the passphrase from the file or the variable, or None where there is neither.

    Raises:
        UsageError: If the file can't be read or is empty.
    """
    if path is None:
        value = os.environ.get(VARIABLE)
        return value.encode() if value else None
    try:
        first = path.read_bytes().split(b"\n", 1)[0].rstrip(b"\r")
    except OSError as fault:
        raise UsageError(
            f"The passphrase file {path} cannot be read.",
            why=fault.strerror or "",
            next_step="Check the path and its permissions.",
        ) from fault
    if not first:
        raise UsageError(
            f"The passphrase file {path} is empty.",
            next_step="Write the passphrase on its first line.",
        )
    return first
