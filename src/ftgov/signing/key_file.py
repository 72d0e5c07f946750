"""Files of private keys: PKCS#8 in PEM, for their owner's eyes alone, never written over.

Sources: RFC 5958 (PKCS#8); RFC 7468 (PEM).
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

from ftgov.errors import FtgovError, UsageError

_LONGEST: Final = 16_384


def write_key_file(path: Path, key: PrivateKeyTypes, passphrase: bytes | None) -> None:
    """Write a private key to a new file that only its owner can read.

    Args:
        path: The file to make; an existing one is never replaced.
        key: The key.
        passphrase: Encrypts it; None leaves it in plain PKCS#8.

    Raises:
        FtgovError: If the file exists or cannot be made, or the passphrase is empty.
    """
    if passphrase is not None and not passphrase:
        raise UsageError("The passphrase is empty.", next_step="Give one, or none at all.")
    lock = serialization.BestAvailableEncryption(passphrase) if passphrase else None
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        lock or serialization.NoEncryption(),
    )
    try:
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as fault:
        raise FtgovError(
            f"The key file {path} cannot be made: {fault.strerror}.",
            why="A key is never written over a file that is there.",
            next_step="Choose another path in a folder that exists.",
        ) from fault
    with os.fdopen(number, "wb") as file:
        file.write(pem)


def read_key_file(path: Path, *, make: str) -> bytes:
    """Return the content of a key file, after checking on the open file who else could read it.

    Args:
        path: The file; nobody but its owner may have rights on it.
        make: The command that makes such a key.

    Raises:
        UsageError: If the file is absent.
        FtgovError: If it cannot be read, or others than its owner can.
    """
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            content = file.read(_LONGEST)
    except FileNotFoundError as fault:
        raise UsageError(
            f"The key file {path} does not exist.", next_step=f"Make one: {make}"
        ) from fault
    except OSError as fault:
        raise FtgovError(f"The key file {path} cannot be read: {fault.strerror}.") from fault
    if stat.S_IMODE(status.st_mode) & 0o077:
        raise FtgovError(
            f"The key file {path} is open to others than its owner "
            f"(mode {stat.S_IMODE(status.st_mode):04o}).",
            why="Whoever can read a key can sign with it.",
            next_step=f"chmod 600 {path}; if others had access, revoke the key.",
        )
    return content


def open_key(path: Path, content: bytes, passphrase: bytes | None) -> PrivateKeyTypes:
    """Return the key in a PEM, or say what is wrong without showing any of it.

    Args:
        path: Where it comes from, to be named in errors.
        content: The PEM.
        passphrase: What it was encrypted with; None if it was not.

    Raises:
        FtgovError: If the passphrase is wrong, missing or too much, or this is no key.
    """
    try:
        return serialization.load_pem_private_key(content, passphrase)
    except TypeError as fault:
        wanted = "needs a passphrase" if passphrase is None else "is not encrypted"
        raise FtgovError(
            f"The key file {path} {wanted}.",
            next_step="Give the passphrase exactly if the key was saved with one.",
        ) from fault
    except (ValueError, UnsupportedAlgorithm) as fault:
        raise FtgovError(
            f"The key file {path} cannot be opened.",
            why="The passphrase is wrong or the file is no PKCS#8 PEM key.",
            next_step="Try the passphrase again, or restore the key from your copy.",
        ) from fault
