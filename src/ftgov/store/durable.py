"""Writing that survives a crash: a file is there whole under its name, or not there at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final

from ftgov.errors import FtgovError

PARTIAL: Final = ".partial-"
"""How the name of an unfinished file begins; one that is left over was interrupted."""


def sync_folder(folder: Path) -> None:
    """Make what was renamed or made in a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def partial_file(folder: Path) -> Iterator[tuple[BinaryIO, Path]]:
    """Open an unfinished file in a folder, to be renamed by the caller; removed if it is not.

    Raises:
        OSError: If the disk is full or the folder not writable; no file is left then.
    """
    descriptor, name = tempfile.mkstemp(prefix=PARTIAL, dir=folder)
    path = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            yield stream, path
    finally:
        with suppress(OSError):
            path.unlink(missing_ok=True)


def sync(stream: BinaryIO) -> None:
    """Bring all that was written to a file, and its permission bits, to the disk."""
    stream.flush()
    os.fsync(stream.fileno())


def cannot_write(what: str, fault: OSError) -> FtgovError:
    """Return the error for a file that could not be stored, with what to do about it."""
    return FtgovError(
        f"{what} could not be stored.",
        why=fault.strerror or str(fault),
        next_step="Check free disk space, quota and permissions, then try again; "
        "nothing that was stored has changed.",
    )
