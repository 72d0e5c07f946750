"""Trust packs as they change: keys that come, rotate and are revoked, version after version."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from ftgov.api.clock import now_text
from ftgov.api.keys import (
    holder_certificate,
    key_names,
    key_path,
    load_key,
    spki_of,
    write_key,
)
from ftgov.errors import FtgovError, UsageError
from ftgov.records.base import Time
from ftgov.records.digest import Digest
from ftgov.signing.keys import SigningKey
from ftgov.signing.trust import TrustedKey, TrustTerms, moment, read_pack_file, read_trust_pack
from ftgov.signing.trust_chain import check_chain, next_pack
from ftgov.store.workspace import Workspace

REASONS: Final = (
    "keyCompromise",
    "affiliationChanged",
    "superseded",
    "cessationOfOperation",
    "privilegeWithdrawn",
    "unspecified",
)
"""Why a key may be revoked: words of RFC 5280, 5.3.1."""


class PackWritten(NamedTuple):
    """A version of a trust pack that was written: its number, its root and its file."""

    version: int
    root: Digest
    path: Path


def read_terms(path: Path) -> TrustTerms:
    """Return what a trust pack says.

    Raises:
        NotAssessable: If it can't be read, or is unusable.
    """
    return read_trust_pack(read_pack_file(path), root_pin=None).terms


def change_pack(path: Path, root: SigningKey, *, now: Time | None, **changes: Any) -> PackWritten:
    """Write the next version of a trust pack; the one before stays beside it.

    Args:
        path: The file; the version before is kept as `<name>.v<N>.json`.
        root: The root key.
        now: When; by default the present.
        changes: Fields of `TrustTerms` by name, and what they become.

    Raises:
        UsageError: If the key is not the root of the pack.
        NotAssessable: If the pack is unusable.
        FtgovError: If the terms contradict each other, or a file can't be written.
    """
    before = read_pack_file(path)
    content = next_pack(before, root, issued_at=now or now_text(), **changes)
    terms = read_trust_pack(content, root_pin=root.spki).terms
    kept = path.with_name(f"{path.stem}.v{terms.version - 1}{path.suffix}")
    try:
        if not kept.exists() or kept.read_bytes() != before:
            with kept.open("xb") as file:
                file.write(before)
        _replace(path, content)
    except OSError as fault:
        raise FtgovError(
            f"The trust pack {path} cannot be written: {fault.strerror} ({fault.filename}).",
            next_step="Check the rights there; the version before is unchanged.",
        ) from fault
    return PackWritten(terms.version, root.spki, path)


def _replace(path: Path, content: bytes) -> None:
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".pack-", delete=False) as file:
        file.write(content)
    Path(file.name).chmod(0o644)
    os.replace(file.name, path)  # noqa: PTH105 - in one step


def revoke(
    path: Path,
    root: SigningKey,
    spki: Digest,
    reason: str,
    *,
    at: Time | None = None,
    now: Time | None = None,
) -> PackWritten:
    """Write the next version of a trust pack, in which a key is revoked.

    Args:
        path: The pack.
        root: Its root key.
        spki: The fingerprint of the key.
        reason: One of `REASONS`. After `superseded`, `cessationOfOperation` and
            `affiliationChanged` what was signed before still counts; after any other only what a
            time stamp shows to be older.
        at: From when; by default the present. For a theft: when it may have happened.
        now: The present.

    Raises:
        UsageError: If the pack does not list the key, it is revoked already, or the reason is none.
        FtgovError: As `change_pack`.
    """
    terms = read_terms(path)
    present = now or now_text()
    keys = [_revoked(key, reason, at or present) if key.spki == spki else key for key in terms.keys]
    if terms.key(spki) is None:
        raise UsageError(
            f"The trust pack {path} does not list the key {spki}.",
            next_step="ftgov keys list shows fingerprints.",
        )
    return change_pack(path, root, now=present, keys=tuple(keys))


def _revoked(key: TrustedKey, reason: str, at: Time) -> TrustedKey:
    if reason not in REASONS:
        raise UsageError(
            f"{reason!r} is no reason to revoke a key.", next_step=f"One of: {', '.join(REASONS)}."
        )
    if key.revoked_at is not None and moment(key.revoked_at) <= moment(at):
        raise UsageError(
            f"The key of {key.holder} was revoked at {key.revoked_at} already ({key.reason}).",
            next_step="Only an earlier time can be given, with --at.",
        )
    return key.model_copy(update={"revoked_at": at, "reason": reason})


class Rotated(NamedTuple):
    """A key that took the place of another: both fingerprints, and what the old one is called."""

    old: Digest
    new: Digest
    old_name: str
    pack: PackWritten


def rotate(
    workspace: Workspace,
    name: str,
    path: Path,
    *,
    passphrase: bytes | None = None,
    root: str,
    valid_days: int = 365,
    now: Time | None = None,
) -> Rotated:
    """Make a new key in the place of one in a file, and write a trust pack that says so.

    The old key is kept under a name of its own and revoked as `superseded`: what it signed before
    still counts. Holder and role stay. Old, new and root key have one passphrase.

    Raises:
        UsageError: If the pack does not list the key, or it lies in a token or a cloud.
        NotAssessable: If there is no such key or pack.
        FtgovError: If the passphrase is wrong, or a file can't be written.
    """
    present = now or now_text()
    old = load_key(workspace, name, passphrase)
    signer = old if root == name else load_key(workspace, root, passphrase)
    terms = read_terms(path)
    listed = terms.key(old.spki)
    place = key_path(workspace, name)
    if listed is None or not place.is_file():
        raise UsageError(
            f"The key '{name}' cannot be rotated.",
            why=f"{path} does not list it, or it does not lie in a file.",
            next_step="ftgov keys new and ftgov keys trust-pack add a key; keys revoke ends one.",
        )
    made = SigningKey.generate()
    certificate = holder_certificate(made, listed.holder, present)
    successor = TrustedKey.of(
        made.public,
        holder=listed.holder,
        role=listed.role,
        not_before=present,
        valid_days=valid_days,
        certificate=certificate.pem,
    )
    ended = [_revoked(key, "superseded", present) if key == listed else key for key in terms.keys]
    # In this order nothing that the pack lists is ever lost: the new key is there before it, under
    # a name of its own, and takes its place after it.
    old_name, new_name = (f"{name}-{key.spki[7:15]}" for key in (old, made))
    write_key(workspace, new_name, made, certificate, passphrase)
    written = change_pack(path, signer, now=present, keys=(*ended, successor))
    _rename(place, key_path(workspace, old_name))
    _rename(key_path(workspace, new_name), place)
    return Rotated(old.spki, made.spki, old_name, written)


def _rename(place: Path, kept: Path) -> None:
    """Give a key and its certificate another name; nothing is written over."""
    if kept.exists():
        raise FtgovError(f"There is a key {kept} already.", next_step="Move it away.")
    place.rename(kept)
    if (beside := place.with_suffix(".crt")).exists():
        beside.rename(kept.with_suffix(".crt"))


def root_name(workspace: Workspace, path: Path, name: str | None) -> str:
    """Return the name of a trust pack's root key: the one given, else the one in the workspace.

    Raises:
        UsageError: If the workspace does not hold it.
        NotAssessable: If the pack can't be used.
    """
    if name is not None:
        return name
    spki = read_terms(path).root.spki
    found = next((key for key in key_names(workspace) if spki_of(workspace, key) == spki), None)
    if found is None:
        raise UsageError(
            f"This workspace does not hold the root key of {path}, {spki}.",
            why="Only that key signs the next version of the trust pack.",
            next_step="Name it with --root.",
        )
    return found


def check_versions(paths: Sequence[Path]) -> TrustTerms:
    """Check that versions of a trust pack follow each other, and return the newest one's terms.

    Raises:
        NotAssessable: If one can't be read, or is unusable.
        InvalidBundle: If one does not follow the one before it.
    """
    return check_chain([read_pack_file(path) for path in paths])
