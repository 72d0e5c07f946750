"""The seal of the PDF: the one door of pyHanko.

A certification signature that allows no change (PAdES B-B, and B-T with a time stamp), by the same
ECDSA P-256 key that signs the bundle. The seal is for people who have the PDF alone; in a bundle
the PDF's digest is signed as well. With the same key, file and time the sealed bytes are the same,
but for what a time stamp holds.

Sources: ETSI EN 319 142-1 (PAdES baseline signatures); ISO 32000-2, 12.8.2.2 (DocMDP).
"""

from __future__ import annotations

import hashlib
import io
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from ftgov.errors import FtgovError, MissingExtra, UsageError
from ftgov.records.base import Time
from ftgov.signing.certificate import Certificate
from ftgov.signing.keys import SigningKey
from ftgov.signing.timestamp_request import TimestampService

if TYPE_CHECKING:
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.signers import PdfSigner, Signer
    from pyhanko.sign.timestamps import TimeStamper

FIELD: Final = "ftgov-seal"
"""The name of the signature field."""

_RESERVED: Final = 2 * 16_384
"""Hexadecimal digits kept free for the signature: a fixed number, so that no trial is needed."""


def seal_pdf(
    content: bytes,
    key: SigningKey,
    certificate: Certificate,
    *,
    signed_at: Time,
    service: TimestampService | None = None,
) -> bytes:
    """Return a PDF with a certification signature.

    Args:
        content: A PDF without any signature.
        key: Who signs.
        certificate: A certificate of the same key.
        signed_at: The time that the signer claims; PDF readers show it.
        service: Asked for a time stamp over the signature; None leaves the time claimed.

    Raises:
        MissingExtra: If pyHanko is not installed.
        UsageError: If the certificate is that of another key.
        FtgovError: If the PDF can't be sealed, or no time stamp could be had.
    """
    if certificate.spki != key.spki:
        raise UsageError(
            f"The certificate is that of {certificate.spki}, not of the key {key.spki}.",
            next_step="Give the certificate that was made for the signing key.",
        )
    with quiet():
        try:
            writer = _writer(content)
            signed = _signer(key, certificate, signed_at, service).sign_pdf(
                writer, bytes_reserved=_RESERVED
            )
        except FtgovError:
            raise
        # What a library of readers and writers raises on a PDF that it can't take is open-ended.
        except Exception as fault:
            raise FtgovError(
                "The PDF cannot be sealed.",
                why=f"{type(fault).__name__}: {str(fault)[:300]}",
                next_step="Give a PDF that is neither signed nor encrypted.",
            ) from fault
    sealed: bytes = signed.getvalue()
    return sealed


@contextmanager
def quiet() -> Iterator[None]:
    """Keep pyHanko's log lines and warnings from the terminal; its results are what counts.

    Raises:
        MissingExtra: If it is not installed.
    """
    names = ("pyhanko", "pyhanko_certvalidator")
    kept = {name: logging.getLogger(name).propagate for name in names}
    for name in names:
        logger = logging.getLogger(name)
        logger.addHandler(_SILENT)
        logger.propagate = False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                import pyhanko.sign.signers  # noqa: F401 - whether it is there
            except ImportError as fault:
                raise MissingExtra("The seal of the PDF", "pdf") from fault
            yield
    finally:
        for name, propagate in kept.items():
            logging.getLogger(name).propagate = propagate
            logging.getLogger(name).removeHandler(_SILENT)


_SILENT: Final = logging.NullHandler()


def _writer(content: bytes) -> IncrementalPdfFileWriter:
    from pyhanko.pdf_utils import generic
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    class _Writer(IncrementalPdfFileWriter):
        """Adds to a file without a clock and without chance."""

        def _update_meta(self) -> None:
            """Leave the metadata as the report has it: PDF/A wants them to agree."""

        @classmethod
        def _handle_id(cls, prev: Any) -> Any:
            """Return the file's identifiers; what is new of them comes from its bytes."""
            fresh = generic.ByteStringObject(hashlib.sha256(content).digest()[:16])
            kept, _ = super()._handle_id(prev)  # type: ignore[no-untyped-call]
            return generic.ArrayObject([kept if "/ID" in prev.trailer else fresh, fresh])

    return _Writer(io.BytesIO(content))


def _signer(
    key: SigningKey, certificate: Certificate, signed_at: Time, service: TimestampService | None
) -> PdfSigner:
    from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
    from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner
    from pyhanko.sign.signers.pdf_signer import PdfSigningSession

    class _Signer(PdfSigner):
        """Signs at the time that was given."""

        def init_signing_session(self, *args: Any, **named: Any) -> PdfSigningSession:
            session = super().init_signing_session(*args, **named)
            session.system_time = datetime.fromisoformat(signed_at)
            return session

    metadata = PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        certify=True,
        subfilter=SigSeedSubFilter.PADES,
        docmdp_permissions=MDPPerm.NO_CHANGES,
    )
    stamper = timestamper(service) if service else None
    return _Signer(metadata, _key_signer(key, certificate), timestamper=stamper)


def _key_signer(key: SigningKey, certificate: Certificate) -> Signer:
    from asn1crypto import algos, x509
    from pyhanko.sign.signers import Signer
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    class _KeySigner(Signer):
        """Signs with our key, wherever its secret lies."""

        async def async_sign_raw(self, data: bytes, digest_algorithm: str, *_: object) -> bytes:
            assert digest_algorithm == "sha256"
            return key.sign(data)

    return _KeySigner(
        signing_cert=x509.Certificate.load(certificate.der),
        cert_registry=SimpleCertificateStore(),  # type: ignore[no-untyped-call]
        signature_mechanism=algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
    )


def timestamper(service: TimestampService) -> TimeStamper:
    """Return a service as pyHanko asks it; each response is checked before it is used."""
    from asn1crypto import tsp
    from pyhanko.sign.timestamps import TimeStamper

    class _Stamper(TimeStamper):
        async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
            imprint = req["message_imprint"]["hashed_message"].native
            nonce = req["nonce"].native
            content = service.checked_answer(req.dump(), imprint, nonce)
            return tsp.TimeStampResp.load(content)

    return _Stamper()  # type: ignore[no-untyped-call]
