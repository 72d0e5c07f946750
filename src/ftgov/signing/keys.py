"""ECDSA P-256 keys: the one key type that every stock verifier accepts.

Signatures are DER with low S. Of the two signatures (r, s) and (r, n - s) that the mathematics
accepts, one is refused, so that a signed file can't be changed in a byte and still verify.

Sources: FIPS 186-5 (ECDSA); RFC 5915 and RFC 5958 (private keys); RFC 6979 (deterministic nonces).
"""

from __future__ import annotations

from pathlib import Path
from typing import Self

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils

from ftgov.errors import FtgovError
from ftgov.records.digest import Digest, digest_bytes
from ftgov.signing.key_file import open_key, read_key_file, write_key_file

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""The order n of the group of P-256."""

_LONGEST_SIGNATURE = 72


def is_strict(signature: bytes) -> bool:
    """Return whether a signature is the one DER form with 0 < r < n and 0 < s <= n / 2."""
    if len(signature) > _LONGEST_SIGNATURE:
        return False
    try:
        r, s = utils.decode_dss_signature(signature)
        again = utils.encode_dss_signature(r, s)
    except (ValueError, TypeError):
        return False
    return again == signature and 0 < r < ORDER and 0 < s <= ORDER // 2


def low_s(signature: bytes) -> bytes:
    """Return the one of a signature's two forms that is accepted.

    Raises:
        ValueError: If it is no signature in DER.
    """
    r, s = utils.decode_dss_signature(signature)
    return utils.encode_dss_signature(r, min(s, ORDER - s))


class PublicKey:
    """A P-256 public key; equal keys have equal fingerprints."""

    def __init__(self, key: ec.EllipticCurvePublicKey) -> None:
        self.key = key

    @classmethod
    def from_pem(cls, text: str) -> Self:
        """Read a PEM `PUBLIC KEY`.

        Raises:
            ValueError: If the text is not exactly the PEM form of one P-256 public key.
        """
        try:
            key = serialization.load_pem_public_key(text.encode("ascii"))
        except (ValueError, UnsupportedAlgorithm) as fault:
            raise ValueError("this is not a PEM public key") from fault
        if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name != "secp256r1":
            raise ValueError("this is a public key, but not of type ECDSA P-256")
        found = cls(key)
        if found.public_pem != text:
            raise ValueError("this public key is not in the one canonical PEM form")
        return found

    @property
    def public_pem(self) -> str:
        """The key as PEM text, SubjectPublicKeyInfo, ending in a line feed."""
        return self.key.public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        ).decode("ascii")

    @property
    def spki(self) -> Digest:
        """The fingerprint: `sha256:` of the SubjectPublicKeyInfo in DER."""
        return digest_bytes(
            self.key.public_bytes(
                serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
            )
        )

    def verify(self, message: bytes, signature: bytes) -> bool:
        """Return whether the signature is this key's, with SHA-256, in strict DER with low S."""
        if not is_strict(signature):
            return False
        try:
            self.key.verify(signature, message, ec.ECDSA(hashes.SHA256()))
        except InvalidSignature:
            return False
        return True


class SigningKey:
    """A P-256 private key. It never shows its secret: not in text, errors or `repr`."""

    def __init__(self, key: ec.EllipticCurvePrivateKey) -> None:
        self._key = key
        self.public = PublicKey(key.public_key())

    def __repr__(self) -> str:
        return f"SigningKey({self.spki})"

    @classmethod
    def generate(cls) -> Self:
        """Make a new key from the operating system's randomness."""
        return cls(ec.generate_private_key(ec.SECP256R1()))

    @classmethod
    def load(cls, path: Path, passphrase: bytes | None = None) -> Self:
        """Read a private key, PKCS#8 in PEM.

        Args:
            path: The file; nobody but its owner may have rights on it.
            passphrase: What it was encrypted with; None if it was not.

        Raises:
            UsageError: If the file is absent.
            FtgovError: If others may read it, its passphrase is wrong, or it is no P-256 key.
        """
        return cls(_private_key(path, read_key_file(path, make="ftgov keys new"), passphrase))

    def save(self, path: Path, passphrase: bytes | None = None) -> None:
        """Write the key to a new file that only its owner can read.

        Args:
            path: The file to make; an existing one is never replaced.
            passphrase: Encrypts the key; None leaves it in plain PKCS#8.

        Raises:
            FtgovError: If the file exists or cannot be made, or the passphrase is empty.
        """
        write_key_file(path, self._key, passphrase)

    @property
    def spki(self) -> Digest:
        """The fingerprint of the public half."""
        return self.public.spki

    @property
    def public_pem(self) -> str:
        """The public half as PEM text."""
        return self.public.public_pem

    def sign(self, message: bytes) -> bytes:
        """Return a message's signature: SHA-256, DER, low S, the same each time where possible."""
        try:
            made = self._key.sign(message, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
        except UnsupportedAlgorithm:  # an OpenSSL older than 3.2: a random nonce is as safe
            made = self._key.sign(message, ec.ECDSA(hashes.SHA256()))
        return low_s(made)


def _private_key(
    path: Path, content: bytes, passphrase: bytes | None
) -> ec.EllipticCurvePrivateKey:
    """Return the P-256 key in a PEM, or say what is wrong without showing any of it."""
    key = open_key(path, content, passphrase)
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.curve.name != "secp256r1":
        raise FtgovError(
            f"The key in {path} is not an ECDSA P-256 key.",
            why="P-256 is the one type that every stock verifier accepts.",
            next_step="Make one: ftgov keys new",
        )
    return key
