"""Changing what stands beside the signed files of a bundle: whole or not at all."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Collection, Mapping
from pathlib import Path

from ftgov.errors import FtgovError, UsageError
from ftgov.signing.bundle_read import Bundle, FolderBundle, open_bundle
from ftgov.signing.bundle_write import zip_bundle

_CHUNK = 1 << 20
_FILE_MODE = 0o644


def copy_bundle(
    source: Bundle,
    target: Path,
    *,
    without: Collection[str] = (),
    added: Mapping[str, bytes | Path],
) -> None:
    """Write a bundle anew: a folder, or an archive where the target's name ends in `.zip`.

    Args:
        source: The bundle as it is.
        target: What does not exist yet.
        without: Names that are left out.
        added: Content by name; bytes, or the path of a file that is copied.

    Raises:
        UsageError: If there is something at `target`.
        FtgovError: If it can't be written; nothing is left there then.
    """
    if target.exists() or target.is_symlink():
        raise UsageError(
            f"{target} exists already.",
            why="A bundle is never written over another.",
            next_step="Name another folder or .zip with --output.",
        )
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".bundle-", dir=target.parent) as scratch:
            made = Path(scratch) / "new"
            _fill(source, made, without, added)
            if target.suffix == ".zip":
                zip_bundle(made, target)
            else:
                FolderBundle(made)
                made.rename(target)
    except OSError as fault:
        raise FtgovError(
            f"The bundle {target} cannot be written: {fault.strerror}.",
            next_step="Check the rights and the free space there, then try again.",
        ) from fault


def add_to_bundle(path: Path, name: str, content: bytes) -> None:
    """Put one more file into a bundle where it lies, a folder or an archive.

    Raises:
        UsageError: If the bundle has a file of that name.
        FtgovError: If it can't be written; the bundle is then as it was.
    """
    with open_bundle(path) as bundle:
        if name in bundle.names:
            raise UsageError(
                f"The bundle has a file {name} already.",
                why="What somebody signed is not written over.",
                next_step="Take a copy of the bundle without it, or sign with another key.",
            )
        try:
            with tempfile.TemporaryDirectory(prefix=".bundle-", dir=path.parent) as scratch:
                made = Path(scratch) / "new"
                if path.is_dir():
                    made.write_bytes(content)
                    made.chmod(_FILE_MODE)
                    (path / name).parent.mkdir(exist_ok=True)
                    made.rename(path / name)
                else:
                    _fill(bundle, made, (), {name: content})
                    zip_bundle(made, path)
        except OSError as fault:
            raise FtgovError(
                f"The bundle {path} cannot be written: {fault.strerror}.",
                next_step="Check the rights and the free space there, then try again.",
            ) from fault


def _fill(
    source: Bundle, made: Path, without: Collection[str], added: Mapping[str, bytes | Path]
) -> None:
    for name in source.names:
        if name not in without and name not in added:
            place = _place(made, name)
            with source.sound(name), source.open(name) as stream, place.open("xb") as copy:
                shutil.copyfileobj(stream, copy, _CHUNK)
            place.chmod(_FILE_MODE)
    for name, content in added.items():
        place = _place(made, name)
        if isinstance(content, bytes):
            place.write_bytes(content)
        else:
            shutil.copyfile(content, place)
        place.chmod(_FILE_MODE)


def _place(folder: Path, name: str) -> Path:
    place = folder / name
    place.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    return place
