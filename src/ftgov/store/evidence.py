"""Evidence: files kept under their SHA-256, written once, and checked whenever they are opened."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

from pydantic import ValidationError

from ftgov.errors import FtgovError, LedgerTampered, UsageError
from ftgov.records.digest import Digest
from ftgov.records.evidence import Evidence
from ftgov.records.media_type import media_type_of
from ftgov.store.durable import cannot_write, partial_file
from ftgov.store.remote import RemoteFolder
from ftgov.store.sealed import Erasures, Kept, SealedEvidence
from ftgov.store.shelf import Shelf, sweep

_CHUNK: Final = 1 << 20


class Incoming(NamedTuple):
    """A file to be taken in with others: its name for people, and its bytes or where they are."""

    name: str
    content: bytes | Path
    media_type: str | None = None
    erasable: bool = False


class EvidenceStore:
    """Evidence files below a folder, each at `ab/abcdef...`; an `EvidenceReader` that takes in too.

    Args:
        root: The folder; it exists. Keys of erasable evidence are in `vault` beside it.
        read_only: Whether taking in is refused.
        erasures: What the ledger says was erased; asked only where evidence can't be found.
        remote: Where a team keeps the files; the folder then holds copies of those used here.
    """

    def __init__(
        self,
        root: Path,
        *,
        read_only: bool = False,
        erasures: Erasures = lambda: (),
        remote: RemoteFolder | None = None,
    ) -> None:
        self._root = root
        self._read_only = read_only
        self._shelf = Shelf(root, remote, read_only=read_only)
        self.sealed = SealedEvidence(self._shelf, read_only=read_only, erasures=erasures)

    def put_file(
        self,
        path: Path,
        *,
        name: str | None = None,
        media_type: str | None = None,
        erasable: bool = False,
    ) -> Evidence:
        """Take in a copy of a file, of any size; the same content is kept once.

        Content that was first kept erasable stays so, however often it is taken in.

        Args:
            path: The file, which is left alone.
            name: The name that people know it by; the file's own by default.
            media_type: By default what the name stands for.
            erasable: Keep it encrypted, under a key of its own that can be destroyed.

        Raises:
            UsageError: If there is no such file.
            FtgovError: If it can't be read or the copy not be written, or is to be erasable but is
                kept in clear already; nothing was stored then.
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
            chunks = iter(lambda: source.read(_CHUNK), b"")
            return self._put(chunks, name or path.name, media_type, erasable=erasable)

    def put_bytes(
        self, content: bytes, *, name: str, media_type: str | None = None, erasable: bool = False
    ) -> Evidence:
        """Take in bytes as a file; see `put_file`."""
        return self._put([content], name, media_type, erasable=erasable)

    def put_all(self, incoming: Sequence[Incoming], pool: Executor) -> list[Evidence]:
        """Take in many files, several at a time; each as `put_file` or `put_bytes` would.

        What the ledger says of erasures is asked once for all of them. Where one can't be taken in,
        others may be in their place already: a file that no record names does no harm.

        Args:
            incoming: The files.
            pool: What writes them; the disk is waited for outside the interpreter's lock.

        Raises:
            UsageError: If there is no such file.
            FtgovError: As `put_file` does.
        """
        clear = [each for each in incoming if not each.erasable]
        erasable = [each for each in incoming if each.erasable]
        with self.at_once():
            kept = dict(zip(clear, pool.map(self._take, clear), strict=True))
            # After those in clear, so that what is both is refused whatever the threads do.
            kept |= dict(zip(erasable, pool.map(self._take, erasable), strict=True))
        return [kept[each] for each in incoming]

    def _take(self, one: Incoming) -> Evidence:
        name, media_type, erasable = one.name, one.media_type, one.erasable
        if isinstance(one.content, bytes):
            return self.put_bytes(one.content, name=name, media_type=media_type, erasable=erasable)
        return self.put_file(one.content, name=name, media_type=media_type, erasable=erasable)

    def scratch(self) -> Path:
        """Return a folder for files on their way in, such as downloads, of this process alone.

        It is removed when the store is closed; after a crash, when the workspace is opened again,
        so that what is to be erasable is not left behind in clear.

        Raises:
            FtgovError: If it can't be made.
        """
        try:
            return self.sealed.scratch()
        except OSError as fault:
            raise cannot_write("A file on its way in", fault) from fault

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Take in many files within: erasures are asked once, and the keys are listed once.

        Otherwise each file would be compared with a list that grows with every one before it.
        """
        with self.sealed.asked_once():
            yield

    def open(self, digest: Digest) -> BinaryIO:
        """Open evidence for reading, after its content was checked against the digest.

        Raises:
            NotAssessable: If it is absent or erased, or no longer what was recorded.
        """
        if self._shelf.holds(digest):
            return self._shelf.open(digest)
        return self.sealed.open(digest)

    def path(self, digest: Digest) -> Path:
        """Return a file that holds the evidence, after its content was checked.

        Of erasable evidence it is a copy that is there until the store is closed.

        Raises:
            NotAssessable: If it is absent or erased, or no longer what was recorded.
        """
        if self._shelf.holds(digest):
            self._shelf.open(digest).close()
            return self._shelf.place(digest)
        return self.sealed.path(digest)

    def has(self, digest: Digest) -> bool:
        """Return whether there is a file for the digest; `open` tells whether it is sound."""
        if self._shelf.has(digest):
            return True
        return not self._shelf.holds(digest) and self.sealed.key_of(digest) is not None

    def lies_in_clear(self, digest: Digest) -> bool:
        """Return whether content is kept as a plain file, and so can't be made erasable."""
        return self._shelf.has(digest)

    def fault(self, digest: Digest, sealed: Digest | None = None) -> str | None:
        """Return why a file that a record names is not here, or None where all is well.

        Args:
            digest: What the record says of its content.
            sealed: What it says of its ciphertext.
        """
        if not self.has(sealed or digest):
            return "is gone"
        if sealed is None or self.has(digest):
            return None
        with suppress(LedgerTampered):  # an altered entry erases nothing; the ledger's check tells
            if self.sealed.erased(digest):
                return None
        return "cannot be read: its key is lost, and no entry says that it was erased"

    @property
    def is_shared(self) -> bool:
        """Whether a team keeps the files at one place, so that none may be missing there."""
        return self._shelf.is_shared

    def verify(self) -> tuple[str, ...]:
        """Hash every file again and return what is wrong: altered files, and files out of place.

        Erasable evidence whose key is there is unsealed too.
        """
        return (*self._shelf.problems(), *self.sealed.problems())

    def close(self) -> None:
        """Remove the plain copies of erasable evidence; closing twice does no harm."""
        self.sealed.close()

    def _put(
        self, chunks: Iterable[bytes], name: str, media_type: str | None, *, erasable: bool
    ) -> Evidence:
        if self._read_only:
            raise FtgovError(
                f"The evidence {name} was not taken in: the workspace is open for reading only.",
                why="You may not write to this workspace's folder.",
                next_step="Make the workspace writable for you, or work on a copy.",
            )
        described = _described(name, media_type)
        try:
            self._root.mkdir(exist_ok=True)
            kept = self.sealed.put(chunks) if erasable else self._stored(chunks)
        except OSError as fault:
            raise cannot_write(f"The evidence {name}", fault) from fault
        return described.model_copy(update=kept._asdict())

    def _stored(self, chunks: Iterable[bytes]) -> Kept:
        """Copy and hash in one pass, then give the file its name; an equal one stays as it is."""
        hashed, size = hashlib.sha256(), 0
        with partial_file(self._root) as (stream, partial):
            if not self.sealed.is_swept:
                sweep(self._root, now=os.fstat(stream.fileno()).st_mtime)
            for chunk in chunks:
                hashed.update(chunk)
                size += stream.write(chunk)
            digest: Digest = "sha256:" + hashed.hexdigest()
            if self.has(digest):
                # An altered copy is told, never papered over; only an absent one is made again.
                self.open(digest).close()
                standing = self.sealed.key_of(digest)
                if self._shelf.has(digest):
                    self._shelf.send(digest)
                    return Kept(digest, size)
                return Kept(digest, size, standing.sealed if standing else None)
            self._refuse_erased(digest)
            self._shelf.put(digest, stream, partial)
        return Kept(digest, size)

    def _refuse_erased(self, digest: Digest) -> None:
        if erasure := self.sealed.erased(digest):
            raise FtgovError(
                f"The content {digest} was erased at {erasure.erased_at}.",
                why=f"{erasure.legal_basis}: {erasure.reason}. Now it would lie in clear.",
                next_step="If it is to be had again, record it with --erasable.",
            )


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
