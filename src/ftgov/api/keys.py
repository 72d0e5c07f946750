"""Signing keys of a workspace, and the trust pack that tells others whom to believe."""

from __future__ import annotations

from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from ftgov.api.clock import now_text
from ftgov.errors import NotAssessable, UsageError
from ftgov.records.base import Name
from ftgov.signing.keys import SigningKey
from ftgov.signing.log_key import LogKey
from ftgov.signing.trust import TrustedKey, build_trust_pack
from ftgov.signing.trust_parts import TrustedLog
from ftgov.store.workspace import Workspace

DEFAULT_KEY = "release"

_NAME: TypeAdapter[str] = TypeAdapter(Name)


def _path(workspace: Workspace, name: str) -> Path:
    """Return the file of a key; only a name can be one, so nothing lies outside the folder."""
    try:
        _NAME.validate_python(name)
    except ValidationError as fault:
        raise UsageError(
            f"{name!r} cannot be the name of a key.",
            why=str(fault.errors()[0]["msg"]),
            next_step="Use lower-case letters, digits, dots, dashes and underscores.",
        ) from fault
    return workspace.keys / f"{name}.pem"


def key_names(workspace: Workspace) -> tuple[str, ...]:
    """Return the names of the keys that a workspace holds."""
    return tuple(sorted(path.stem for path in workspace.keys.glob("*.pem")))


def new_key(
    workspace: Workspace, name: str = DEFAULT_KEY, passphrase: bytes | None = None
) -> SigningKey:
    """Make an ECDSA P-256 key; its file is readable by its owner alone.

    Args:
        workspace: Where the key file goes (`.ftgov/keys`).
        name: The key's name.
        passphrase: Encrypts the file; None leaves it unencrypted.

    Raises:
        UsageError: If the name is none (`[a-z0-9._-]+`), or there is a key of that name.
    """
    path = _path(workspace, name)
    if path.exists():
        raise UsageError(
            f"There is a key '{name}' already.", next_step="Choose another name; keys are kept."
        )
    key = SigningKey.generate()
    key.save(path, passphrase)
    return key


def load_key(
    workspace: Workspace, name: str = DEFAULT_KEY, passphrase: bytes | None = None
) -> SigningKey:
    """Load a key of the workspace.

    Raises:
        UsageError: If the name can be no key's.
        NotAssessable: If there is none of that name.
        FtgovError: If the passphrase is wrong.
    """
    path = _path(workspace, name)
    if not path.is_file():
        raise NotAssessable(
            f"There is no signing key '{name}' in this workspace.",
            why="A report that nobody signs proves nothing.",
            next_step=f"ftgov keys new {name}",
        )
    return SigningKey.load(path, passphrase)


def trust_pack(
    target: Path | str,
    *,
    key: SigningKey,
    holder: str,
    role: str = "release-signer",
    valid_days: int = 365,
    now: str | None = None,
    log: LogKey | None = None,
) -> str:
    """Write a trust pack that names one key and one log, signed by that key as its own root.

    Give it to the auditor apart from any bundle. Without a time-stamp authority signing times are
    claimed, so the pack says `timestampRequired: false`. `log` is the key of the workspace's log,
    without which the log proof of a report can't be checked.

    Returns:
        The fingerprint of the root key, `sha256:...`, for `ftgov verify --trust-root`.
    """
    moment = now or now_text()
    place = Path(target)
    trusted = TrustedKey.of(
        key.public, holder=holder, role=role, not_before=moment, valid_days=valid_days
    )
    content = build_trust_pack(
        [trusted],
        root=key,
        issued_at=moment,
        timestamp_required=False,
        logs=[TrustedLog(origin=log.name, key=log.public)] if log else (),
    )
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)
    return key.spki
