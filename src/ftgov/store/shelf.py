"""Where evidence files lie, and whether they still are what their names say."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Final

from ftgov.errors import NotAssessable
from ftgov.records.digest import Digest, bare, digest_stream
from ftgov.store.durable import PARTIAL, partial_file, sync, sync_folder
from ftgov.store.remote import RemoteFolder

_DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}")
_ABSENT: Final = (
    "Restore the file from a backup (of erasable evidence, its key in the vault), or record it "
    "again from its source."
)
_UNREADABLE: Final = "Check its permissions; if it is no plain file, move it away. " + _ABSENT
_ALTERED: Final = (
    "Keep the altered file as a proof, but move it away; then restore the file from a backup, or "
    "record it again from its source."
)
_LEFT_OVER_S: Final = 3600.0  # a copy that was not written to for an hour is nobody's any more

_hashed: set[tuple[Digest, int, int, int, int, int]] = set()
"""Files this process found sound: digest, mtime, ctime, size, inode, device. A change shows."""
_listed: set[Path] = set()
"""Folders of evidence whose own entry this process brought to the disk."""


def place_of(root: Path, digest: Digest) -> Path:
    """Return where the file of a digest belongs: `ab/abcdef...` below the root.

    Raises:
        NotAssessable: If the text is no digest.
    """
    if not _DIGEST.fullmatch(digest):
        raise NotAssessable(
            f"{digest!r} is no digest of evidence.",
            why="A digest is sha256: and 64 hexadecimal digits.",
            next_step="Use the digest that the record names.",
        )
    name = bare(digest)
    return root / name[:2] / name


def _no_link(path: str, flags: int) -> int:
    # No link is followed: what it points at could change after the check. No pipe is waited for.
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK)


def _is_sound(stream: BinaryIO, digest: Digest) -> bool:
    state = os.fstat(stream.fileno())
    times = (state.st_mtime_ns, state.st_ctime_ns)
    stamp = (digest, *times, state.st_size, state.st_ino, state.st_dev)
    if stamp not in _hashed:
        found, _ = digest_stream(stream)
        if found != digest:
            return False
        stream.seek(0)
        _hashed.add(stamp)
    return True


def opened(root: Path, digest: Digest) -> BinaryIO:
    """Open evidence for reading; each file is hashed once per process, and again when it changes.

    Raises:
        NotAssessable: If it is absent, unreadable, or no longer what was recorded.
    """
    place = place_of(root, digest)
    try:
        stream = open(place, "rb", opener=_no_link)  # noqa: SIM115 - Path has no opener
    except OSError as fault:
        raise NotAssessable(
            f"The evidence {digest} cannot be read.",
            why=f"{place}: {fault.strerror}.",
            next_step=_ABSENT if isinstance(fault, FileNotFoundError) else _UNREADABLE,
        ) from fault
    try:
        if _is_sound(stream, digest):
            return stream
    except BaseException:
        stream.close()
        raise
    stream.close()
    raise NotAssessable(
        f"The evidence {digest} is not what was recorded.",
        why=f"The content of {place} has another digest.",
        next_step=_ALTERED,
    )


def shelved(root: Path, digest: Digest, stream: BinaryIO, partial: Path) -> None:
    """Give a finished copy its place, durably and write-protected.

    Raises:
        OSError: If the disk refuses; the file is not in its place then.
    """
    os.fchmod(stream.fileno(), 0o444)
    sync(stream)
    place = place_of(root, digest)
    try:
        place.parent.mkdir()
        listed = False
    except FileExistsError:
        listed = place.parent in _listed
    partial.rename(place)
    sync_folder(place.parent)
    if not listed:
        sync_folder(root)
        _listed.add(place.parent)


def _altered(path: Path) -> str | None:
    if path.is_symlink() or not path.is_file():
        return "not a regular file"
    try:
        with path.open("rb") as stream:
            digest, _ = digest_stream(stream)
    except OSError as fault:
        return f"cannot be read: {fault.strerror}"
    return None if bare(digest) == path.name else f"altered, its content now has {digest}"


def _is_unfinished(root: Path, path: Path) -> bool:
    return path.parent == root and path.name.startswith(PARTIAL) and not path.is_symlink()


def sweep(root: Path, *, now: float) -> None:
    """Delete copies that were interrupted: unfinished files not written to for an hour.

    Args:
        root: The folder of the evidence.
        now: The present by the file system's own clock, in seconds since 1970.
    """
    for path in root.glob(f"{PARTIAL}*"):
        with suppress(OSError):  # another process may sweep at the same time
            if _is_unfinished(root, path) and now - path.stat().st_mtime > _LEFT_OVER_S:
                path.unlink()


def _walked(root: Path) -> Iterator[Path]:
    """Yield what is below a folder, in order; memory grows with the largest folder alone."""
    for path in sorted(root.iterdir() if root.is_dir() else ()):
        yield path
        if path.is_dir() and not path.is_symlink():
            yield from _walked(path)


def problems(root: Path) -> Iterator[str]:
    """Hash every file below the root and tell what is wrong: altered, or out of place.

    An unfinished copy is no evidence and so no fault: somebody records at this very moment, or was
    interrupted, and then a later copy sweeps it away.
    """
    for path in _walked(root):
        if _is_unfinished(root, path) or (path.is_dir() and not path.is_symlink()):
            continue
        shown = path.relative_to(root)
        if not _DIGEST.fullmatch(f"sha256:{path.name}") or shown != Path(path.name[:2], path.name):
            yield f"{shown}: no evidence file, put here by something else"
        elif fault := _altered(path):
            yield f"{shown}: {fault}"


class Shelf:
    """The files of a folder, and of the one that a team keeps elsewhere, if there is one.

    Args:
        root: The folder here; with one elsewhere it holds copies of the files that were used here.
        remote: The folder elsewhere, which is the truth then.
        read_only: Whether nothing may be written here; then only what is here can be read.
    """

    def __init__(self, root: Path, remote: RemoteFolder | None, *, read_only: bool) -> None:
        self.root = root
        self._remote = remote
        self._read_only = read_only

    @property
    def is_shared(self) -> bool:
        """Whether there is a folder elsewhere."""
        return self._remote is not None

    def place(self, digest: Digest) -> Path:
        """Return where the file of a digest belongs in the folder here."""
        return place_of(self.root, digest)

    def has(self, digest: Digest) -> bool:
        """Return whether there is a plain file of the digest, here or elsewhere."""
        place = self.place(digest)
        if os.path.lexists(place):
            return place.is_file() and not place.is_symlink()
        return self._remote is not None and self._remote.has(digest)

    def holds(self, digest: Digest) -> bool:
        """Return whether anything is in the place of a digest, be it sound or not."""
        return os.path.lexists(self.place(digest)) or self.has(digest)

    def open(self, digest: Digest) -> BinaryIO:
        """Open a file for reading, fetched first if it is elsewhere; its content was checked.

        Raises:
            NotAssessable: If it is absent, unreadable, or no longer what was recorded.
            FtgovError: If the folder elsewhere can't be reached.
        """
        if self._remote and not os.path.lexists(self.place(digest)) and self._remote.has(digest):
            self._fetch(self._remote, digest)
        return opened(self.root, digest)

    def put(self, digest: Digest, stream: BinaryIO, partial: Path) -> None:
        """Give a finished copy its place here, then elsewhere.

        Raises:
            OSError: If the disk refuses; the file is not in its place then.
            FtgovError: If the folder elsewhere can't be written.
        """
        shelved(self.root, digest, stream, partial)
        self.send(digest)

    def send(self, digest: Digest) -> None:
        """Put a file that is here where the team keeps it, unless it is there.

        Raises:
            FtgovError: If the folder elsewhere can't be written.
        """
        if self._remote:
            self._remote.push(self.place(digest), digest)

    def problems(self) -> Iterator[str]:
        """Hash every file, here and elsewhere, and tell what is altered or out of place."""
        yield from problems(self.root)
        if self._remote:
            yield from self._remote.problems()

    def _fetch(self, remote: RemoteFolder, digest: Digest) -> None:
        if self._read_only:
            raise NotAssessable(
                f"The evidence {digest} is at {remote.url} and cannot be fetched.",
                why="The workspace is open for reading only, and has no copy of it.",
                next_step="Make the workspace writable for you, or work on a copy.",
            )
        self.root.mkdir(exist_ok=True)
        with partial_file(self.root) as (stream, partial):
            found = remote.pull(digest, stream)
            if found != digest:
                raise NotAssessable(
                    f"The evidence {digest} is not what was recorded.",
                    why=f"Its content at {remote.url} now has {found}.",
                    next_step=_ALTERED,
                )
            shelved(self.root, digest, stream, partial)
