"""Selective disclosure: pass a bundle on with evidence withheld, or as one file."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from ftgov.errors import UsageError
from ftgov.records.base import Record
from ftgov.signing.bundle_write import zip_bundle
from ftgov.signing.redact import redact_bundle


class RedactionMade(Record):
    """What a copy of a bundle withholds; `guessable` are files whose withheld rows may be guessed.

    Such rows hold no random field of their own, and the digest of their whole file is known.
    """

    bundle: str
    files: tuple[str, ...]
    rows: dict[str, int]
    guessable: tuple[str, ...]
    lines: tuple[str, ...]


def redact(
    bundle: Path | str,
    output: Path | str,
    *,
    files: Collection[str] = (),
    rows: Mapping[str, Collection[int]] | None = None,
) -> RedactionMade:
    """Write a copy of a bundle that withholds evidence, as whole files or as rows of them.

    Args:
        bundle: The bundle, a folder or an archive; it stays as it is.
        output: The new folder, or archive where the name ends in `.zip`.
        files: Evidence to withhold, each by its file's own name, its digest or its name in it.
        rows: Numbers of rows to withhold, from 1, by file.

    Raises:
        UsageError: If there is no such evidence or row, or something lies at `output`.
        InvalidBundle: If the bundle's form is wrong.
        FtgovError: If the copy can't be written.
    """
    made = redact_bundle(Path(bundle), Path(output), files=files, rows=rows or {})
    return RedactionMade(
        bundle=str(output),
        files=made.withheld.files,
        rows={each.file: each.withheld for each in made.withheld.rows},
        guessable=made.guessable,
        lines=made.lines,
    )


def pack(bundle: Path, target: Path) -> None:
    """Pack a bundle's folder into an archive.

    Raises:
        UsageError: If there is no such folder.
        InvalidBundle: If it is not a readable bundle.
        FtgovError: If the archive can't be written.
    """
    if not bundle.is_dir():
        raise UsageError(f"There is no folder {bundle}.", next_step="Name a bundle's folder.")
    zip_bundle(bundle, target)
