"""Signing keys of a workspace, and the trust pack that tells others whom to believe."""

from __future__ import annotations

from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from ftgov.api.clock import now_text
from ftgov.errors import FtgovError, NotAssessable, UsageError
from ftgov.records.base import Name
from ftgov.records.digest import Digest
from ftgov.signing.certificate import Certificate, plain_certificate, self_certificate
from ftgov.signing.keys import PublicKey, SigningKey
from ftgov.signing.log_key import LogKey
from ftgov.signing.recipe import leave_script
from ftgov.signing.remote_key import remote_key
from ftgov.signing.trust import TrustedKey, build_trust_pack
from ftgov.signing.trust_parts import TrustedLog
from ftgov.store.workspace import Workspace

DEFAULT_KEY = "release"
DEFAULT_PACK = "trust/trust-pack.json"

_ADDRESS = ".uri"
_CERTIFICATE = ".crt"
_LONGEST_NAME = 64  # of a common name in X.509
_NAME: TypeAdapter[str] = TypeAdapter(Name)


def key_path(workspace: Workspace, name: str) -> Path:
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
    """Return the names of the keys that a workspace holds or knows the address of."""
    found = {path.stem for kind in ("*.pem", f"*{_ADDRESS}") for path in workspace.keys.glob(kind)}
    return tuple(sorted(found))


def address_of(workspace: Workspace, name: str) -> str | None:
    """Return the address of a key that lies in a token or a cloud, or None for one in a file.

    Raises:
        UsageError: If the name can be no key's.
        FtgovError: If the file with the address can't be read.
    """
    path = key_path(workspace, name).with_suffix(_ADDRESS)
    if not path.exists():
        return None
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as fault:
        raise FtgovError(f"{path} cannot be read.", why=str(fault)) from fault


def spki_of(workspace: Workspace, name: str) -> Digest | None:
    """Return the fingerprint of a key, from the certificate beside it; None where there is none."""
    path = key_path(workspace, name).with_suffix(_CERTIFICATE)
    return read_certificate(path).spki if path.exists() else None


def key_certificate(workspace: Workspace, name: str) -> Certificate:
    """Return the certificate of a key, by the key's name; no passphrase is needed.

    Raises:
        NotAssessable: If there is no key of that name.
        FtgovError: If its certificate is missing or malformed.
    """
    path = key_path(workspace, name).with_suffix(_CERTIFICATE)
    if name not in key_names(workspace):
        raise _absent(name)
    return read_certificate(path)


def needs_secret(workspace: Workspace, name: str) -> bool:
    """Return whether a key wants a passphrase or a PIN before it signs."""
    uri = address_of(workspace, name)
    if uri is not None:
        return uri.startswith("hsm:")
    try:
        return b"ENCRYPTED" in key_path(workspace, name).read_bytes().split(b"\n", 1)[0]
    except OSError:
        return False  # that it is absent or unreadable is told when it is loaded


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
    _check_free(workspace, name)
    key = SigningKey.generate()
    certificate = holder_certificate(key, holder, now)
    write_key(workspace, name, key, certificate, passphrase)
    return key


def holder_certificate(key: SigningKey, holder: str | None, now: str | None) -> Certificate:
    """Return a certificate of a key that names its holder, as far as a certificate can."""
    if not holder:
        return plain_certificate(key)
    return self_certificate(key, holder[:_LONGEST_NAME], now or now_text())


def write_key(
    workspace: Workspace,
    name: str,
    key: SigningKey,
    certificate: Certificate,
    passphrase: bytes | None,
) -> None:
    """Write a key and its certificate under a name that is free.

    Raises:
        UsageError: If the name is none, or there is a key of that name.
        FtgovError: If a file can't be written.
    """
    _check_free(workspace, name)
    path = key_path(workspace, name)
    key.save(path, passphrase)
    path.with_suffix(_CERTIFICATE).write_text(certificate.pem, encoding="ascii")


def register_key(
    workspace: Workspace,
    name: str,
    uri: str,
    secret: bytes | None = None,
    *,
    public: Path | None = None,
    holder: str | None = None,
    now: str | None = None,
) -> SigningKey:
    """Remember the address of a key in a PKCS#11 token or with a cloud's key service.

    The key signs its own certificate, which shows that it can be used. No secret is kept.

    Args:
        workspace: Where the address goes (`.ftgov/keys`).
        name: What the key is called here.
        uri: Its address; see `signing.remote_key`.
        secret: The PIN of a token.
        public: A PEM file with its public half; a token can be asked for it.
        holder: Whom the certificate names.
        now: From when the certificate holds; by default the present.

    Raises:
        UsageError: If a name, an address, a PIN or a public half is missing or malformed.
        FtgovError: If the key can't be reached.
    """
    _check_free(workspace, name)
    key = remote_key(uri, _public_key(public) if public else None, secret)
    certificate = holder_certificate(key, holder, now)
    path = key_path(workspace, name)
    path.with_suffix(_CERTIFICATE).write_text(certificate.pem, encoding="ascii")
    path.with_suffix(_ADDRESS).write_text(uri + "\n", encoding="utf-8")
    return key


def _public_key(path: Path) -> PublicKey:
    try:
        return PublicKey.from_pem(path.read_text(encoding="ascii"))
    except (OSError, ValueError) as fault:
        raise UsageError(
            f"{path} is not a public key.",
            why=str(fault),
            next_step="Give a PEM PUBLIC KEY of type ECDSA P-256.",
        ) from fault


def _check_free(workspace: Workspace, name: str) -> None:
    key_path(workspace, name)
    if name in key_names(workspace):
        raise UsageError(
            f"There is a key '{name}' already.", next_step="Choose another name; keys are kept."
        )


def load_key(
    workspace: Workspace, name: str = DEFAULT_KEY, passphrase: bytes | None = None
) -> SigningKey:
    """Load a key of the workspace; `passphrase` is the PIN of one in a token.

    Raises:
        UsageError: If the name can be no key's.
        NotAssessable: If there is none of that name.
        FtgovError: If the passphrase is wrong.
    """
    path = key_path(workspace, name)
    uri = address_of(workspace, name)
    if uri is not None:
        certificate = read_certificate(path.with_suffix(_CERTIFICATE))
        return remote_key(uri, PublicKey.from_pem(certificate.public_pem), passphrase)
    if not path.is_file():
        raise _absent(name)
    return SigningKey.load(path, passphrase)


def _absent(name: str) -> NotAssessable:
    return NotAssessable(
        f"There is no signing key '{name}' in this workspace.",
        why="A report that nobody signs proves nothing.",
        next_step=f"ftgov keys new {name}",
    )


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
    for path in sorted(workspace.keys.glob(f"*{_CERTIFICATE}")):
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
    log: LogKey | None = None,
) -> str:
    """Write a trust pack that names one key and one log, signed by that key as its own root.

    Beside it goes `verify.sh`, with which its reader checks a bundle without ftgov.

    Give it to the auditor apart from any bundle. Without a time-stamp authority signing times are
    claimed, so the pack says `timestampRequired: false`. `certificate` is what the key seals PDFs
    with, `certificate_of(workspace, key)`; None is the one of a key without a file of it. `log` is
    the key of the workspace's log, without which the log proof of a report can't be checked.

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
    content = build_trust_pack(
        [trusted],
        root=key,
        issued_at=moment,
        timestamp_required=False,
        logs=[TrustedLog(origin=log.name, key=log.public)] if log else (),
    )
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)
    leave_script(place.parent)
    return key.spki
