"""Reading a bundle, a folder or a zip archive alike, from a maker who may be hostile."""

from __future__ import annotations

import os
import stat
import zipfile
import zlib
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import BinaryIO, Self, cast

from ftgov.errors import FtgovError, UsageError
from ftgov.records.digest import Digest, digest_stream
from ftgov.signing.names import FOLDERS, MAX_BYTES, check_names, malformed
from ftgov.signing.zip_form import check_ending, check_entries

LARGEST_DOCUMENT = 64_000_000
"""The largest JSON document that is read into memory, in bytes."""

_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError)


class Bundle(ABC):
    """An open bundle: a closed list of regular files with safe names. Close it, or use `with`."""

    names: tuple[str, ...]

    @abstractmethod
    def open(self, name: str) -> BinaryIO:
        """Open a listed file for reading."""

    @abstractmethod
    def sound(self, name: str) -> AbstractContextManager[None]:
        """Turn what may go wrong while a file is read into an `FtgovError` that names it."""

    def close(self) -> None:  # noqa: B027 - a folder has nothing to close
        """Let go of the archive, if it is one."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def digest(self, name: str) -> Digest:
        """Return the digest of a file's content, read as a stream.

        Raises:
            InvalidBundle: If an archive's entry can't be unpacked.
        """
        with self.sound(name), self.open(name) as stream:
            return digest_stream(stream)[0]

    def read(self, name: str) -> bytes:
        """Return the content of a JSON document.

        Raises:
            InvalidBundle: If it is absent, can't be unpacked, or is larger than `LARGEST_DOCUMENT`.
        """
        if name not in self.names:
            raise malformed(f"The bundle has no {name}.")
        with self.sound(name), self.open(name) as stream:
            content = stream.read(LARGEST_DOCUMENT + 1)
        if len(content) > LARGEST_DOCUMENT:
            raise malformed(f"{name} is larger than {LARGEST_DOCUMENT} bytes.")
        return content


class FolderBundle(Bundle):
    """A bundle that lies in a folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        with self.sound(str(root)):
            found = dict(_scan(root))
        check_names(found)
        if sum(found.values()) > MAX_BYTES:
            raise malformed(f"The bundle holds more than {MAX_BYTES} bytes.")
        self.names = tuple(sorted(found))

    def open(self, name: str) -> BinaryIO:
        """Open a file, refusing what became a link or special file since the folder was read."""
        number = os.open(self.root / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        if not stat.S_ISREG(os.fstat(number).st_mode):
            os.close(number)
            raise malformed(f"{name} is not a regular file.")
        return os.fdopen(number, "rb")

    @contextmanager
    def sound(self, name: str) -> Iterator[None]:
        """Turn an error of the file system into an `FtgovError`."""
        try:
            yield
        except OSError as fault:
            raise FtgovError(
                f"{name} cannot be read: {fault.strerror}.",
                next_step="Check the rights on the bundle's files, then try again.",
            ) from fault


def _scan(root: Path) -> Iterator[tuple[str, int]]:
    """Yield name and size of every file; links, special files, unknown folders are errors."""
    for entry in _entries(root, ""):
        kind = os.lstat(root / entry).st_mode
        if not stat.S_ISDIR(kind):
            yield _regular(root, entry)
            continue
        if entry not in FOLDERS:
            raise malformed(f"The bundle has a folder that does not belong in it: {entry!a}.")
        inside = _entries(root / entry, entry + "/")
        if not inside and entry != "attestations":  # an attestation that is gone is told later
            raise malformed(f"The bundle has an empty folder: {entry}.")
        for inner in inside:
            yield _regular(root, inner)


def _entries(folder: Path, prefix: str) -> list[str]:
    return [prefix + name for name in os.listdir(folder)]  # noqa: PTH208 - names, not paths


def _regular(root: Path, name: str) -> tuple[str, int]:
    status = os.lstat(root / name)
    if not stat.S_ISREG(status.st_mode):
        raise malformed(f"The bundle has a link, folder or special file: {name!a}.")
    return name, status.st_size


class ZipBundle(Bundle):
    """A bundle that lies in a zip archive."""

    def __init__(self, path: Path) -> None:
        self._stream = path.open("rb")
        try:
            with self.sound(str(path)):
                directory = check_ending(self._stream)
                self._archive = zipfile.ZipFile(self._stream)
                check_entries(self._stream, self._archive, directory)
            self.names = _file_names(self._archive.infolist())
        except FtgovError:
            self._stream.close()
            raise

    def open(self, name: str) -> BinaryIO:
        """Open an entry; its checksum and size are checked as it is read to its end."""
        return cast("BinaryIO", self._archive.open(name))

    @contextmanager
    def sound(self, name: str) -> Iterator[None]:
        """Turn all that `zipfile` raises on a broken archive into `InvalidBundle`."""
        try:
            yield
        except _BROKEN as fault:
            raise malformed(f"{name} cannot be unpacked.", why=str(fault)) from fault

    def close(self) -> None:
        """Close the archive."""
        self._archive.close()
        self._stream.close()


def _file_names(entries: list[zipfile.ZipInfo]) -> tuple[str, ...]:
    """Return the sorted names of all files, after checking them and the folders beside them."""
    folders = [entry.filename.rstrip("/") for entry in entries if entry.is_dir()]
    names = [entry.filename for entry in entries if not entry.is_dir()]
    filled = {name.partition("/")[0] for name in names if "/" in name} & FOLDERS
    if len(set(folders)) != len(folders) or not set(folders) <= filled:
        raise malformed("The archive has folders that do not belong in a bundle.")
    check_names(names)
    return tuple(sorted(names))


def open_bundle(path: Path) -> Bundle:
    """Open a bundle: a folder, or a file that must be a zip archive.

    Raises:
        UsageError: If the path does not exist or is neither file nor folder.
        InvalidBundle: If it has links, special files, unsafe, doubled or too many names, or if the
            archive is damaged, ambiguous, encrypted or a bomb.
    """
    if path.is_dir():
        return FolderBundle(path)
    if not path.is_file():
        raise UsageError(
            f"There is no bundle at {path}.", next_step="Give the folder or .zip of a bundle."
        )
    try:
        return ZipBundle(path)
    except OSError as fault:
        raise FtgovError(f"The bundle {path} cannot be read: {fault.strerror}.") from fault
