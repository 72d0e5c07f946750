"""Evidence that a team keeps elsewhere: a folder at any URL that fsspec reaches.

The folder there is the truth; the one in the workspace keeps copies of what was taken in or read
here. A file is uploaded under a passing name and then renamed, so that it is there whole or not at
all, and nothing that is there is ever written over.
Source: fsspec, "Built-in implementations" and "AbstractFileSystem", https://filesystem-spec.readthedocs.io.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, Final

from ftgov.errors import ExitCode, FtgovError, MissingExtra, UsageError
from ftgov.records.digest import Digest, bare
from ftgov.store.durable import PARTIAL

_CHUNK: Final = 1 << 20
_TROUBLE: Final = (OSError, ValueError, RuntimeError, ImportError)


class RemoteFolder:
    """A folder of evidence at a URL, each file at `ab/abcdef...` below it.

    Args:
        url: For example `s3://bucket/evidence` or `sftp://host/evidence`.

    Raises:
        UsageError: If nothing knows such a URL.
        MissingExtra: If fsspec is not installed.
    """

    def __init__(self, url: str) -> None:
        try:
            from fsspec.core import url_to_fs
        except ModuleNotFoundError as fault:
            raise MissingExtra("Evidence at a URL", "remote") from fault
        self.url = url
        try:
            found: tuple[Any, str] = url_to_fs(url)
        except (ValueError, ImportError) as fault:
            raise UsageError(
                f"Evidence cannot be kept at {url!r}.",
                why=str(fault),
                next_step="Use a URL that fsspec knows; some need a package of their own, such as "
                "s3fs for s3://.",
            ) from fault
        self._files, root = found
        self._root = root.rstrip("/")

    def has(self, digest: Digest) -> bool:
        """Return whether there is a file for the digest.

        Raises:
            FtgovError: If the folder can't be reached.
        """
        with self._told("looked for"):
            return bool(self._files.isfile(self._place(digest)))

    def push(self, path: Path, digest: Digest) -> None:
        """Put a file in its place, unless it is there.

        Raises:
            FtgovError: If it can't be written; nothing stands in its place then.
        """
        with self._told("written"):
            place = self._place(digest)
            if self._files.isfile(place):
                return
            self._files.makedirs(place.rpartition("/")[0], exist_ok=True)
            partial = f"{self._root}/{PARTIAL}{secrets.token_hex(8)}"
            try:
                self._files.put_file(str(path), partial)
                self._files.mv(partial, place)
            except BaseException:
                with suppress(*_TROUBLE):
                    self._files.rm_file(partial)
                raise

    def pull(self, digest: Digest, target: BinaryIO) -> Digest:
        """Copy a file to a stream and return the digest of what came.

        Raises:
            FtgovError: If it can't be read.
        """
        hashed = hashlib.sha256()
        with self._told("read"), self._files.open(self._place(digest), "rb") as source:
            while chunk := source.read(_CHUNK):
                hashed.update(chunk)
                target.write(chunk)
        return f"sha256:{hashed.hexdigest()}"

    def problems(self) -> Iterator[str]:
        """Hash every file there and tell what is wrong: altered, or out of place.

        Raises:
            FtgovError: If the folder can't be reached.
        """
        with self._told("read"):
            for place in sorted(self._files.find(self._root)):
                shown = str(place).removeprefix(self._root).lstrip("/")
                folder, _, name = shown.rpartition("/")
                if not folder and name.startswith(PARTIAL):
                    continue
                if folder != name[:2] or len(name) != 64:
                    yield f"{self.url}/{shown}: no evidence file, put here by something else"
                elif self._digest(place) != f"sha256:{name}":
                    yield f"{self.url}/{shown}: altered"

    def _digest(self, place: str) -> Digest:
        hashed = hashlib.sha256()
        with self._files.open(place, "rb") as source:
            while chunk := source.read(_CHUNK):
                hashed.update(chunk)
        return f"sha256:{hashed.hexdigest()}"

    def _place(self, digest: Digest) -> str:
        name = bare(digest)
        return f"{self._root}/{name[:2]}/{name}"

    @contextmanager
    def _told(self, what: str) -> Iterator[None]:
        try:
            yield
        except _TROUBLE as fault:
            raise FtgovError(
                f"The evidence at {self.url} cannot be {what} now.",
                why=str(fault) or type(fault).__name__,
                next_step="Check the address, the network and your rights there, then try again; "
                "nothing that was stored has changed.",
                exit_code=ExitCode.PROVIDER,
            ) from fault
