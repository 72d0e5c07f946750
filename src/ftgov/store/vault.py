"""The vault: one key for each sealed file, kept apart from it so that it can be destroyed.

A key is a file `<id>.json` (0600) in a folder of its own (0700). It holds the key and the digests
of ciphertext and content. Destroying it overwrites the file, removes it, and makes both durable;
what the ciphertext said is then gone. A backup of this folder, or a medium that keeps old blocks,
still has the key: keep such backups apart, and for no longer than personal data may be kept.
"""

from __future__ import annotations

import os
import re
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, NamedTuple

from pydantic import Field, ValidationError

from ftgov.errors import FtgovError
from ftgov.records.base import Record
from ftgov.records.canonical import canonical_bytes
from ftgov.records.digest import Digest
from ftgov.store.durable import PARTIAL, cannot_write, partial_file, sync, sync_folder
from ftgov.store.sealing import KEY_BYTES, PREFIX_BYTES
from ftgov.store.shelf import sweep

_ID: Final = re.compile(r"key-[0-9a-f]{32}")


class Secret(NamedTuple):
    """What seals a file: the id it is known by, 32 bytes of key, 7 bytes of nonce prefix."""

    id: str
    key: bytes
    prefix: bytes

    def __repr__(self) -> str:
        return f"Secret({self.id})"


def fresh_secret() -> Secret:
    """Return a new secret from the operating system's randomness."""
    id_ = f"key-{secrets.token_hex(16)}"
    return Secret(id_, secrets.token_bytes(KEY_BYTES), secrets.token_bytes(PREFIX_BYTES))


class SealedKey(Record):
    """A key as the vault keeps it: what opens `sealed`, which holds the content `plain`."""

    id: str = Field(pattern=_ID.pattern)
    key: str = Field(pattern=r"^[0-9a-f]{64}$", repr=False)
    sealed: Digest
    plain: Digest

    @property
    def secret(self) -> bytes:
        """The key's 32 bytes."""
        return bytes.fromhex(self.key)


class Vault:
    """The keys of sealed files, below a folder that is made with the first of them.

    Args:
        folder: The folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[Digest, list[str]] = {}  # content -> ids of its keys
        self._read: set[str] = set()
        self._listed: list[str] | None = None
        self._reading = threading.Lock()
        self._is_listed = False  # whether this process brought the folder's own entry to the disk

    @contextmanager
    def listed_once(self) -> Iterator[None]:
        """List the folder once for all that is asked within, by whoever took in what meanwhile."""
        self._listed = self._names()
        try:
            yield
        finally:
            self._listed = None

    def in_use(self) -> bool:
        """Return whether there is any key."""
        return bool(self._names())

    def keep(self, key: SealedKey) -> None:
        """Write a key durably.

        Raises:
            FtgovError: If it can't be written; nothing was kept then.
        """
        place = self._place(key.id)
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            with partial_file(self._folder) as (stream, partial):
                if self._listed is None:
                    sweep(self._folder, now=os.fstat(stream.fileno()).st_mtime)
                stream.write(canonical_bytes(key))
                sync(stream)
                partial.rename(place)
            sync_folder(self._folder)
            if not self._is_listed:
                sync_folder(self._folder.parent)
                self._is_listed = True
            if self._listed is not None:
                self._listed.append(key.id)
        except OSError as fault:
            raise cannot_write(f"A key in {self._folder}", fault) from fault

    def of(self, plain: Digest) -> SealedKey | None:
        """Return a key that opens a content, or None where there is none any more."""
        return next(iter(self.known_of(plain) or self.all_of(plain)), None)

    def known_of(self, plain: Digest) -> list[SealedKey]:
        """Return the keys that open a content, of those this process has seen."""
        return [key for name in self._known.get(plain, ()) if (key := self.get(name))]

    def all_of(self, plain: Digest) -> list[SealedKey]:
        """Return all keys that open a content, those included that others added meanwhile."""
        with self._reading:
            for name in self._names():
                if name not in self._read and (key := self.get(name)):
                    self._read.add(name)
                    self._known.setdefault(key.plain, []).append(name)
        return self.known_of(plain)

    def get(self, key_id: str) -> SealedKey | None:
        """Return a key by its id, or None where there is none, or its file is damaged."""
        try:
            return SealedKey.model_validate_json(self._place(key_id).read_bytes())
        except (OSError, ValidationError):
            return None

    def every(self) -> Iterator[SealedKey]:
        """Yield all keys, in the order of their ids."""
        for name in self._names():
            if key := self.get(name):
                yield key

    def older_than(self, moment: float) -> Iterator[SealedKey]:
        """Yield the keys that were kept before a moment, in seconds since 1970."""
        for name in self._names():
            with suppress(FileNotFoundError):
                if self._place(name).stat().st_mtime < moment and (key := self.get(name)):
                    yield key

    def destroy(self, key_id: str) -> bool:
        """Overwrite and remove a key; return whether it was there.

        Raises:
            FtgovError: If its file can't be changed; the key may still open what it sealed then.
        """
        place = self._place(key_id)
        try:
            with place.open("r+b") as stream:
                stream.write(bytes(os.fstat(stream.fileno()).st_size))
                sync(stream)
            place.unlink()
            sync_folder(self._folder)
        except FileNotFoundError:
            return False
        except OSError as fault:
            raise FtgovError(
                f"The key {key_id} could not be destroyed.",
                why=f"{place}: {fault.strerror}",
                next_step="Make the folder writable for you and erase it again.",
            ) from fault
        return True

    def problems(self) -> Iterator[str]:
        """Tell the files in the vault that are no key, or one that is damaged."""
        for path in sorted(self._folder.glob("*")):
            if path.name.startswith(PARTIAL):
                continue
            if not _ID.fullmatch(path.stem) or path.suffix != ".json":
                yield f"{path.name} in the vault is no key"
            elif self.get(path.stem) is None:
                yield f"the key {path.stem} in the vault is damaged"

    def _place(self, key_id: str) -> Path:
        return self._folder / f"{key_id}.json"

    def _names(self) -> list[str]:
        if self._listed is not None:
            return self._listed
        with suppress(FileNotFoundError):
            found = (path.stem for path in self._folder.iterdir() if path.suffix == ".json")
            return sorted(name for name in found if _ID.fullmatch(name))
        return []
