"""Signing keys of a workspace, and the trust pack that tells others whom to believe."""

from __future__ import annotations

from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from ftgov.api.clock import now_text
from ftgov.errors import FtgovError, NotAssessable, UsageError
from ftgov.records.base import Name
from ftgov.signing.certificate import Certificate, plain_certificate, self_certificate
from ftgov.signing.keys import SigningKey
from ftgov.signing.trust import TrustedKey, build_trust_pack
from ftgov.store.workspace import Workspace

DEFAULT_KEY = "release"
DEFAULT_PACK = "trust/trust-pack.json"

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
    workspace: Workspace,
    name: str = DEFAULT_KEY,
    passphrase: bytes | None = None,
    *,
    holder: str | None = None,
    now: str | None = None,
) -> SigningKey:
    """Make an ECDSA P-256 key; its file is readable by its owner alone.

    Beside it lies a certificate, signed by the key itself, which PDF readers show.

    Args:
        workspace: Where the key file goes (`.ftgov/keys`).
        name: The key's name.
        passphrase: Encrypts the file; None leaves it unencrypted.
        holder: Whom the certificate names; None names the key only.
        now: From when the certificate holds; by default the present.

    Raises:
        UsageError: If the name is none (`[a-z0-9._-]+`), or there is a key of that name.
    """
    path = _path(workspace, name)
    if path.exists():
        raise UsageError(
            f"There is a key '{name}' already.", next_step="Choose another name; keys are kept."
        )
    key = SigningKey.generate()
    made = self_certificate(key, holder, now or now_text()) if holder else plain_certificate(key)
    key.save(path, passphrase)
    path.with_suffix(".crt").write_text(made.pem, encoding="ascii")
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


def workspace_pack(workspace: Workspace) -> Path:
    """Return where a workspace keeps its trust pack, whether it is there or not.

    `pack` in the table `[trust]` of `ftgov.toml` names it; else it is `trust/trust-pack.json`.

    Raises:
        UsageError: If the setting is no text.
    """
    table = workspace.config.get("trust", {})
    said = table.get("pack", DEFAULT_PACK) if isinstance(table, dict) else None
    if not isinstance(said, str) or not said:
        raise UsageError(
            "ftgov.toml does not name a trust pack.",
            why='The table [trust] needs pack = "PATH".',
            next_step="Correct it, or leave it out.",
        )
    return workspace.root / said


def certificate_of(workspace: Workspace, key: SigningKey) -> Certificate:
    """Return the certificate that a key seals PDFs with.

    It lies beside the key, as `.ftgov/keys/<name>.crt`; of a key without one it is always the same
    certificate, which says no more than the key.

    Raises:
        FtgovError: If a file of a certificate is malformed.
    """
    for path in sorted(workspace.keys.glob("*.crt")):
        found = read_certificate(path)
        if found.spki == key.spki:
            return found
    return plain_certificate(key)


def read_certificate(path: Path) -> Certificate:
    """Return the one certificate in a PEM file.

    Raises:
        FtgovError: If it can't be read, or is none.
    """
    try:
        return Certificate.from_pem(path.read_text(encoding="ascii"))
    except (OSError, ValueError) as fault:
        raise FtgovError(
            f"{path} is not a certificate.",
            why=str(fault),
            next_step="Restore it from your copy.",
        ) from fault


def trust_pack(
    target: Path | str,
    *,
    key: SigningKey,
    holder: str,
    role: str = "release-signer",
    valid_days: int = 365,
    certificate: Certificate | None = None,
    now: str | None = None,
) -> str:
    """Write a trust pack that names one key, signed by that key as its own root.

    Give it to the auditor apart from any bundle. Without a time-stamp authority signing times are
    claimed, so the pack says `timestampRequired: false`. `certificate` is what the key seals PDFs
    with, `certificate_of(workspace, key)`; None is the one of a key without a file of it.

    Returns:
        The fingerprint of the root key, `sha256:...`, for `ftgov verify --trust-root`.
    """
    moment = now or now_text()
    place = Path(target)
    trusted = TrustedKey.of(
        key.public,
        holder=holder,
        role=role,
        not_before=moment,
        valid_days=valid_days,
        certificate=(certificate or plain_certificate(key)).pem,
    )
    content = build_trust_pack([trusted], root=key, issued_at=moment, timestamp_required=False)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)
    return key.spki
