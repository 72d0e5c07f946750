"""Sealed evidence: kept as ciphertext among the other files, its key in the vault."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, NamedTuple

from ftgov.errors import FtgovError, LedgerTampered, NotAssessable
from ftgov.records.digest import Digest, digest_stream
from ftgov.records.erasure import Erasure
from ftgov.store.durable import cannot_write, partial_file
from ftgov.store.plain_copies import PlainCopies, sweep_copies
from ftgov.store.sealing import sealed, unsealed
from ftgov.store.shelf import Shelf, sweep
from ftgov.store.vault import SealedKey, Vault, fresh_secret

Erasures = Callable[[], Iterable[Erasure]]
"""Asks the ledger what was erased."""


class Kept(NamedTuple):
    """What was taken in: digest of the content, its length, and the ciphertext's digest if any."""

    digest: Digest
    bytes: int
    sealed: Digest | None = None


class SealedEvidence:
    """The files whose content can be erased.

    Args:
        shelf: The evidence; the vault lies beside its folder.
        read_only: Whether the workspace can't be written to.
        erasures: What the ledger says was erased.
    """

    def __init__(self, shelf: Shelf, *, read_only: bool, erasures: Erasures) -> None:
        self._shelf = shelf
        self._root = root = shelf.root
        self._erasures = erasures
        self.vault = Vault(root.parent / "vault")
        self._copies = PlainCopies(None if read_only else root.parent)
        self._sound: set[tuple[Digest, Digest, str]] = set()
        self._erased: dict[Digest, Erasure] = {}
        self._asked = False
        self._turns = threading.Condition()
        self._being_put: set[Digest] = set()
        if not read_only:
            sweep_copies(root.parent)

    def put(self, chunks: Iterable[bytes]) -> Kept:
        """Take in a content in one pass; the same content has one ciphertext, one key.

        Raises:
            OSError: If the disk is full; nothing was stored then.
            FtgovError: If the content is kept in clear already, so that it could not be erased.
        """
        secret = fresh_secret()
        plain, cipher, size = hashlib.sha256(), hashlib.sha256(), 0

        def counted() -> Iterator[bytes]:
            nonlocal size
            for chunk in chunks:
                plain.update(chunk)
                size += len(chunk)
                yield chunk

        with partial_file(self._root) as (stream, partial):
            if not self._asked:
                sweep(self._root, now=os.fstat(stream.fileno()).st_mtime)
            for part in sealed(counted(), key=secret.key, prefix=secret.prefix):
                cipher.update(part)
                stream.write(part)
            digest: Digest = f"sha256:{plain.hexdigest()}"
            with self._alone(digest):
                _refuse_clear(self._shelf, digest)
                if standing := self._standing(digest):
                    self.open(digest).close()
                    self._shelf.send(standing.sealed)
                    return Kept(digest, size, standing.sealed)
                kept = f"sha256:{cipher.hexdigest()}"
                # The key comes first: a crash then leaves a key without a file, which opens nothing
                # and is passed over; a file without a key would be lost.
                self.vault.keep(
                    SealedKey(id=secret.id, key=secret.key.hex(), sealed=kept, plain=digest)
                )
                self._shelf.put(kept, stream, partial)
        return Kept(digest, size, kept)

    @contextmanager
    def _alone(self, digest: Digest) -> Iterator[None]:
        """Let one thread at a time take in a content, so that it gets one key."""
        with self._turns:
            self._turns.wait_for(lambda: digest not in self._being_put)
            self._being_put.add(digest)
        try:
            yield
        finally:
            with self._turns:
                self._being_put.discard(digest)
                self._turns.notify_all()

    @contextmanager
    def asked_once(self) -> Iterator[None]:
        """Ask for erasures, list the vault and sweep once for all that is taken in within."""
        self._erased = _by_digest(self._erasures())
        # Where nothing can be written, taking in says so.
        with suppress(OSError), partial_file(self._root) as (stream, _):
            sweep(self._root, now=os.fstat(stream.fileno()).st_mtime)
        self._asked = True
        try:
            with self.vault.listed_once():
                yield
        finally:
            self._asked = False

    def key_of(self, digest: Digest) -> SealedKey | None:
        """Return the key of a content whose ciphertext is here, or None."""
        key = self._standing(digest)
        return key if key and self._shelf.has(key.sealed) else None

    def has_key_of(self, sealed: Digest, digest: Digest) -> bool:
        """Return whether the key of a ciphertext is here, be the ciphertext here or not."""
        return any(key.sealed == sealed for key in self.vault.all_of(digest))

    def _standing(self, digest: Digest) -> SealedKey | None:
        """Return a key of a content whose ciphertext opens, else one whose place is not empty."""
        held: list[SealedKey] = []
        for keys in (self.vault.known_of, self.vault.all_of):
            held = [key for key in keys(digest) if self._shelf.holds(key.sealed)]
            if held:
                break
        if len(held) > 1:
            for key in held:
                with suppress(NotAssessable):
                    self._opened(key).close()
                    return key
        return held[0] if held else None

    def open(self, digest: Digest) -> BinaryIO:
        """Open a sealed content, after all of it was checked; it is never written to disk.

        Raises:
            NotAssessable: If it was erased, its key is lost, or its file is not what was recorded.
        """
        key = self._standing(digest) or self.vault.of(digest)
        if key is None:
            raise self._without_key(digest)
        return self._opened(key)

    def _opened(self, key: SealedKey) -> BinaryIO:
        digest = key.plain
        raw = self._shelf.open(key.sealed)
        try:
            stream = unsealed(raw, key=key.secret)
            if (digest, key.sealed, key.id) not in self._sound:
                if digest_stream(stream)[0] != digest:
                    raise ValueError("its key opens another content")
                stream.seek(0)
                self._sound.add((digest, key.sealed, key.id))
        except BaseException as fault:
            raw.close()
            if isinstance(fault, ValueError):
                raise _not_sealed_so(digest, str(fault)) from fault
            raise
        return stream

    def path(self, digest: Digest) -> Path:
        """Return a file with the content, which is there until the store is closed.

        Raises:
            NotAssessable: As `open` does.
            FtgovError: If the copy can't be written.
        """
        self.open(digest).close()
        try:
            return self._copies.path(digest, lambda: self.open(digest))
        except OSError as fault:
            raise cannot_write(f"A readable copy of {digest}", fault) from fault

    def scratch(self) -> Path:
        """Return a folder for plain files that goes with the plain copies, also after a crash."""
        return self._copies.scratch()

    def destroy(self, key_ids: Iterable[str]) -> None:
        """Destroy keys, and the plain copies of what they opened; those that are gone stay so.

        Raises:
            FtgovError: If one can't be destroyed.
        """
        sweep_copies(self._root.parent)
        for key_id in key_ids:
            if key := self.vault.get(key_id):
                self._copies.drop(key.plain)
            self.vault.destroy(key_id)

    def problems(self) -> Iterator[str]:
        """Unseal every file that has a key and tell what is wrong; tell keys that outlived.

        A key without a file is no fault here: it was kept just before a crash, or the file is gone,
        which the records that name it tell.
        """
        yield from self.vault.problems()
        erasures: Iterable[Erasure] = ()
        with suppress(LedgerTampered):  # the ledger's own check tells where
            erasures = self._erasures()
        for erasure in erasures:
            for key_id in erasure.keys:
                if self.vault.get(key_id):
                    yield (
                        f"{erasure.name} says that {key_id} is destroyed, but it is there: "
                        "open the workspace where it can be written to, or erase it again"
                    )
        for key in self.vault.every():
            if not self._shelf.holds(key.sealed):
                continue
            try:
                self._sound.discard((key.plain, key.sealed, key.id))
                self._opened(key).close()
            except NotAssessable as fault:
                yield f"{fault.what} {fault.why}"

    def close(self) -> None:
        """Remove the plain copies."""
        self._copies.close()

    @property
    def is_swept(self) -> bool:
        """Whether `asked_once` swept already."""
        return self._asked

    def erased(self, digest: Digest) -> Erasure | None:
        """Return the erasure of a content that the ledger knows of, or None.

        Raises:
            LedgerTampered: If what the ledger says of erasures is not what was recorded.
        """
        if digest not in self._erased and not self._asked:
            self._erased = _by_digest(self._erasures())
        return self._erased.get(digest)

    def _without_key(self, digest: Digest) -> NotAssessable:
        if erasure := self.erased(digest):
            return NotAssessable(
                f"The evidence {digest} was erased at {erasure.erased_at}.",
                why=f"{erasure.legal_basis}: {erasure.reason}",
                next_step="It cannot be had back; record other evidence in its place.",
            )
        return NotAssessable(
            f"The evidence {digest} is lost.",
            why="There is neither its file nor a key to a sealed one, and no entry says that it "
            "was erased.",
            next_step="Restore the file, or its key in .ftgov/vault, from a backup, or record it "
            "again from its source.",
        )


def _by_digest(erasures: Iterable[Erasure]) -> dict[Digest, Erasure]:
    return {gone: one for one in erasures for gone in one.digests}


def _refuse_clear(shelf: Shelf, digest: Digest) -> None:
    if shelf.holds(digest):
        raise FtgovError(
            f"The content {digest} cannot be made erasable.",
            why="It is kept in clear already, for an earlier record, and evidence is write-once.",
            next_step="Record it without --erasable; to have it erasable, use another workspace.",
        )


def _not_sealed_so(digest: Digest, why: str) -> NotAssessable:
    return NotAssessable(
        f"The evidence {digest} is not what was recorded.",
        why=f"Unsealing it failed: {why}.",
        next_step="Restore its ciphertext and its key from a backup.",
    )
