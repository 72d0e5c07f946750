"""Countersigning: sign agreement with a report, or dissent with reasons."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ftgov.api.clock import Moment, moment_of
from ftgov.api.verification import require_valid
from ftgov.records.base import Record
from ftgov.signing.bundle_edit import add_to_bundle
from ftgov.signing.bundle_read import open_bundle
from ftgov.signing.countersign import read_reviewed, sign_review
from ftgov.signing.held import require_same
from ftgov.signing.keys import SigningKey
from ftgov.signing.names import ENVELOPE_NAME
from ftgov.signing.timestamp_request import TimestampService
from ftgov.signing.verify import verified_bundle


class CountersignatureMade(Record):
    """A countersignature that was put into a bundle."""

    bundle: str
    file: str
    kind: str
    spki: str


def countersign(
    bundle: Path,
    trust: Path,
    *,
    key: SigningKey,
    name: str,
    reasons: Sequence[str] = (),
    trust_root: str | None = None,
    service: TimestampService | None = None,
    now: str | Moment | None = None,
) -> CountersignatureMade:
    """Verify a bundle and put an agreement into it, or a dissent where there are reasons.

    Nobody agrees to what does not hold: an agreement is refused unless the bundle is valid. A
    dissent needs no more than a statement that can be read: it may say that the bundle is not.

    Args:
        bundle: The bundle, a folder or an archive; it gets one more file.
        trust: The trust pack, as `verify` takes it.
        key: The reviewer's key.
        name: Who the reviewer is, in their own words.
        reasons: Why the reviewer dissents; none is an agreement.
        trust_root: The fingerprint of the key that must have signed the trust pack.
        service: The time-stamp authority to ask; None leaves the time claimed.
        now: The time that is claimed; by default the present.

    Raises:
        UsageError: If the key signed so before, or a path, name or reason is wrong.
        InvalidBundle: If an agreement is to an invalid bundle, or there is no statement to sign.
        NotAssessable: If an agreement is to a bundle that could not be assessed.
        FtgovError: If the bundle can't be written.
    """
    payload = None
    if not reasons:
        verified, payload = verified_bundle(bundle, trust, root_pin=trust_root)
        dissent = "; sign a dissent with --dissent --reason TEXT"
        require_valid(verified, "nobody can agree with it", dissent)
    with open_bundle(bundle) as opened:
        if payload is not None:
            require_same(opened, payload)
        report = read_reviewed(opened.read(ENVELOPE_NAME))
    file, content = sign_review(
        report,
        key,
        name=name,
        signed_at=moment_of(now).text,
        reasons=reasons,
        stamp=service.stamp if service else None,
    )
    add_to_bundle(bundle, file, content)
    kind = "dissent" if reasons else "agreement"
    return CountersignatureMade(bundle=str(bundle), file=file, kind=kind, spki=key.spki)
