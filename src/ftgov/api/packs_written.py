"""Writing a trust pack: the first version, or the next one of a pack that is there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from ftgov.api.clock import now_text
from ftgov.api.tree_heads import made_log_key
from ftgov.api.trust_packs import PackWritten, change_pack, read_terms, root_name
from ftgov.errors import FtgovError, UsageError
from ftgov.records.base import Time
from ftgov.signing.certificate import Certificate
from ftgov.signing.keys import PublicKey, SigningKey
from ftgov.signing.trust import TrustedKey, TrustedLog, build_trust_pack
from ftgov.store.workspace import Workspace


class Listed(NamedTuple):
    """A key that a pack shall list, by its certificate; no secret is needed for that.

    `name` is its name in the workspace, None for somebody else's key. `fields` are `holder`, `role`
    and `valid_days`.
    """

    certificate: Certificate
    name: str | None
    fields: Mapping[str, Any]


def write_pack(
    workspace: Workspace,
    path: Path,
    listed: Listed | None,
    changes: Mapping[str, Any],
    *,
    root: Callable[[str], SigningKey],
    root_name: str | None = None,
    now: Time | None = None,
) -> PackWritten:
    """Write a trust pack, or the next version of the one at a path.

    A first version names the workspace's log and is signed by the key that it lists, or by another.
    A key that comes later is listed without a threshold, so it does not sign reports until one of
    its role is given.

    Args:
        workspace: Whose keys and log they are.
        path: The file.
        listed: A key to list; needed for a first version.
        changes: Other terms by field, as `TrustTerms` names them.
        root: Opens a key by name.
        root_name: The root key's name; by default the key that is listed first.
        now: When; by default the present.

    Raises:
        UsageError: If there is nothing to write, or the workspace does not hold the root key.
        FtgovError: If the terms contradict each other, or the file can't be written.
    """
    present = now or now_text()
    entry = _entry(listed, present)
    if not path.exists():
        name = root_name or (listed.name if listed else None)
        if entry is None or name is None:
            raise UsageError(
                "A first trust pack lists a key, and is signed by one of this workspace.",
                next_step="Give --holder, and --root where the key is somebody else's.",
            )
        signer = root(name)
        log = made_log_key(workspace)
        fields = {"logs": (TrustedLog(origin=log.name, key=log.public),), **changes}
        content = build_trust_pack([entry], root=signer, issued_at=present, **fields)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        except OSError as fault:
            raise FtgovError(f"{path} cannot be written: {fault.strerror}.") from fault
        return PackWritten(1, signer.spki, path)
    return _next(workspace, path, entry, changes, (root, root_name, present))


def _entry(listed: Listed | None, now: Time) -> TrustedKey | None:
    if listed is None:
        return None
    own = listed.certificate
    try:
        key = PublicKey.from_pem(own.public_pem)
    except ValueError as fault:
        raise UsageError(
            "The certificate is not that of a signing key.",
            why=str(fault),
            next_step="Give one of an ECDSA P-256 key.",
        ) from fault
    return TrustedKey.of(key, certificate=own.pem, not_before=now, **listed.fields)


def _next(
    workspace: Workspace,
    path: Path,
    entry: TrustedKey | None,
    changes: Mapping[str, Any],
    by: tuple[Callable[[str], SigningKey], str | None, Time],
) -> PackWritten:
    open_root, named, present = by
    terms = read_terms(path)
    merged = dict(changes)
    if "thresholds" in merged:
        merged["thresholds"] = {**terms.thresholds, **merged["thresholds"]}
    if entry is not None:
        if terms.key(entry.spki) is not None:
            raise UsageError(
                f"The trust pack {path} lists the key {entry.spki} already.",
                why="One key is one holder in one role.",
                next_step="Make another key, or leave --holder out to change other terms.",
            )
        merged["keys"] = (*terms.keys, entry)
    if not merged:
        raise UsageError(
            f"{path} is there, and nothing is to change in it.",
            next_step="Give --holder for a key more, or another term.",
        )
    signer = open_root(root_name(workspace, path, named))
    return change_pack(path, signer, now=present, **merged)
