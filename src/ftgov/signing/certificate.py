"""X.509 certificates: the form in which PDF readers and time-stamp authorities know a key.

Trust never comes from a certificate here: a key counts by its fingerprint in the trust pack. So a
certificate that ftgov makes is signed by its own key, does not expire, and is the same bytes for
the same key, name and time.

Source: RFC 5280 (4.1.2.5: 99991231235959Z is "no well-defined expiration date").
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Self

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from ftgov.errors import FtgovError
from ftgov.records.base import Time
from ftgov.records.digest import Digest, bare, digest_bytes
from ftgov.signing.keys import SigningKey

if TYPE_CHECKING:
    from cryptography.utils import Buffer

_USE: Final = x509.KeyUsage(
    digital_signature=True,
    content_commitment=True,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=False,
    encipher_only=False,
    decipher_only=False,
)
# Signing PDFs is its use. That it may sign certificates as well, its own, is what NSS (and so
# pdfsig) wants of a certificate that is its own root; without it the seal is never "Trusted".
_NO_END: Final = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)


class Certificate:
    """An X.509 certificate; `x509` is what other libraries take.

    Args:
        certificate: The parsed certificate.
    """

    def __init__(self, certificate: x509.Certificate) -> None:
        self.x509 = certificate

    @classmethod
    def from_pem(cls, text: str) -> Self:
        """Read one certificate in PEM.

        Raises:
            ValueError: If the text is not exactly the PEM form of one certificate.
        """
        try:
            found = cls(x509.load_pem_x509_certificate(text.encode("ascii")))
            found.x509.public_key()
        except (ValueError, UnsupportedAlgorithm, x509.InvalidVersion) as fault:
            raise ValueError("this is not a PEM certificate of a known kind of key") from fault
        if found.pem != text:
            raise ValueError("this certificate is not in the one canonical PEM form")
        return found

    @property
    def title(self) -> str:
        """The common name of whom it certifies, or the whole name where there is none."""
        found = self.x509.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
        return str(found[0].value) if found else self.x509.subject.rfc4514_string()

    @property
    def pem(self) -> str:
        """The certificate as PEM text, ending in a line feed."""
        return self.x509.public_bytes(serialization.Encoding.PEM).decode("ascii")

    @property
    def der(self) -> bytes:
        """The certificate's DER."""
        return self.x509.public_bytes(serialization.Encoding.DER)

    @property
    def digest(self) -> Digest:
        """The SHA-256 of the DER."""
        return digest_bytes(self.der)

    @property
    def spki(self) -> Digest:
        """The fingerprint of the key in it, as `PublicKey.spki` has it."""
        return digest_bytes(
            self.x509.public_key().public_bytes(
                serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
            )
        )

    @property
    def public_pem(self) -> str:
        """The key in it as PEM text, SubjectPublicKeyInfo."""
        return (
            self.x509.public_key()
            .public_bytes(
                serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
            )
            .decode("ascii")
        )

    @property
    def self_signed(self) -> bool:
        """Whether its own key signed it."""
        try:
            self.x509.verify_directly_issued_by(self.x509)
        except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
            return False
        return True


def certificates_in(content: bytes) -> tuple[Certificate, ...]:
    """Return the certificates of a PEM file, in its order.

    Raises:
        ValueError: If there is none, or one is malformed.
    """
    return tuple(
        Certificate.from_pem(Certificate(one).pem)
        for one in x509.load_pem_x509_certificates(content)
    )


def plain_certificate(key: SigningKey) -> Certificate:
    """Return the certificate of a key of which no more than the key is known."""
    return self_certificate(key, f"ftgov key {bare(key.spki)[:16]}", "2020-01-01T00:00:00Z")


def self_certificate(key: SigningKey, name: str, not_before: Time) -> Certificate:
    """Return a certificate of a key, signed by itself: the same bytes each time where possible.

    Args:
        key: The key; a key in hardware signs once.
        name: Whom PDF readers show, printable and at most 64 characters long.
        not_before: From when it holds.

    Raises:
        FtgovError: If the name can't stand in a certificate.
    """
    try:
        who = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        begin = datetime.fromisoformat(not_before).replace(microsecond=0)
        builder = (
            x509.CertificateBuilder()
            .subject_name(who)
            .issuer_name(who)
            .public_key(key.public.key)
            .serial_number(_serial(key.spki, name, not_before))
            .not_valid_before(begin)
            .not_valid_after(_NO_END)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_USE, critical=True)
        )
    except ValueError as fault:
        raise FtgovError(
            f"No certificate can be made for {name!a}: {fault}.",
            next_step="Give a name of 1 to 64 printable characters.",
        ) from fault
    return Certificate(builder.sign(_Issuer(key), hashes.SHA256()))


def _serial(spki: Digest, name: str, not_before: Time) -> int:
    """Return 159 bits that differ for different certificates of a key, and are not random."""
    said = digest_bytes(f"{spki}\n{name}\n{not_before}".encode())
    return max(1, int(bare(said)[:40], 16) >> 1)


class _Issuer(ec.EllipticCurvePrivateKey):
    """A signing key, in a file or in hardware, as the maker of certificates wants it."""

    def __init__(self, key: SigningKey) -> None:
        self._key = key

    @property
    def curve(self) -> ec.EllipticCurve:
        """The curve of the key."""
        return ec.SECP256R1()

    @property
    def key_size(self) -> int:
        """The length of the key in bits."""
        return self.curve.key_size

    def public_key(self) -> ec.EllipticCurvePublicKey:
        """Return the public half."""
        return self._key.public.key

    def sign(self, data: Buffer, signature_algorithm: ec.EllipticCurveSignatureAlgorithm) -> bytes:
        """Return the signature of some bytes; the algorithm is always ECDSA with SHA-256."""
        assert isinstance(signature_algorithm.algorithm, hashes.SHA256)
        return self._key.sign(bytes(data))

    def exchange(self, *_: object, **__: object) -> bytes:
        """Refuse: the key only signs."""
        raise TypeError("a signing key agrees on no secret")

    def private_numbers(self) -> ec.EllipticCurvePrivateNumbers:
        """Refuse: the key never shows its secret."""
        raise TypeError("a signing key shows no secret")

    def private_bytes(self, *_: object, **__: object) -> bytes:
        """Refuse: the key never shows its secret."""
        raise TypeError("a signing key shows no secret")

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self
