"""X.509 certificates: the form in which PDF readers and time-stamp authorities know a key.

Trust never comes from a certificate here: a key counts by its fingerprint in the trust pack. So a
certificate that ftgov makes is signed by its own key, does not expire, and is the same bytes for
the same key, name and time.

Source: RFC 5280 (4.1.2.5: 99991231235959Z is "no well-defined expiration date").
"""

from __future__ import annotations

from typing import Self

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization

from ftgov.records.digest import Digest, digest_bytes


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
    def self_signed(self) -> bool:
        """Whether its own key signed it."""
        try:
            self.x509.verify_directly_issued_by(self.x509)
        except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
            return False
        return True
