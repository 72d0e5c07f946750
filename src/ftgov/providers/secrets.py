"""Keys of hosts: from the environment, a file or the machine's keyring, and shown nowhere."""

from __future__ import annotations

import importlib
import os
from pathlib import Path
from typing import Any, Final, NamedTuple

from ftgov.errors import UsageError

SERVICE: Final = "ftgov"
"""Under which service the keyring is asked; the account is the variable's name."""


class Secret:
    """A key that no text shows by accident."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the key itself; only what speaks to the host may ask."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(...)"

    __str__ = __repr__


class Source(NamedTuple):
    """Where a key is looked for: a file, else the variable, else the keyring."""

    variable: str
    file: Path | None = None


def find_secret(source: Source) -> Secret | None:
    """Return a key, or None where none is set.

    Raises:
        UsageError: If the file is absent or empty, or the key can't be one.
    """
    if source.file is not None:
        return _checked(_first_line(source.file), f"the file {source.file}")
    if value := os.environ.get(source.variable, "").strip():
        return _checked(value, f"the variable {source.variable}")
    kept = _from_keyring(source.variable)
    return _checked(kept, "the keyring") if kept else None


def require_secret(source: Source) -> Secret:
    """Return a key.

    Raises:
        UsageError: If none is set; says where it is looked for.
    """
    found = find_secret(source)
    if found is None:
        raise UsageError(
            f"No key is set: {source.variable} is empty, and the keyring has none.",
            why="A key is read from a file, the environment or the keyring, never from an option.",
            next_step=f"export {source.variable}=... or name a file with --key-file, or store it "
            f"with: keyring set {SERVICE} {source.variable}",
        )
    return found


def _first_line(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").partition("\n")[0].strip()
    except (OSError, UnicodeDecodeError) as fault:
        raise UsageError(
            f"The key file {path} cannot be read.",
            why=getattr(fault, "strerror", None) or "It is no text.",
            next_step="Check the path and its permissions.",
        ) from fault


def _from_keyring(account: str) -> str | None:
    """Return what the machine's keyring holds, where the package `keyring` is installed."""
    try:
        keyring: Any = importlib.import_module("keyring")
    except ImportError:
        return None
    try:
        value = keyring.get_password(SERVICE, account)
    except Exception as fault:  # noqa: BLE001 - each backend has faults of its own
        raise UsageError(
            f"The keyring cannot be asked for {account}: {type(fault).__name__}.",
            next_step=f"Unlock it, or set {account}.",
        ) from None
    return value if isinstance(value, str) else None


def _checked(value: str, where: str) -> Secret:
    if len(value) < 8 or not value.isascii() or not value.isprintable() or " " in value:
        raise UsageError(
            f"What {where} holds is no key.",
            why="A key is at least eight printable characters without a space.",
            next_step="Put the key there, alone on the first line.",
        )
    return Secret(value)
