"""Renewals of a sealed PDF: what holds, for whom, and every other update refused."""

from __future__ import annotations

import io
import subprocess
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter

from ftgov.errors import FtgovError, InvalidBundle, NotAssessable, UsageError
from ftgov.signing.certificate import self_certificate
from ftgov.signing.keys import SigningKey
from ftgov.signing.pdf_archive import Archived, read_archive, renew_seal
from ftgov.signing.pdf_seal import seal_pdf
from ftgov.signing.pdf_update import DIGITS, update_of
from ftgov.signing.timestamp_request import TimestampService
from pdf_samples import SEALED_AT, blank_pdf, overlaid, tagged_pdf
from timestamp_authority import LocalAuthority

KEY = SigningKey.generate()
OWN = self_certificate(KEY, "Ada Example", "2026-01-01T00:00:00Z")
NOW = datetime.now(UTC)
HOLE = b"0" * 9_000


class Made(NamedTuple):
    """A sealed PDF, renewed once and twice."""

    authority: LocalAuthority
    original: bytes
    once: bytes
    twice: bytes

    def read(self, content: bytes, **changes: datetime) -> Archived:
        return read_archive(
            self.original, content, [self.authority.listed], changes.get("now", datetime.now(UTC))
        )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    authority = LocalAuthority(tmp_path_factory.mktemp("authority") / "one")
    with authority.served() as url:
        service = TimestampService(url, [authority.listed])
        original = seal_pdf(tagged_pdf(), KEY, OWN, signed_at=SEALED_AT, service=service)
        once, _ = renew_seal(original, original, service, NOW)
        twice, _ = renew_seal(original, once, service, NOW)
    return Made(authority, original, once, twice)


def _holes(content: bytes) -> list[slice]:
    """Return where the tokens of the renewals stand, with their brackets."""
    found, place = [], 0
    while (place := content.find(b"/DocTimeStamp", place + 1)) > 0:
        begin = content.index(b"/Contents <", place) + len(b"/Contents ")
        found.append(slice(begin, begin + DIGITS + 2))
    return found


def _run(folder: Path, command: str) -> str:
    done = subprocess.run(command.split(), cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout


def test_renewals_hold_and_begin_with_the_sealed_pdf(made: Made) -> None:
    counts = [len(made.read(each).renewals) for each in (made.original, made.once, made.twice)]
    assert counts == [0, 1, 2]
    assert made.twice.startswith(made.once)
    assert made.once.startswith(made.original)
    found = made.read(made.twice)
    assert [each.authority for each in found.renewals] == [made.authority.name] * 2
    assert found.sealed.moment <= found.renewals[0].moment <= found.renewals[1].moment
    assert found.last.until - found.last.moment > timedelta(days=3000)
    # The root came with the first renewal, and is not there twice.
    assert len(found.certificates) == 1


def test_openssl_verifies_each_document_time_stamp(made: Made, tmp_path: Path) -> None:
    starts = (len(made.once), len(made.twice))
    (tmp_path / "root.pem").write_text(made.authority.root_pem)
    for hole, end in zip(_holes(made.twice), starts, strict=True):
        token = bytes.fromhex(made.twice[hole][1:-1].decode())
        (tmp_path / "token").write_bytes(token[: 4 + int.from_bytes(token[2:4], "big")])
        (tmp_path / "covered").write_bytes(made.twice[: hole.start] + made.twice[hole.stop : end])
        verify = "openssl ts -verify -token_in -in token -data covered -CAfile root.pem"
        done = subprocess.run(verify.split(), cwd=tmp_path, check=True, capture_output=True)
        assert b"Verification: OK" in done.stdout + done.stderr
        (tmp_path / "covered").write_bytes(made.twice[:end])
        done = subprocess.run(verify.split(), cwd=tmp_path, check=False, capture_output=True)
        assert done.returncode != 0


def test_other_readers_see_the_same_pages_and_all_signatures(made: Made, tmp_path: Path) -> None:
    from asn1crypto import x509
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_timestamp
    from pyhanko_certvalidator import ValidationContext

    (tmp_path / "old.pdf").write_bytes(made.original)
    (tmp_path / "new.pdf").write_bytes(made.twice)
    for name in ("old", "new"):
        _run(tmp_path, f"pdftoppm -r 40 -png {name}.pdf {name}")
    assert (tmp_path / "old-1.png").read_bytes() == (tmp_path / "new-1.png").read_bytes()
    said = _run(tmp_path, "pdfsig new.pdf")
    assert (said.count("Signature #"), said.count("- Total document signed")) == (3, 1)
    assert len(PdfReader(io.BytesIO(made.twice), strict=True).pages) == 1
    root = made.authority.listed.roots[0].der
    for stamp in PdfFileReader(io.BytesIO(made.twice)).embedded_signatures[1:]:
        context = ValidationContext(trust_roots=[x509.Certificate.load(root)])
        status = validate_pdf_timestamp(stamp, context, skip_diff=True)
        assert (status.intact, status.valid, status.trusted) == (True, True, True)


def _appended(content: bytes) -> bytes:
    """Return a PDF to which pypdf added a page, as an incremental update."""
    writer = PdfWriter(io.BytesIO(content), incremental=True)
    writer.add_blank_page(width=200, height=300)
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def _stored(content: bytes) -> bytes:
    """Return a PDF to which pyHanko added a store of certificates, as PAdES B-LT has it."""
    from asn1crypto import x509
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.validation.dss import DocumentSecurityStore

    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    DocumentSecurityStore.supply_dss_in_writer(
        writer, b"00", certs=[x509.Certificate.load(OWN.der)]
    )
    buffer = io.BytesIO()
    writer.write(buffer)  # type: ignore[no-untyped-call]
    return buffer.getvalue()


def _with_hole(content: bytes, number: int, token: bytes) -> bytes:
    hole = _holes(content)[number]
    return content[: hole.start] + token + content[hole.stop :]


def _swapped(made: Made) -> bytes:
    first, second = (made.twice[hole] for hole in _holes(made.twice))
    return _with_hole(_with_hole(made.twice, 0, second), 1, first)


def _changed(content: bytes, old: bytes, new: bytes) -> bytes:
    head, found, tail = content.rpartition(old)
    assert found
    assert len(old) == len(new)
    return head + new + tail


ATTACKS: dict[str, Callable[[Made], bytes]] = {
    "painted over": lambda made: overlaid(made.original),
    "painted over, renewed": lambda made: overlaid(made.once),
    "a page appended": lambda made: _appended(made.original),
    "a page appended, renewed": lambda made: _appended(made.once),
    "another writer's store": lambda made: _stored(made.original),
    "another writer's store, renewed": lambda made: _stored(made.once),
    "junk": lambda made: made.original + b"\n",
    "junk, renewed": lambda made: made.once + b"\n",
    "junk between": lambda made: made.once + b"\n" + made.twice[len(made.once) :],
    "cut": lambda made: made.once[:-1],
    "cut, twice": lambda made: made.twice[:-40],
    "the first left out": lambda made: made.original + made.twice[len(made.once) :],
    "the same again": lambda made: made.once + made.once[len(made.original) :],
    "tokens swapped": _swapped,
    "a later token": lambda made: _with_hole(made.once, 0, made.twice[_holes(made.twice)[1]]),
    "an earlier token": lambda made: _with_hole(made.twice, 1, made.once[_holes(made.once)[0]]),
    "no token": lambda made: _with_hole(made.once, 0, b"<" + b"0" * DIGITS + b">"),
    "more after the token": lambda made: _changed(made.once, HOLE, b"0" * 8_999 + b"1"),
    "no brackets": lambda made: _changed(made.once, HOLE + b">", HOLE + b"0"),
    "upper case": lambda made: _with_hole(made.once, 0, made.once[_holes(made.once)[0]].upper()),
    "other white space": lambda made: _changed(made.once, b"/Type /DSS\n", b"/Type /DSS "),
    "another place": lambda made: _changed(made.once, b"/Rect [ 0 0 0 0 ]", b"/Rect [ 0 0 9 9 ]"),
    "bytes not covered": lambda made: _changed(made.once, b"[         0", b"[         1"),
    "another PDF": lambda made: tagged_pdf(),
    "empty": lambda made: b"",
    "unstamped": lambda made: made.original + update_of(made.original, []).content,
}


@pytest.mark.parametrize("name", ATTACKS)
def test_whatever_is_no_renewal_is_refused(made: Made, name: str) -> None:
    with pytest.raises(InvalidBundle, match="renewed PDF does not hold"):
        made.read(ATTACKS[name](made))


def test_an_overlay_that_the_authority_stamped_is_refused(made: Made) -> None:
    for painted in (overlaid(made.original), overlaid(made.once)):
        update = update_of(painted, [])
        content, begin, end = painted + update.content, update.begin, update.end
        response = made.authority.stamp(content[:begin] + content[end:])
        token = response[response.index(b"\x30\x03\x02\x01\x00") + 5 :].hex().encode()
        stamped = content[:begin] + b"<%s>" % token.ljust(DIGITS, b"0") + content[end:]
        # As a renewal of the painted file it would be sound.
        assert made.authority.openssl_accepts(response, stamped[:begin] + stamped[end:])
        with pytest.raises(InvalidBundle, match="something else"):
            made.read(stamped)


def test_every_byte_outside_a_token_counts(made: Made) -> None:
    hole = _holes(made.once)[0]
    token = made.once[hole].rstrip(b"0>")
    rest = hole.start + len(token) + 1  # a token may end in a zero
    outside = [*range(len(made.original), hole.start, 23), *range(rest, hole.stop, 1_997)]
    for place in [*outside, *range(hole.stop, len(made.once), 7), 0, 500]:
        flipped = bytearray(made.once)
        flipped[place] ^= 1
        with pytest.raises(InvalidBundle):
            made.read(bytes(flipped))


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    place=st.floats(0, 1),
    length=st.integers(0, 40),
    new=st.binary(max_size=40),
    twice=st.booleans(),
)
def test_every_edit_of_an_update_is_refused(
    made: Made, place: float, length: int, new: bytes, twice: bool
) -> None:
    content = made.twice if twice else made.once
    hole, start = _holes(content)[-1], len(made.once if twice else made.original)
    outside = [*range(start, hole.start), *range(hole.stop, len(content))]
    begin = outside[int(place * (len(outside) - 1))]
    end = min(begin + length, hole.start if begin < hole.start else len(content))
    edited = content[:begin] + new + content[end:]
    assume(edited != content)
    with pytest.raises(InvalidBundle):
        made.read(edited)


def test_a_certificate_in_an_update_must_be_one(made: Made) -> None:
    for wrong in (b"hello", made.authority.listed.roots[0].der + b"\n", b"\x30\x00"):
        content = made.original + update_of(made.original, [wrong]).content
        with pytest.raises(InvalidBundle, match="certificate"):
            made.read(content)


def test_nobody_is_asked_where_a_renewal_would_not_count(made: Made, tmp_path: Path) -> None:
    stranger = LocalAuthority(tmp_path / "two", "Stranger")
    dead = "http://127.0.0.1:9/tsa"
    service = TimestampService(dead, [made.authority.listed])
    with pytest.raises(InvalidBundle, match="renewed PDF does not hold"):
        renew_seal(made.original, overlaid(made.original), service, NOW)
    foreign = TimestampService(dead, [stranger.listed])
    with pytest.raises(InvalidBundle, match="time stamp does not hold"):
        renew_seal(made.original, made.original, foreign, NOW)
    with pytest.raises(NotAssessable, match="names no time-stamp authority"):
        read_archive(made.original, made.once, [], NOW)
    unstamped = seal_pdf(tagged_pdf(), KEY, OWN, signed_at=SEALED_AT)
    with pytest.raises(UsageError, match="has no time stamp"):
        renew_seal(unstamped, unstamped, service, NOW)
    with pytest.raises(FtgovError, match="No time stamp could be had"):
        renew_seal(made.original, made.original, service, NOW)


def test_an_authority_that_the_pack_does_not_name_renews_nothing(
    made: Made, tmp_path: Path
) -> None:
    stranger = LocalAuthority(tmp_path / "two", "Stranger")
    with stranger.served() as url:
        service = TimestampService(url, [made.authority.listed])
        with pytest.raises(FtgovError, match="No time stamp could be had"):
            renew_seal(made.original, made.once, service, NOW)
        both = TimestampService(url, [made.authority.listed, stranger.listed])
        mixed, found = renew_seal(made.original, made.once, both, NOW)
    assert [each.authority for each in found.renewals] == [made.authority.name, "Stranger"]
    assert len(found.certificates) == 2
    with pytest.raises(InvalidBundle, match="renewal 2"):
        made.read(mixed)


def test_a_renewal_comes_before_the_certificate_expires(made: Made, tmp_path: Path) -> None:
    short = LocalAuthority(tmp_path / "short", "Short", days=3 + 3 / 86_400)
    believed = [made.authority.listed, short.listed]
    with short.served() as url:
        service = TimestampService(url, [short.listed])
        sealed = seal_pdf(tagged_pdf(), KEY, OWN, signed_at=SEALED_AT, service=service)
    until = read_archive(sealed, sealed, believed, NOW).last.until
    with made.authority.served() as url:
        service = TimestampService(url, believed)
        early, _ = renew_seal(sealed, sealed, service, NOW)
        time.sleep(max(0.0, (until - datetime.now(UTC)).total_seconds()) + 0.1)
        with pytest.raises(NotAssessable, match="expired at"):
            renew_seal(sealed, sealed, service, datetime.now(UTC))
        with pytest.raises(InvalidBundle, match="came after the certificate"):
            renew_seal(sealed, sealed, service, NOW)
        _, found = renew_seal(sealed, early, service, datetime.now(UTC))
    assert len(found.renewals) == 2
    with pytest.raises(NotAssessable, match="expired at"):
        made.read(made.twice, now=NOW + timedelta(days=4000))


def test_a_pdf_of_another_layout_is_not_renewed(made: Made) -> None:
    with made.authority.served() as url:
        service = TimestampService(url, [made.authority.listed])
        sealed = seal_pdf(blank_pdf(), KEY, OWN, signed_at=SEALED_AT, service=service)
        with pytest.raises(FtgovError, match="not laid out as ftgov seals a report"):
            renew_seal(sealed, sealed, service, NOW)
