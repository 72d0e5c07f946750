"""Passphrases and PINs: from a file, a variable or a prompt, never from an option's value."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ftgov.errors import UsageError

if TYPE_CHECKING:
    from ftgov.signing.keys import SigningKey
    from ftgov.store.workspace import Workspace

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


def ask_passphrase(prompt: str, *, confirm: bool = False) -> bytes | None:
    """Return what a person types without showing it, or None where nobody can type.

    Args:
        prompt: What is asked for.
        confirm: Whether it has to be typed twice.
    """
    if not sys.stdin.isatty():
        return None
    typed: str = click.prompt(prompt, hide_input=True, confirmation_prompt=confirm, err=True)
    return typed.encode()


def unlocking(workspace: Workspace, name: str, path: Path | None) -> bytes | None:
    """Return what opens a key: from the file, the variable or a prompt; None if it is open.

    Raises:
        UsageError: If the file can't be read, or the name can be no key's.
    """
    from ftgov.api.keys import needs_secret

    given = read_passphrase(path)
    if given is None and needs_secret(workspace, name):
        return ask_passphrase(f"Passphrase or PIN of the key '{name}'")
    return given


def signing_key(workspace: Workspace, name: str, path: Path | None) -> SigningKey:
    """Return a key of the workspace, opened with what a file, a variable or a prompt gives.

    Raises:
        NotAssessable: If there is no key of that name.
        FtgovError: If the passphrase or PIN is missing or wrong, or a token can't be reached.
    """
    from ftgov.api.keys import load_key

    return load_key(workspace, name, unlocking(workspace, name, path))
