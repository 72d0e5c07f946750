"""Reading the seal of a PDF: what it says, once it is known that nothing was added or changed.

Readers that only ask "is the signature valid" accept a PDF with a page painted over by a later
update. So the one signature must certify the file, allow no change, and cover it to its last byte.

Sources: ISO 32000-2, 12.8 (signatures, DocMDP); ETSI EN 319 142-1; the attacks of
"1 Trillion Dollar Refund" (Mladenov et al., CCS 2019, https://doi.org/10.1145/3319535.3339812).
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, NamedTuple

from ftgov.errors import FtgovError, InvalidBundle
from ftgov.records.digest import Digest, digest_bytes
from ftgov.signing.keys import is_strict
from ftgov.signing.pdf_seal import FIELD, quiet
from ftgov.signing.timestamp import framed

if TYPE_CHECKING:
    from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature


class Seal(NamedTuple):
    """A seal whose signature holds over the whole file; whose key it is is not judged yet.

    `certificate` is the digest of the signer's certificate, `stamp` the RFC 3161 response over
    `signature` in its shortest form, if there is one.
    """

    spki: Digest
    certificate: Digest
    signature: bytes
    stamp: bytes | None


def read_seal(content: bytes) -> Seal:
    """Return the seal of a PDF.

    Raises:
        MissingExtra: If pyHanko is not installed.
        InvalidBundle: If there is none, there are several, or it does not hold over every byte.
    """
    with quiet():
        try:
            return _read(content)
        except FtgovError:
            raise
        # The file may be hostile, and what its reader then raises is open-ended.
        except Exception as fault:
            why = f"it can't be read: {type(fault).__name__}: {str(fault)[:200]}"
            raise _broken(why) from fault


def _read(content: bytes) -> Seal:
    from pyhanko.pdf_utils.reader import PdfFileReader

    reader = PdfFileReader(io.BytesIO(content))
    found = reader.embedded_signatures
    if len(found) != 1:
        raise _broken(f"the file has {len(found)} signatures, not one")
    seal = found[0]
    if seal.field_name != FIELD or seal.sig_object.get("/SubFilter") != "/ETSI.CAdES.detached":
        raise _broken(f"its signature is no seal of PAdES in the field {FIELD}")
    _check_certification(reader, seal)
    _check_integrity(seal)
    own = seal.signer_cert
    if len(seal.signed_data["certificates"]) != 1:
        raise _broken("it does not hold exactly the signer's certificate")
    signature: bytes = seal.signer_info["signature"].native
    if not is_strict(signature):
        raise _broken("its signature is not in strict DER with low S")
    return Seal(
        digest_bytes(own.public_key.dump()),
        digest_bytes(own.dump()),
        signature,
        _stamp(seal),
    )


def _check_certification(reader: Any, seal: EmbeddedPdfSignature) -> None:
    from pyhanko.sign.fields import MDPPerm
    from pyhanko.sign.validation.pdf_embedded import read_certification_data

    certified = read_certification_data(reader)
    if certified is None or certified.author_sig != seal.sig_object:
        raise _broken("its signature does not certify the file")
    if certified.permission != MDPPerm.NO_CHANGES:
        raise _broken("it allows changes")


def _check_integrity(seal: EmbeddedPdfSignature) -> None:
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.status import SignatureCoverageLevel
    from pyhanko_certvalidator import ValidationContext

    # The certificate only carries the key here: whose it is, the trust pack says.
    own = ValidationContext(trust_roots=[seal.signer_cert], allow_fetching=False)
    status = validate_pdf_signature(seal, own, skip_diff=True)
    if not (status.intact and status.valid):
        raise _broken("its signature does not hold over the bytes that it names")
    if status.coverage != SignatureCoverageLevel.ENTIRE_FILE:
        raise _broken("it does not cover the whole file: something was added later")


def _stamp(seal: EmbeddedPdfSignature) -> bytes | None:
    """Return the response around the one time stamp in a seal, if there is one."""
    unsigned = seal.signer_info["unsigned_attrs"]
    # Not `.native`: it makes the library write the token anew, byte by byte, when it is dumped.
    attributes = list(unsigned) if unsigned.contents else []
    if not attributes:
        return None
    if len(attributes) != 1 or attributes[0]["type"].native != "signature_time_stamp_token":
        raise _broken("it carries something unsigned that is no time stamp")
    values = attributes[0]["values"]
    if len(values) != 1:
        raise _broken("it carries several time stamps")
    token: bytes = values[0].dump()
    return framed(token)


def _broken(why: str) -> InvalidBundle:
    return InvalidBundle(
        f"The seal of the PDF does not hold: {why}.",
        next_step="Get the bundle again from its maker.",
    )
