"""Yearly renewal of a report's sealed PDF, so that its time stays provable."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Final

from ftgov.api.clock import Moment, moment_of
from ftgov.api.verification import require_valid, verify
from ftgov.errors import FtgovError, UsageError
from ftgov.records.base import Record, Time, time_text
from ftgov.records.digest import Digest, digest_bytes
from ftgov.signing.bundle_read import open_bundle
from ftgov.signing.names import PDF_NAME
from ftgov.signing.pdf_archive import Archived, read_archive, renew_seal
from ftgov.signing.timestamp_request import TimestampService
from ftgov.signing.trust import find_trust_pack, moment, read_pack_file, read_trust_pack
from ftgov.signing.trust_parts import TimestampAuthority

LARGEST: Final = 1 << 30
"""The largest PDF that is read, in bytes."""

SOON: Final = timedelta(days=400)
"""A certificate that ends earlier than this will not last until a renewal a year later."""


class Renewal(Record):
    """One document time stamp of a renewed PDF."""

    at: Time
    authority: str
    until: Time


class Renewed(Record):
    """A renewed PDF: the bundle's PDF that it begins with, and what keeps its time provable.

    `until` is when the certificate of the last time stamp expires; `soon` whether that is too
    early for a renewal a year from now.
    """

    file: str
    original: Digest
    sealed_at: Time
    renewals: tuple[Renewal, ...]
    until: Time
    soon: bool


def renew(
    bundle: Path,
    trust: Path,
    output: Path,
    *,
    url: str,
    last: Path | None = None,
    trust_root: str | None = None,
    now: str | Moment | None = None,
) -> Renewed:
    """Write a copy of a bundle's sealed PDF with one more renewal.

    Args:
        bundle: The bundle, a folder or an archive; it stays as it is.
        trust: The trust pack, as `verify` takes it; it names the authorities that count.
        output: The new PDF, where nothing lies.
        url: The time-stamp authority to ask.
        last: The PDF as it was renewed last; None for the first renewal.
        trust_root: The fingerprint of the key that must have signed the trust pack.
        now: The time of renewal; by default the present.

    Raises:
        UsageError: If something lies at `output`, the URL is none, or the seal has no time stamp.
        InvalidBundle: If the bundle or the last renewal does not hold.
        NotAssessable: If that could not be assessed, or it is too late.
        FtgovError: If no time stamp could be had, or the file can't be written.
    """
    if output.exists() or output.is_symlink():
        raise UsageError(
            f"{output} exists already.",
            why="What is there may be the last renewal, and is never written over.",
            next_step="Name another file with --output.",
        )
    checked = moment(moment_of(now).text)
    original, authorities = _sealed(bundle, trust, trust_root)
    content = original if last is None else _pdf(last)
    # Checked before the address is: without an authority in the pack nothing counts.
    read_archive(original, content, authorities, checked)
    service = TimestampService(url, authorities)
    made, found = renew_seal(original, content, service, checked)
    try:
        with output.open("xb") as stream:
            stream.write(made)
    except OSError as fault:
        raise FtgovError(
            f"{output} cannot be written.", why=str(fault), next_step="Name another file."
        ) from fault
    return _told(output, original, found)


def renewals(
    bundle: Path,
    pdf: Path,
    trust: Path,
    *,
    trust_root: str | None = None,
    now: str | Moment | None = None,
) -> Renewed:
    """Check a renewed PDF against the bundle whose PDF it renews.

    Args:
        bundle: The bundle, a folder or an archive.
        pdf: The renewed PDF.
        trust: The trust pack, as `verify` takes it.
        trust_root: The fingerprint of the key that must have signed the trust pack.
        now: The time of checking; by default the present.

    Raises:
        UsageError: If a path is absent, or the seal has no time stamp.
        InvalidBundle: If the bundle or the renewed PDF does not hold.
        NotAssessable: If that could not be assessed, or its last time stamp's certificate expired.
    """
    original, authorities = _sealed(bundle, trust, trust_root)
    found = read_archive(original, _pdf(pdf), authorities, moment(moment_of(now).text))
    return _told(pdf, original, found)


def _sealed(
    bundle: Path, trust: Path, trust_root: str | None
) -> tuple[bytes, tuple[TimestampAuthority, ...]]:
    """Return the sealed PDF of a valid bundle, and whose time stamps count."""
    result = verify(bundle, trust, trust_root=trust_root)
    require_valid(result, "its PDF is not renewed", "")
    if not any(layer.layer == "pdf" for layer in result.layers):
        raise UsageError(
            f"The bundle {bundle} holds no sealed PDF.",
            next_step="Make the report where `pip install 'ftgov[pdf]'` was run.",
        )
    with open_bundle(bundle) as opened:
        original = opened.read(PDF_NAME)
    pack = read_trust_pack(read_pack_file(find_trust_pack(trust)), root_pin=trust_root)
    return original, pack.terms.authorities


def _pdf(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            content = stream.read(LARGEST + 1)
    except OSError as fault:
        raise UsageError(
            f"{path} cannot be read.", why=str(fault), next_step="Give a renewed PDF."
        ) from fault
    if len(content) > LARGEST:
        raise UsageError(f"{path} is longer than {LARGEST} bytes.", next_step="Give a renewed PDF.")
    return content


def _told(path: Path, original: bytes, found: Archived) -> Renewed:
    last = found.last
    return Renewed(
        file=str(path),
        original=digest_bytes(original),
        sealed_at=found.sealed.text,
        renewals=tuple(
            Renewal(at=each.text, authority=each.authority, until=time_text(each.until))
            for each in found.renewals
        ),
        until=time_text(last.until),
        soon=last.until - last.moment < SOON,
    )
