"""A person's signature under one record: a sign-off, a waiver, an answer, an agreement, a dissent.

It has the form of a report's attestation (`envelope.py`) with one subject. A signature counts only
if the trust pack lists its key and that key was good when it signed: at the time that a trusted
authority stamped, else at the one that the signer claims.

Sources: as `envelope.py`; in-toto Attestation Framework v1, predicates.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, NamedTuple

from pydantic import TypeAdapter, ValidationError

from ftgov.errors import InvalidBundle, UsageError
from ftgov.records.attestation import STATEMENT_TYPE, Statement, StatementSubject
from ftgov.records.base import Time
from ftgov.records.digest import Digest, bare
from ftgov.signing.envelope import Envelope, Stamp, parse_envelope, parse_statement, sign_statement
from ftgov.signing.keys import PublicKey, SigningKey
from ftgov.signing.standing import CLOCK_SKEW, key_faults, require_current
from ftgov.signing.timestamp import stamped_time
from ftgov.signing.trust import TrustedKey, TrustPack, moment

_TIME: TypeAdapter[str] = TypeAdapter(Time)


class PersonalStatement(NamedTuple):
    """What a person signed, whose key it was, and when; all of it was checked."""

    statement: Statement
    key: TrustedKey
    signed_at: Time
    time: Literal["rfc3161", "claimed"]

    def is_about(self, name: str, digest: Digest, predicate_type: str) -> bool:
        """Return whether the one subject has this name and digest, and the predicate this type."""
        subject = StatementSubject(name=name, digest={"sha256": bare(digest)})
        return self.statement.subject == (subject,) and (
            self.statement.predicate_type == predicate_type
        )


def sign_personal(
    subject_name: str,
    subject_digest: Digest,
    predicate_type: str,
    predicate: dict[str, Any],
    key: SigningKey,
    *,
    timestamp: Stamp | None = None,
) -> bytes:
    """Return the canonical bytes of the Sigstore bundle of a signature under one record.

    Args:
        subject_name: What the record is called, for example `answer/purpose`.
        subject_digest: Its digest.
        predicate_type: The URI of the predicate's type.
        predicate: What is said of it; `signedAt` is the time that the signer claims.
        key: The person's key.
        timestamp: Asks an authority for a time stamp; None leaves the time claimed.

    Raises:
        UsageError: If the predicate has no `signedAt`.
        FtgovError: If the predicate has no canonical form, or no time stamp could be had.
    """
    _claimed(predicate, UsageError)
    statement = Statement(
        statement_type=STATEMENT_TYPE,
        subject=(StatementSubject(name=subject_name, digest={"sha256": bare(subject_digest)}),),
        predicate_type=predicate_type,
        predicate=predicate,
    )
    return sign_statement(statement, key, timestamp)


def read_personal(content: bytes, pack: TrustPack, now: datetime) -> PersonalStatement:
    """Read a person's signature; whether its role and subject are the right ones is the caller's.

    Args:
        content: The bytes that `sign_personal` made.
        pack: The trust pack.
        now: The present, with its time zone.

    Raises:
        InvalidBundle: If the form is wrong, or the key is unknown, did not sign, or did not count
            at the time of signing; if the pack requires time stamps and there is none, or the time
            stamp does not hold; if a claimed time lies in the future or contradicts the stamp.
        NotAssessable: If the pack has expired, or there is a time stamp and the pack names no
            authority to believe.
    """
    require_current(pack, now)
    envelope = parse_envelope(content)
    key = pack.terms.key(envelope.hint)
    if key is None:
        raise _refused(f"its key {envelope.hint} is not in the trust pack")
    if not envelope.signed_by(PublicKey.from_pem(key.public_key)):
        raise _refused(f"it was not made by the key that it names, {envelope.hint}")
    statement = parse_statement(envelope.payload)
    claimed = _claimed(statement.predicate, InvalidBundle)
    signed_at, time, at = _signing_time(envelope, claimed, pack)
    if max(at, moment(claimed)) > now + CLOCK_SKEW:
        raise _refused(f"its signing time {max(signed_at, claimed)} lies in the future")
    faults = key_faults(key, at, proven=time == "rfc3161")
    if faults:
        raise _refused("; ".join(faults))
    return PersonalStatement(statement, key, signed_at, time)


def _signing_time(
    envelope: Envelope, claimed: Time, pack: TrustPack
) -> tuple[Time, Literal["rfc3161", "claimed"], datetime]:
    """Return the time at which a key is judged, as text and as such, and who says so."""
    if envelope.stamp is None:
        if pack.terms.timestamp_required:
            raise _refused("the trust pack requires a time stamp, and there is none")
        return claimed, "claimed", moment(claimed)
    stamped = stamped_time(envelope.stamp, envelope.signature, pack.terms.authorities)
    if moment(claimed) > stamped.moment + CLOCK_SKEW:
        raise _refused(f"the claimed signing time {claimed} lies after its time stamp")
    return stamped.text, "rfc3161", stamped.moment


def _claimed(predicate: dict[str, Any], kind: type[UsageError | InvalidBundle]) -> Time:
    try:
        return _TIME.validate_python(predicate.get("signedAt"))
    except ValidationError as fault:
        raise kind(
            "The predicate of a personal signature lacks signedAt, an RFC 3339 time in UTC.",
            why="Without a time stamp a key is judged at the time that its holder claims.",
            next_step="Give signedAt, for example 2026-11-21T09:30:00Z.",
        ) from fault


def _refused(why: str) -> InvalidBundle:
    return InvalidBundle(
        f"The signature does not count: {why}.",
        why="Only keys that the trust pack lists count, and only while they are good.",
        next_step="Let the person sign again with a key of the trust pack.",
    )
