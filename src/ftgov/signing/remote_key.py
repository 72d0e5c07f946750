"""Keys that never leave their place: in a PKCS#11 token, or with a cloud's key service.

They are named by the addresses of securesystemslib, `hsm:<KEYID>?label=<TOKEN>`, `awskms:...`,
`azurekms:...`, `gcpkms:...` and `hv:...`. A token is asked through python-pkcs11 with one session
that stays open; cloud services are asked through securesystemslib, which is not installed with
ftgov.

Sources: PKCS #11 v3.1 (OASIS); securesystemslib, `Signer.from_priv_key_uri`.
"""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from ftgov.errors import ExitCode, FtgovError, MissingExtra, UsageError
from ftgov.signing.keys import PublicKey, SigningKey, low_s

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric import ec

MODULE_VARIABLES: Final = ("FTGOV_PKCS11_MODULE", "PYKCS11LIB")
"""The variables that name the library of the token's maker; never a file does."""

CLOUD: Final = {"awskms": "awskms", "azurekms": "azurekms", "gcpkms": "gcpkms", "hv": "vault"}
"""The schemes of cloud services, and the extra of securesystemslib for each."""


class RemoteKey(SigningKey):
    """A key that is asked to sign where it is.

    Args:
        public: Its public half.
        ask: Returns its signature of a message, with SHA-256, in DER.
        place: Its address, for messages.
    """

    def __init__(self, public: PublicKey, ask: Callable[[bytes], bytes], place: str) -> None:
        self.public = public
        self._ask = ask
        self._place = place

    def sign(self, message: bytes) -> bytes:
        """Return a message's signature, in DER with low S, after checking it.

        Raises:
            FtgovError: If the key can't be reached, or what it answers is not its signature.
        """
        try:
            made = low_s(self._ask(message))
        except ValueError:
            made = b""
        if not self.public.verify(message, made):
            raise FtgovError(
                f"{self._place} did not answer with a signature of the key {self.spki}.",
                next_step="Check that the address names the key of the certificate beside it.",
            )
        return made

    def save(self, path: Path, passphrase: bytes | None = None) -> None:
        """Refuse: the secret is not here.

        Raises:
            UsageError: Always.
        """
        del passphrase
        raise UsageError(f"The key at {self._place} cannot be written to {path}: it never leaves.")


class _Address(NamedTuple):
    key_id: bytes
    label: str | None


def is_remote(uri: str) -> bool:
    """Return whether an address names a key in a token or with a cloud's key service."""
    return urlsplit(uri).scheme in {"hsm", *CLOUD}


def remote_key(uri: str, public: PublicKey | None, secret: bytes | None) -> RemoteKey:
    """Return the key at an address.

    Args:
        uri: The address.
        public: The public half that is expected; a token may be asked for it, a cloud may not.
        secret: The PIN of a token.

    Raises:
        UsageError: If the address, the PIN or the public half is missing or malformed.
        MissingExtra: If the library for tokens is not installed.
        FtgovError: If the key can't be reached, is of another kind, or the PIN is wrong.
    """
    scheme = urlsplit(uri).scheme
    if scheme == "hsm":
        return _token_key(uri, public, secret)
    if scheme in CLOUD:
        return _cloud_key(uri, public, CLOUD[scheme])
    raise UsageError(
        f"{uri!r} is not the address of a key.",
        next_step="Give hsm:KEYID?label=TOKEN, or awskms:, azurekms:, gcpkms: or hv: and a key.",
    )


def _address(uri: str) -> _Address:
    parts = urlsplit(uri)
    try:
        number = int(parts.path or "2")
        asked = dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
        if number < 0 or set(asked) - {"label"} or parts.netloc or parts.fragment:
            raise ValueError("only a key's number and the label of its token can be named")
    except ValueError as fault:
        raise UsageError(
            f"{uri!r} is not the address of a key in a token.",
            why=str(fault),
            next_step="Write hsm:KEYID?label=TOKEN, for example hsm:2?label=ftgov.",
        ) from fault
    return _Address(number.to_bytes(max(1, (number.bit_length() + 7) // 8)), asked.get("label"))


def _token_key(uri: str, public: PublicKey | None, pin: bytes | None) -> RemoteKey:
    address = _address(uri)
    module = next((os.environ[name] for name in MODULE_VARIABLES if os.environ.get(name)), None)
    if module is None:
        raise UsageError(
            "The library of the token is not named.",
            next_step=f"Set {MODULE_VARIABLES[0]} to the PKCS#11 library that came with the token.",
        )
    if pin is None:
        raise UsageError(
            f"The token of {uri} needs its PIN.",
            next_step="Give it as a passphrase: by prompt, file or variable.",
        )
    try:
        import pkcs11
    except ImportError as fault:
        raise MissingExtra("A key in a PKCS#11 token", "hsm") from fault
    try:
        key = _opened(pkcs11, address, (module, pin), uri)
    except pkcs11.exceptions.PinIncorrect as fault:
        raise FtgovError(
            f"The PIN of the token of {uri} is wrong.",
            why="A token locks itself after a few wrong ones.",
            next_step="Check the PIN before you try again.",
        ) from fault
    except (pkcs11.exceptions.PKCS11Error, RuntimeError, UnicodeDecodeError) as fault:
        raise FtgovError(
            f"The key {uri} cannot be used.",
            why=f"{type(fault).__name__}: {fault}".rstrip(": "),
            next_step=f"Check the token, the address, and {MODULE_VARIABLES[0]}.",
        ) from fault
    if public is not None and public.spki != key.spki:
        raise FtgovError(
            f"{uri} holds the key {key.spki}, not {public.spki}.",
            next_step="Name the token that holds the key, or register this one anew.",
        )
    return key


def _opened(pkcs11: Any, address: _Address, access: tuple[str, bytes], uri: str) -> RemoteKey:
    """Return a key of a token, in a session that stays open as long as the key is used."""
    import hashlib

    from cryptography.hazmat.primitives import serialization
    from pkcs11.util.ec import encode_ec_public_key, encode_ecdsa_signature

    flags = pkcs11.TokenFlag.TOKEN_INITIALIZED
    token = pkcs11.lib(access[0]).get_token(token_label=address.label, token_flags=flags)
    try:
        session = token.open(user_pin=access[1].decode())
    except pkcs11.exceptions.UserAlreadyLoggedIn:
        session = token.open()  # this process unlocked the token before: one login holds for all
    kind = {"key_type": pkcs11.KeyType.EC, "id": address.key_id}
    try:
        private = session.get_key(object_class=pkcs11.ObjectClass.PRIVATE_KEY, **kind)
        public = session.get_key(object_class=pkcs11.ObjectClass.PUBLIC_KEY, **kind)
    except pkcs11.exceptions.PKCS11Error:
        session.close()
        raise
    key = serialization.load_der_public_key(encode_ec_public_key(public))

    def ask(message: bytes) -> bytes:
        digest = hashlib.sha256(message).digest()
        made = private.sign(digest, mechanism=pkcs11.Mechanism.ECDSA)
        return bytes(encode_ecdsa_signature(made))

    try:
        found = RemoteKey(PublicKey(_p256(key, uri)), ask, uri)
    except FtgovError:
        session.close()
        raise
    weakref.finalize(found, _close, session, pkcs11.exceptions.PKCS11Error)
    return found


def _close(session: Any, fault: type[Exception]) -> None:
    """Close a session; one that its library closed already, at its end, is no fault."""
    with suppress(fault):
        session.close()


def _cloud_key(uri: str, public: PublicKey | None, extra: str) -> RemoteKey:
    if public is None:
        raise UsageError(
            f"The public half of {uri} is not known.",
            next_step="Give it with --public FILE.pem; the service shows it.",
        )
    line = f"pip install 'securesystemslib[{extra}]'"
    try:
        from securesystemslib.exceptions import UnsupportedLibraryError
        from securesystemslib.signer import Signer, SSlibKey  # type: ignore[attr-defined]
    except ImportError as fault:
        raise FtgovError(
            f"A key at {uri} needs securesystemslib, which is not installed.", next_step=line
        ) from fault
    try:
        signer = Signer.from_priv_key_uri(
            uri, SSlibKey.from_crypto(public.key, scheme="ecdsa-sha2-nistp256")
        )
    except UnsupportedLibraryError as fault:
        raise FtgovError(
            f"The library for {uri} is not installed.", why=str(fault), next_step=line
        ) from fault
    except Exception as fault:  # a cloud's client has errors of its own
        raise _unreachable(uri, fault) from fault

    def ask(message: bytes) -> bytes:
        try:
            return bytes.fromhex(signer.sign(message).signature)
        except Exception as fault:
            raise _unreachable(uri, fault) from fault

    return RemoteKey(public, ask, uri)


def _unreachable(uri: str, fault: Exception) -> FtgovError:
    return FtgovError(
        f"The key {uri} cannot be used.",
        why=f"{type(fault).__name__}: {str(fault)[:300]}",
        next_step="Check the address and the credentials that the service's own tools use.",
        exit_code=ExitCode.PROVIDER,
    )


def _p256(key: object, uri: str) -> ec.EllipticCurvePublicKey:
    from cryptography.hazmat.primitives.asymmetric import ec

    if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name != "secp256r1":
        raise FtgovError(
            f"The key {uri} is not an ECDSA P-256 key.",
            why="P-256 is the one type that every stock verifier accepts.",
            next_step="Make one in the token.",
        )
    return key
