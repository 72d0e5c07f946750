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
from ftgov.store.durable import PARTIAL

_DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}")
_ABSENT: Final = "Restore the file from a backup, or record it again from its source."
_UNREADABLE: Final = "Check its permissions; if it is no plain file, move it away. " + _ABSENT
_ALTERED: Final = (
    "Keep the altered file as a proof, but move it away; then restore the file from a backup, or "
    "record it again from its source."
)
_LEFT_OVER_S: Final = 3600.0  # a copy that was not written to for an hour is nobody's any more

_hashed: set[tuple[Digest, int, int, int, int, int]] = set()
"""Files this process found sound: digest, mtime, ctime, size, inode, device. A change shows."""


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


def problems(root: Path) -> Iterator[str]:
    """Hash every file below the root and tell what is wrong: altered, or out of place.

    An unfinished copy is no evidence and so no fault: somebody records at this very moment, or was
    interrupted, and then a later copy sweeps it away.
    """
    for path in sorted(root.rglob("*")):
        if _is_unfinished(root, path) or (path.is_dir() and not path.is_symlink()):
            continue
        shown = path.relative_to(root)
        if not _DIGEST.fullmatch(f"sha256:{path.name}") or shown != Path(path.name[:2], path.name):
            yield f"{shown}: no evidence file, put here by something else"
        elif fault := _altered(path):
            yield f"{shown}: {fault}"
