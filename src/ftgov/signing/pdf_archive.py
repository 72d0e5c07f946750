"""Keeping a sealed PDF provable for longer than its time stamps' certificates last.

Each renewal appends one update: certificates, and a document time stamp over every byte before and
in it (the last steps of PAdES B-LTA; lists of revoked certificates are not fetched). A renewed PDF
lies outside the bundle: it begins with the bundle's PDF, byte for byte, and each update must be
the one that `pdf_update` writes, so nothing can be shown that was not sealed.

A time stamp proves its time only until its certificate expires, since its key may leak later. So
each renewal must have been made before the certificate of the time stamp before it expired.

Sources: ETSI EN 319 142-1, 6.3 (B-LTA); ETSI EN 319 102-1, 5.6 (proof of existence in time); RFC
4998, 5.1 (renewal).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from ftgov.errors import ExitCode, FtgovError, InvalidBundle, NotAssessable, UsageError
from ftgov.records.base import time_text
from ftgov.signing.pdf_check import read_seal
from ftgov.signing.pdf_update import Update, update_of
from ftgov.signing.timestamp import Stamped, framed, stamped_imprint, stamped_time
from ftgov.signing.timestamp_request import TimestampService
from ftgov.signing.trust_parts import TimestampAuthority

MOST: Final = 200
"""The most renewals that are read."""

_CERTIFICATES: Final = 64
_STREAM: Final = re.compile(rb"\d+ 0 obj\n<<\n/Length (\d{1,5})\n>>\nstream\n")
# What a reader that mends broken files would look for; a certificate must not play at being one.
_SYNTAX: Final = re.compile(rb" obj|xref|stream|trailer|%%EOF")
_STREAM_END: Final = b"\nendstream\nendobj\n"


class Archived(NamedTuple):
    """A sealed PDF: when it was sealed, each renewal, oldest first, and the certificates in it."""

    sealed: Stamped
    renewals: tuple[Stamped, ...]
    certificates: tuple[bytes, ...]

    @property
    def last(self) -> Stamped:
        """The time stamp that the next renewal must follow before its certificate expires."""
        return (self.sealed, *self.renewals)[-1]


def read_archive(
    original: bytes, content: bytes, authorities: Sequence[TimestampAuthority], now: datetime
) -> Archived:
    """Return what a sealed PDF and its renewals show, after checking all of them.

    Args:
        original: The PDF as it was sealed; whose seal it is must be known.
        content: The same, or the renewed PDF.
        authorities: Whose time stamps count.
        now: The time of checking.

    Raises:
        MissingExtra: If pyHanko is not installed.
        UsageError: If the seal has no time stamp, so there is no proven time to keep.
        InvalidBundle: If the PDF does not begin with the original, anything but renewals follows,
            a time stamp does not hold, or one came after the one before it had expired.
        NotAssessable: If no authority is given, or the last certificate has expired.
    """
    seal = read_seal(original)
    if seal.stamp is None:
        raise UsageError(
            "The seal of the PDF has no time stamp, so it can't be renewed.",
            why="A renewal keeps a proven time; it can't prove an earlier one.",
            next_step="Make the report with --tsa.",
        )
    sealed = stamped_time(seal.stamp, seal.signature, authorities)
    if not content.startswith(original):
        raise _broken("it does not begin with the PDF of the bundle, byte for byte")
    found = Archived(sealed, (), ())
    end = len(original)
    while end < len(content):
        if len(found.renewals) == MOST:
            raise _broken(f"it has more than {MOST} renewals")
        found, end = _next(content, end, found, authorities)
    if now >= found.last.until:
        raise NotAssessable(
            f"The certificate of the PDF's last time stamp expired at "
            f"{time_text(found.last.until)}.",
            why="Its key may have leaked since; a renewal had to come before.",
            next_step="Use a renewal that was made in time.",
        )
    return found


def renew_seal(
    original: bytes, content: bytes, service: TimestampService, now: datetime
) -> tuple[bytes, Archived]:
    """Return a sealed PDF with one more renewal, and what it shows.

    Args:
        original: The PDF as it was sealed.
        content: The same, or its last renewal.
        service: The authority to ask; those that it believes are the ones that count.
        now: The time of checking.

    Raises:
        MissingExtra: If pyHanko is not installed.
        UsageError, InvalidBundle, NotAssessable: As `read_archive`, before anybody is asked.
        FtgovError: If no time stamp could be had, or the PDF is not laid out as ftgov seals one.
    """
    found = read_archive(original, content, service.authorities, now)
    believed = [one.der for each in service.authorities for one in (*each.roots, *each.others)]
    lacking = [der for der in dict.fromkeys(believed) if der not in found.certificates]
    # What has no place in this renewal comes with the next.
    update = update_of(content, lacking[:_CERTIFICATES])
    made = content + update.content
    token = _token(service.stamp(_covered(made, update)))
    digits = token.hex().encode()
    room = update.end - update.begin - 2
    if len(digits) > room:
        raise FtgovError(
            f"The time stamp of {service.url} is longer than {room // 2} bytes.",
            next_step="Name another authority.",
            exit_code=ExitCode.PROVIDER,
        )
    hole = b"<%s>" % digits.ljust(room, b"0")
    made = made[: update.begin] + hole + made[update.end :]
    return made, read_archive(original, made, service.authorities, now)


def _next(
    content: bytes, start: int, found: Archived, authorities: Sequence[TimestampAuthority]
) -> tuple[Archived, int]:
    """Return an archive with the renewal that begins at a place, and where that ends."""
    added = _certificates(content, start)
    update = update_of(content[:start], added)
    end = start + len(update.content)
    given, hole = content[start:end], slice(update.begin - start, update.end - start)
    if (given[: hole.start], given[hole.stop :]) != (
        update.content[: hole.start],
        update.content[hole.stop :],
    ):
        raise _broken("something else than a renewal was added, or one was changed")
    token = _filled(given[hole])
    imprint = hashlib.sha256(_covered(content[:end], update)).digest()
    try:
        stamped = stamped_imprint(framed(token), imprint, authorities)
    except InvalidBundle as fault:
        raise _broken(f"renewal {len(found.renewals) + 1}: {fault.what}") from fault
    if stamped.moment < found.last.moment:
        raise _broken("a renewal is older than what it renews")
    if stamped.moment >= found.last.until:
        when = time_text(found.last.until)
        raise _broken(f"a renewal came after the certificate of the one before expired at {when}")
    known = (*found.certificates, *added)
    return Archived(found.sealed, (*found.renewals, stamped), known), end


def _certificates(content: bytes, start: int) -> list[bytes]:
    """Return the certificates at the start of an update; whether it is one is not known yet."""
    found: list[bytes] = []
    while match := _STREAM.match(content, start):
        stop = match.end() + int(match[1])
        der = content[match.end() : stop]
        if len(found) == _CERTIFICATES or not content.startswith(_STREAM_END, stop):
            raise _broken("its certificates are not laid out as expected")
        try:
            read = x509.load_der_x509_certificate(der)
        except (ValueError, x509.InvalidVersion) as fault:
            raise _broken("a certificate in it is malformed") from fault
        if read.public_bytes(serialization.Encoding.DER) != der or _SYNTAX.search(der):
            raise _broken("a certificate in it is not in DER, or holds parts of a PDF")
        found.append(der)
        start = stop + len(_STREAM_END)
    return found


def _covered(content: bytes, update: Update) -> bytes:
    """Return what a document time stamp is over: all bytes but the hole where it stands."""
    return content[: update.begin] + content[update.end :]


def _token(response: bytes) -> bytes:
    """Return the token in a response in its shortest form: what follows the status "granted"."""
    empty = framed(b"")
    status = empty[2:]
    place = response.index(status) + len(status)
    token = response[place:]
    assert framed(token) == response
    return token


def _filled(hole: bytes) -> bytes:
    """Return the token in the hole of an update: lower-case digits, then zeros to the end."""
    digits = hole[1:-1]
    if (hole[:1], hole[-1:]) != (b"<", b">") or re.search(rb"[^0-9a-f]", digits):
        raise _broken("a time stamp in it is not in lower-case hexadecimal digits")
    filled = bytes.fromhex(digits.decode("ascii"))
    # A token is a SEQUENCE with a length of two bytes: shorter or longer ones don't occur.
    length = 4 + int.from_bytes(filled[2:4], "big")
    token, rest = filled[:length], filled[length:]
    if filled[:2] != b"\x30\x82" or len(token) != length or any(rest):
        raise _broken("there is something else than one time stamp where it stands")
    return token


def _broken(why: str) -> InvalidBundle:
    return InvalidBundle(
        f"The renewed PDF does not hold: {why}.",
        next_step="Use the file as `ftgov bundle renew` wrote it, or renew the bundle's PDF again.",
    )
