"""Evidence: files kept under their SHA-256, written once, and checked whenever they are opened."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO, Final

from pydantic import ValidationError

from ftgov.errors import FtgovError, UsageError
from ftgov.records.digest import Digest
from ftgov.records.evidence import Evidence
from ftgov.records.media_type import media_type_of
from ftgov.store.durable import cannot_write, partial_file, sync, sync_folder
from ftgov.store.shelf import opened, place_of, problems, sweep

_CHUNK: Final = 1 << 20


class EvidenceStore:
    """Evidence files below a folder, each at `ab/abcdef...`; an `EvidenceReader` that takes in too.

    Args:
        root: The folder; it exists.
        read_only: Whether taking in is refused.
    """

    def __init__(self, root: Path, *, read_only: bool = False) -> None:
        self._root = root
        self._read_only = read_only

    def put_file(
        self, path: Path, *, name: str | None = None, media_type: str | None = None
    ) -> Evidence:
        """Take in a copy of a file, of any size; the same content is kept once.

        Args:
            path: The file, which is left alone.
            name: The name that people know it by; the file's own by default.
            media_type: By default what the name stands for.

        Raises:
            UsageError: If there is no such file.
            FtgovError: If it can't be read or the copy not be written; nothing was stored then.
        """
        if not path.is_file():
            raise UsageError(
                f"{path} is no file that can be recorded.",
                why="There is nothing at that path, or it is a folder or a device.",
                next_step="Check the path.",
            )
        try:
            source = path.open("rb")
        except OSError as fault:
            raise FtgovError(
                f"{path} cannot be read.",
                why=fault.strerror or str(fault),
                next_step="Check the file's permissions.",
            ) from fault
        with source:
            return self._put(iter(lambda: source.read(_CHUNK), b""), name or path.name, media_type)

    def put_bytes(self, content: bytes, *, name: str, media_type: str | None = None) -> Evidence:
        """Take in bytes as a file; see `put_file`."""
        return self._put([content], name, media_type)

    def open(self, digest: Digest) -> BinaryIO:
        """Open evidence for reading, after its content was checked against the digest.

        Raises:
            NotAssessable: If it is absent, or no longer what was recorded.
        """
        return opened(self._root, digest)

    def path(self, digest: Digest) -> Path:
        """Return the file that holds the evidence, after its content was checked.

        Raises:
            NotAssessable: If it is absent, or no longer what was recorded.
        """
        self.open(digest).close()
        return place_of(self._root, digest)

    def has(self, digest: Digest) -> bool:
        """Return whether there is a file for the digest; `open` tells whether it is sound."""
        place = place_of(self._root, digest)
        return place.is_file() and not place.is_symlink()

    def verify(self) -> tuple[str, ...]:
        """Hash every file again and return what is wrong: altered files, and files out of place."""
        return tuple(problems(self._root))

    def _put(self, chunks: Iterable[bytes], name: str, media_type: str | None) -> Evidence:
        if self._read_only:
            raise FtgovError(
                f"The evidence {name} was not taken in: the workspace is open for reading only.",
                why="You may not write to this workspace's folder.",
                next_step="Make the workspace writable for you, or work on a copy.",
            )
        described = _described(name, media_type)
        try:
            digest, size = self._stored(chunks)
        except OSError as fault:
            raise cannot_write(f"The evidence {name}", fault) from fault
        return described.model_copy(update={"digest": digest, "bytes": size})

    def _stored(self, chunks: Iterable[bytes]) -> tuple[Digest, int]:
        """Copy and hash in one pass, then give the file its name; an equal one stays as it is."""
        hashed, size = hashlib.sha256(), 0
        self._root.mkdir(exist_ok=True)
        with partial_file(self._root) as (stream, partial):
            sweep(self._root, now=os.fstat(stream.fileno()).st_mtime)
            for chunk in chunks:
                hashed.update(chunk)
                size += stream.write(chunk)
            digest: Digest = "sha256:" + hashed.hexdigest()
            if self.has(digest):
                # An altered copy is told, never papered over; only an absent one is made again.
                self.path(digest)
                return digest, size
            os.fchmod(stream.fileno(), 0o444)
            sync(stream)
            place = place_of(self._root, digest)
            place.parent.mkdir(exist_ok=True)
            partial.rename(place)
        sync_folder(place.parent)
        sync_folder(self._root)
        return digest, size


def _described(name: str, media_type: str | None) -> Evidence:
    """Return the record to be, so that a bad name is told before anything is written."""
    try:
        return Evidence(
            digest="sha256:" + "0" * 64,
            bytes=0,
            name=name,
            media_type=media_type or media_type_of(name),
        )
    except ValidationError as fault:
        raise FtgovError(
            f"Evidence cannot be named {name!r}.",
            why=str(fault.errors()[0]["msg"]),
            next_step="Give it a name of 1 to 255 characters.",
        ) from fault
