"""Writing a bundle: all of it or nothing, and the same bytes for the same input."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from ftgov.errors import FtgovError, UsageError
from ftgov.records.attestation import STATEMENT_TYPE, Statement, StatementSubject
from ftgov.signing.bundle_read import FolderBundle
from ftgov.signing.envelope import Stamp, parse_envelope, parse_statement, sign_statement
from ftgov.signing.keys import SigningKey
from ftgov.signing.names import (
    CLOSED,
    DOSSIER_NAME,
    ENVELOPE_NAME,
    LOG_ENTRY_NAME,
    LOG_PROOF_NAME,
    RECIPE_NAME,
    check_names,
)
from ftgov.signing.predicate import check_predicate
from ftgov.signing.recipe import VERIFY_TEXT

_CHUNK = 1 << 20
_FILE_MODE = 0o644
_EPOCH = (1980, 1, 1, 0, 0, 0)

Prove = Callable[[bytes], Mapping[str, bytes]]
"""Given the signed payload, returns the files of `log/`: it records that it was signed."""


class _By(NamedTuple):
    """Who signs, and what is asked for once the signature is made."""

    key: SigningKey
    stamp: Stamp | None
    prove: Prove | None


def write_bundle(
    folder: Path,
    files: Mapping[str, Path | bytes],
    *,
    predicate: dict[str, Any],
    predicate_type: str,
    key: SigningKey,
    stamp: Stamp | None = None,
    prove: Prove | None = None,
) -> bytes:
    """Write a signed bundle and return the bytes of its attestation.

    Args:
        folder: Where the bundle will lie; an older bundle there is replaced in one step.
        files: Content by name: `dossier.json`, `report.html`, `report.pdf`, `evidence/<sha256>`;
            bytes, or the path of a file that is copied. `VERIFY.md` is added where it is not given.
        predicate: What is said of the files; lists the `carriers` of further proof, even if none.
        predicate_type: The URI of the predicate's type.
        key: Who signs.
        stamp: Asks for a time stamp over the signature; verification
            wants one exactly where the predicate lists the carrier `timestamp`.
        prove: Called once the statement is signed, before anything is put in its place; needed
            exactly where the predicate lists the carrier `log`.

    Raises:
        UsageError: If a name, a digest or the predicate does not fit.
        FtgovError: If something other than a bundle lies at `folder`, or a file cannot be read or
            written; an older bundle is then still there.
    """
    contents = {RECIPE_NAME: VERIFY_TEXT.encode(), **files}
    _check_request(folder, contents)
    try:
        by = _By(key, stamp, prove)
        return _write(folder, contents, predicate, predicate_type, by)
    except OSError as fault:
        raise FtgovError(
            f"The bundle {folder} cannot be written: {fault.strerror}.",
            next_step="Check the rights and the free space there, then try again.",
        ) from fault


def _write(
    folder: Path,
    contents: Mapping[str, Path | bytes],
    predicate: dict[str, Any],
    predicate_type: str,
    by: _By,
) -> bytes:
    """Make the bundle beside its place and move it there when it is whole."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".bundle-", dir=folder.parent) as scratch:
        made = Path(scratch) / "new"
        made.mkdir(mode=0o755)
        digests = {name: _place(made / name, contents[name]) for name in sorted(contents)}
        _check_digests(digests)
        check_predicate(predicate, predicate_type, "sha256:" + digests[DOSSIER_NAME])
        statement = _statement(digests, predicate, predicate_type)
        envelope = sign_statement(statement, by.key, by.stamp)
        _place(made / ENVELOPE_NAME, envelope)
        for name, content in _proofs(predicate, envelope, by.prove).items():
            _place(made / name, content)
        FolderBundle(made)  # what is written can be read, within all limits
        _swap(made, folder, Path(scratch) / "old")
    return envelope


def _proofs(
    predicate: Mapping[str, Any], envelope: bytes, prove: Prove | None
) -> Mapping[str, bytes]:
    """Return the files of `log/`, which are there exactly if the predicate says so."""
    if ("log" in predicate["carriers"]) != (prove is not None):
        raise UsageError(
            "The predicate lists a log proof and none is made, or the other way round.",
            next_step="Give `prove` exactly where the predicate lists the carrier log.",
        )
    made = prove(parse_envelope(envelope).payload) if prove else {}
    if prove and set(made) != {LOG_ENTRY_NAME, LOG_PROOF_NAME}:
        raise UsageError(
            "A log proof is an entry and a proof.",
            next_step=f"Return {LOG_ENTRY_NAME} and {LOG_PROOF_NAME}.",
        )
    return made


def _check_request(folder: Path, contents: Mapping[str, Path | bytes]) -> None:
    """Refuse names that no reader would accept, and a target that holds something else."""
    check_names((*contents, ENVELOPE_NAME))
    if DOSSIER_NAME not in contents or any(name.startswith(CLOSED) for name in contents):
        raise UsageError(
            f"A bundle needs {DOSSIER_NAME}, and its attestation is made here.",
            next_step="Give dossier.json and no file under attestations/ or log/.",
        )
    if folder.is_symlink() or (folder.exists() and not _replaceable(folder)):
        raise FtgovError(
            f"{folder} exists and is not a bundle; nothing was written.",
            why="Only an empty folder, or a bundle without countersignatures and foreign files, is "
            "replaced.",
            next_step="Choose another folder, or move what is there.",
        )


def _replaceable(folder: Path) -> bool:
    """Return whether a folder is empty or holds exactly the files that its own attestation lists.

    The attestation is not trusted for this; it only shows that no file of somebody else would be
    lost.
    """
    try:
        if not any(folder.iterdir()):
            return True
        with FolderBundle(folder) as old:
            statement = parse_statement(parse_envelope(old.read(ENVELOPE_NAME)).payload)
            listed = {subject.name for subject in statement.subject}
            # A countersignature is somebody else's: it is not written over.
            return set(old.names) <= listed | {ENVELOPE_NAME, LOG_ENTRY_NAME, LOG_PROOF_NAME}
    except (FtgovError, OSError):
        return False


def _place(target: Path, content: Path | bytes) -> str:
    """Write one file and return the SHA-256 of exactly the bytes that were written."""
    target.parent.mkdir(exist_ok=True)
    hashed = hashlib.sha256()
    with target.open("xb") as file:
        if isinstance(content, bytes):
            hashed.update(content)
            file.write(content)
        else:
            try:
                with content.open("rb") as source:
                    while chunk := source.read(_CHUNK):
                        hashed.update(chunk)
                        file.write(chunk)
            except OSError as fault:
                raise FtgovError(
                    f"{content} cannot be put into the bundle: {fault.strerror}.",
                    next_step="Check free disk space and permissions; no bundle was left behind.",
                ) from fault
    target.chmod(_FILE_MODE)
    return hashed.hexdigest()


def _check_digests(digests: Mapping[str, str]) -> None:
    for name, digest in digests.items():
        folder, _, last = name.rpartition("/")
        if folder == "evidence" and last != digest:
            raise UsageError(
                f"{name} does not bear the name of its content, {digest}.",
                why="Evidence is found by its digest.",
                next_step="Give each evidence file the name evidence/<its SHA-256>.",
            )


def _statement(
    digests: Mapping[str, str], predicate: dict[str, Any], predicate_type: str
) -> Statement:
    return Statement(
        statement_type=STATEMENT_TYPE,
        subject=tuple(
            StatementSubject(name=name, digest={"sha256": digests[name]})
            for name in sorted(digests)
        ),
        predicate_type=predicate_type,
        predicate=predicate,
    )


def _swap(made: Path, folder: Path, old: Path) -> None:
    """Put the new bundle in its place; the old one goes back if that fails."""
    if not folder.exists():
        made.rename(folder)
        return
    folder.rename(old)
    try:
        made.rename(folder)
    except OSError:
        old.rename(folder)
        raise


def zip_bundle(folder: Path, target: Path) -> None:
    """Write a bundle as a zip archive: the same bytes for the same files, on any machine.

    The files are stored, not packed, because packed bytes differ between versions of zlib.

    Raises:
        InvalidBundle: If the folder is not a readable bundle.
        FtgovError: If the archive cannot be written; an older one is then still there.
    """
    with FolderBundle(folder) as bundle:
        try:
            with tempfile.NamedTemporaryFile(
                dir=target.parent, prefix=".bundle-", delete=False
            ) as file:
                scratch = Path(file.name)
                try:
                    _write_archive(bundle, zipfile.ZipFile(file, "w", zipfile.ZIP_STORED))
                    scratch.chmod(_FILE_MODE)
                except BaseException:
                    scratch.unlink()
                    raise
            scratch.replace(target)
        except OSError as fault:
            raise FtgovError(f"{target} cannot be written: {fault.strerror}.") from fault


def _write_archive(bundle: FolderBundle, archive: zipfile.ZipFile) -> None:
    with archive:
        for name in bundle.names:
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.create_system = 3
            entry.external_attr = (0o100000 | _FILE_MODE) << 16
            with bundle.open(name) as source:
                entry.file_size = os.fstat(source.fileno()).st_size
                with archive.open(entry, "w") as packed:
                    shutil.copyfileobj(source, packed, _CHUNK)
