"""Plain copies of sealed evidence, for readers that need a file: as short-lived as can be.

They lie in a folder of this process alone (0700), which is removed when the store is closed. After
a crash the next process that opens the store removes it: whoever lives holds a lock on its folder.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import weakref
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Final

from ftgov.records.digest import Digest
from ftgov.store.shelf import opened, place_of

_NAME: Final = "open-"
_UNFINISHED: Final = ".opening-"
_LOCK: Final = "lock"


class PlainCopies:
    """Decrypted files of one process.

    Args:
        parent: Where the folder is made when it is first needed; None for the system's own place
            for temporary files, where the workspace can't be written to.
    """

    def __init__(self, parent: Path | None) -> None:
        self._parent = parent
        self._folder: Path | None = None
        self._leave: Callable[[], object] = lambda: None

    def path(self, digest: Digest, content: Callable[[], BinaryIO]) -> Path:
        """Return a file that holds a content, copied from the stream if there is none yet.

        Raises:
            OSError: If the disk is full.
            NotAssessable: If the copy is not what the digest says.
        """
        place = place_of(self._made(), digest)
        if not place.exists():
            place.parent.mkdir(mode=0o700, exist_ok=True)
            partial = place.with_suffix(".partial")
            descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as target, content() as source:
                shutil.copyfileobj(source, target, 1 << 20)
            partial.chmod(0o400)
            partial.rename(place)
        opened(self._made(), digest).close()
        return place

    def scratch(self) -> Path:
        """Return a folder for files on their way in; it goes when the copies go.

        Raises:
            OSError: If it can't be made.
        """
        folder = self._made() / "incoming"
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder

    def drop(self, digest: Digest) -> None:
        """Remove a copy, if there is one."""
        if self._folder:
            place_of(self._folder, digest).unlink(missing_ok=True)

    def close(self) -> None:
        """Remove all copies."""
        self._leave()
        self._folder = None

    def _made(self) -> Path:
        if self._folder is None:
            folder = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=self._parent))
            lock = os.open(folder / _LOCK, os.O_WRONLY | os.O_CREAT, 0o600)
            fcntl.flock(lock, fcntl.LOCK_EX)
            # Under its lasting name it is locked already, so that nobody sweeps it away.
            self._folder = folder.rename(folder.with_name(_NAME + folder.name[len(_UNFINISHED) :]))
            self._leave = weakref.finalize(self, _remove, self._folder, lock)
        return self._folder


def sweep_copies(parent: Path) -> None:
    """Remove the plain copies of processes that are gone."""
    for folder in parent.glob(f"{_NAME}*"):
        with suppress(OSError):  # another process may sweep at the same time
            lock = os.open(folder / _LOCK, os.O_WRONLY | os.O_NOFOLLOW)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BaseException:
                os.close(lock)
                raise
            _remove(folder, lock)


def _remove(folder: Path, lock: int) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    os.close(lock)
