"""Time stamps: when something existed, by the word of an authority that the trust pack names.

What is kept is the authority's whole response in its shortest form: status "granted" and the token,
nothing else. The token's statement is protected; bytes of its unsigned areas are not.

Sources: RFC 3161; RFC 5816 (SHA-2 in ESSCertIDv2).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final, NamedTuple

from cryptography import x509

from ftgov.errors import FtgovError, InvalidBundle, NotAssessable
from ftgov.records.base import Time, time_text
from ftgov.signing.trust_parts import TimestampAuthority

if TYPE_CHECKING:
    from rfc3161_client import TimeStampResponse

LARGEST: Final = 65_536
"""The longest response that is read, in bytes."""

_SHA256: Final = "2.16.840.1.101.3.4.2.1"
_GRANTED: Final = b"\x30\x03\x02\x01\x00"
_SEQUENCE: Final = 0x30


class Stamped(NamedTuple):
    """What a time stamp shows: the time, as the authority of that name has it.

    `until` is when the certificate of its signer expires.
    """

    moment: datetime
    authority: str
    until: datetime

    @property
    def text(self) -> Time:
        """The time in whole seconds, never later than what was stamped."""
        return time_text(self.moment)


def shortest(response: bytes) -> bytes:
    """Return a granted response with nothing but its status and its token.

    Raises:
        InvalidBundle: If it is malformed, or the authority refused.
    """
    read = _parse(response)
    if read.status != 0:
        said = ": " + "; ".join(read.status_string) if read.status_string else ""
        raise _refused(f"the authority refused it (status {read.status}{said!a})")
    return framed(read.time_stamp_token())


def stamped_time(
    response: bytes, message: bytes, authorities: Sequence[TimestampAuthority]
) -> Stamped:
    """Return the time that a time stamp over some bytes shows; see `stamped_imprint`."""
    return stamped_imprint(response, hashlib.sha256(message).digest(), authorities)


def stamped_imprint(
    response: bytes,
    imprint: bytes,
    authorities: Sequence[TimestampAuthority],
    *,
    nonce: int | None = None,
) -> Stamped:
    """Return the time that a time stamp over a SHA-256 shows, after checking it.

    The certificates need to be valid at the time that is stamped, not today.

    Args:
        response: The response in its shortest form.
        imprint: The SHA-256 that was stamped, 32 bytes.
        authorities: Whose word counts.
        nonce: The number that was sent with the request, where it is known.

    Raises:
        InvalidBundle: If it is malformed, over other bytes, or not signed by any of them.
        NotAssessable: If no authority is given.
    """
    if not authorities:
        raise NotAssessable(
            "The trust pack names no time-stamp authority.",
            why="Without one nobody can say whose time stamps count.",
            next_step="Ask the signer for a trust pack with timestampAuthorities.",
        )
    read = _parse(response)
    if read.status != 0 or response != framed(read.time_stamp_token()):
        raise _refused("it is not in its shortest form")
    if read.tst_info.message_imprint.hash_algorithm.dotted_string != _SHA256:
        raise _refused("it is over another kind of digest than SHA-256")
    faults = []
    for authority in authorities:
        fault = _fault(read, imprint, authority, nonce)
        if fault is None:
            return Stamped(read.tst_info.gen_time, authority.name, _until(read, authority))
        faults.append(f"{authority.name}: {fault}")
    raise _refused("; ".join(faults)[:500])


def _fault(
    read: TimeStampResponse, imprint: bytes, authority: TimestampAuthority, nonce: int | None
) -> str | None:
    """Return why a time stamp is not this authority's over these bytes, or None if it is."""
    from rfc3161_client import VerificationError, VerifierBuilder

    between = [one.x509 for one in authority.others]
    # A token may leave its signer's certificate out; then it is one of those in the pack.
    carried = bool(read.signed_data.certificates)
    signers: list[x509.Certificate | None] = [None] if carried else list(between)
    if carried:
        # The one that it carries is the one that is checked; else its bytes could be anything.
        between = [one for one in between if _may_issue(one)]
    fault = "its signer's certificate is neither in it nor in the trust pack"
    for signer in signers:
        verifier = VerifierBuilder(
            tsa_certificate=signer,
            roots=[one.x509 for one in authority.roots],
            intermediates=between,
            nonce=nonce,
        ).build()
        try:
            verifier.verify(read, imprint)
        except (VerificationError, ValueError) as wrong:
            fault = str(wrong).split(": ErrorStack", 1)[0]
        else:
            return None
    return fault


def _until(read: TimeStampResponse, authority: TimestampAuthority) -> datetime:
    """Return when the certificate of a time stamp's signer expires, the earliest in doubt."""
    numbers = {one.serial_number for one in read.signed_data.signer_infos}
    try:
        carried = [x509.load_der_x509_certificate(der) for der in read.signed_data.certificates]
    except (ValueError, x509.InvalidVersion) as fault:
        raise _refused("a certificate in it is malformed") from fault
    known = [*carried, *(one.x509 for one in (*authority.roots, *authority.others))]
    ends = [one.not_valid_after_utc for one in known if one.serial_number in numbers]
    return min(ends, default=read.tst_info.gen_time)


def _may_issue(certificate: x509.Certificate) -> bool:
    """Return whether a certificate is that of an issuer of certificates."""
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def _parse(response: bytes) -> TimeStampResponse:
    from rfc3161_client import decode_timestamp_response

    if len(response) > LARGEST:
        raise _refused(f"it is longer than {LARGEST} bytes")
    try:
        read = decode_timestamp_response(response)
        if read.status == 0:
            read.time_stamp_token()
            if read.tst_info.gen_time.tzinfo is None:
                raise ValueError("its time has no zone")
    except FtgovError:
        raise
    # The library's parser is compiled; what it raises on malformed input is not documented.
    except Exception as fault:
        raise _refused(f"it is malformed: {str(fault)[:200]}") from fault
    return read


def framed(token: bytes) -> bytes:
    """Return the shortest response that carries a token: the DER of { granted, token }."""
    content = _GRANTED + token
    length = len(content)
    if length < 128:
        return bytes([_SEQUENCE, length]) + content
    size = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([_SEQUENCE, 0x80 | len(size)]) + size + content


def _refused(why: str) -> InvalidBundle:
    return InvalidBundle(
        f"The time stamp does not hold: {why}.",
        next_step="Get the file again from its maker.",
    )
