"""Agreement and dissent: what another party signs about the same files as a report's signer.

The statement has exactly the report's subjects, names the report's own statement by digest, and
says passed, or failed with the reasons: a test result, the predicate that in-toto has for it. It
carries the signer's public key, so that a stranger's signature holds or does not, though only the
trust pack can say who a key's holder is.

Sources: as `envelope.py`; in-toto test-result v0.1.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Literal, NamedTuple

from pydantic import ValidationError

from ftgov.errors import InvalidBundle, UsageError
from ftgov.records.attestation import STATEMENT_TYPE, Countersignature, Statement
from ftgov.records.base import Time
from ftgov.records.canonical import canonical_bytes, plain
from ftgov.records.digest import Digest, bare, digest_bytes
from ftgov.records.predicates import (
    TEST_RESULT_PREDICATE,
    ResourceDescriptor,
    Reviewer,
    ReviewOutcome,
)
from ftgov.signing.envelope import Envelope, Stamp, parse_envelope, parse_statement, sign_statement
from ftgov.signing.keys import PublicKey, SigningKey
from ftgov.signing.names import COUNTERSIGNATURE, ENVELOPE_NAME
from ftgov.signing.personal import read_personal
from ftgov.signing.standing import CLOCK_SKEW, require_current
from ftgov.signing.timestamp import stamped_time
from ftgov.signing.trust import TrustPack, moment
from ftgov.signing.trust_parts import TrustedKey

Kind = Literal["agreement", "dissent"]
_RESULT: Final = {"agreement": "PASSED", "dissent": "FAILED"}


class Reviewed(NamedTuple):
    """The report that is countersigned: its statement, and the bytes of it that were signed."""

    statement: Statement
    payload: bytes


class Heard(NamedTuple):
    """A countersignature that holds; `key` is the trust pack's where the pack knows it."""

    shown: Countersignature
    key: TrustedKey | None


def read_reviewed(content: bytes) -> Reviewed:
    """Return the report's statement in an attestation; whether its signature holds is not said.

    Raises:
        InvalidBundle: If the form is wrong.
    """
    payload = parse_envelope(content).payload
    return Reviewed(parse_statement(payload), payload)


def countersignature_name(kind: Kind, spki: Digest) -> str:
    """Return the one name that a key's countersignature of a kind has in a bundle."""
    return f"attestations/{kind}-{bare(spki)}.sigstore.json"


def sign_review(
    report: Reviewed,
    key: SigningKey,
    *,
    name: str,
    signed_at: Time,
    reasons: Sequence[str] = (),
    stamp: Stamp | None = None,
) -> tuple[str, bytes]:
    """Return the name and bytes of an agreement, or of a dissent where there are reasons.

    Args:
        report: What is countersigned.
        key: The reviewer's key.
        name: Who the reviewer is, in their own words.
        signed_at: The time that the reviewer claims.
        reasons: Why the reviewer does not agree; none is an agreement.
        stamp: Asks an authority for a time stamp; None leaves the time claimed.

    Raises:
        UsageError: If the name or a reason is empty, or the name is too long.
        FtgovError: If no time stamp could be had.
    """
    kind: Kind = "dissent" if reasons else "agreement"
    if not all(reason.strip() for reason in reasons):
        raise UsageError("A dissent's reason is empty.", next_step="Say why: --reason TEXT")
    try:
        outcome = ReviewOutcome(
            result="FAILED" if reasons else "PASSED",
            configuration=(_reviewed(report),),
            failed_tests=tuple(reasons) or None,
            signed_at=signed_at,
            reviewer=Reviewer(name=name, public_key=key.public_pem),
        )
    except ValidationError as fault:
        raise UsageError(
            f"This cannot be signed: {fault.errors()[0]['msg']}.",
            next_step="Give a name of 1 to 200 characters.",
        ) from fault
    statement = Statement(
        statement_type=STATEMENT_TYPE,
        subject=report.statement.subject,
        predicate_type=TEST_RESULT_PREDICATE,
        predicate=plain(outcome),
    )
    return countersignature_name(kind, key.spki), sign_statement(statement, key, stamp)


def read_review(
    name: str, content: bytes, report: Reviewed, pack: TrustPack, now: datetime, *, since: datetime
) -> Heard:
    """Read a countersignature and check everything of it that can be checked.

    Args:
        name: Its name in the bundle.
        content: Its bytes.
        report: The report whose signature held.
        pack: Who is trusted.
        now: The present, with its time zone.
        since: From when the report is known to be; nobody can have countersigned it before.

    Raises:
        InvalidBundle: If the form is wrong, the key did not sign it, it is about other files or
            another report, its name is not its kind's and key's, its time does not hold or lies
            before the report's, or the trust pack knows the key and it did not count.
        NotAssessable: If the pack has expired, or there is a time stamp and the pack names no
            authority to believe.
    """
    require_current(pack, now)
    envelope = parse_envelope(content)
    known = pack.terms.key(envelope.hint)
    if known is not None:
        _check_signed(envelope, known.public_key)
    # A stranger's key stands in the payload, which is read for it; it must be the one of the hint.
    statement = parse_statement(envelope.payload)
    outcome = _outcome(statement)
    _check_signed(envelope, outcome.reviewer.public_key)
    found = COUNTERSIGNATURE.fullmatch(name)
    assert found is not None, "the name was matched before"
    kind: Kind = "agreement" if found[1] == "agreement" else "dissent"
    if statement.subject != report.statement.subject:
        raise _refused("it is about other files")
    if outcome.configuration != (_reviewed(report),):
        raise _refused("it is about another report")
    if outcome.result != _RESULT[kind] or bare(envelope.hint) != found[2]:
        raise _refused("its name is not that of what it says and of its key")
    if known is None:
        signed_at, time = _time_of_stranger(envelope, outcome, pack, now)
    else:
        personal = read_personal(content, pack, now)
        signed_at, time = personal.signed_at, personal.time
    if min(moment(signed_at), moment(outcome.signed_at)) < since - CLOCK_SKEW:
        raise _refused(f"its signing time {signed_at} lies before the report was signed")
    return Heard(
        Countersignature(
            kind=kind,
            name=known.holder if known else outcome.reviewer.name,
            role=known.role if known else None,
            spki=envelope.hint,
            signed_at=signed_at,
            time=time,
            trusted=known is not None,
            reasons=outcome.failed_tests or (),
        ),
        known,
    )


def _check_signed(envelope: Envelope, pem: str) -> None:
    """Refuse a payload that the key, which must be the one of the hint, did not sign."""
    try:
        signed = envelope.signed_by(PublicKey.from_pem(pem))
    except ValueError as fault:
        raise _refused(str(fault)) from fault
    if not signed:
        raise _refused(f"it was not made by the key that it names, {envelope.hint}")


def _outcome(statement: Statement) -> ReviewOutcome:
    if statement.predicate_type != TEST_RESULT_PREDICATE:
        raise _refused(f"its predicate is a {statement.predicate_type!a}")
    try:
        outcome = ReviewOutcome.model_validate(statement.predicate)
    except ValidationError as fault:
        raise _refused(f"its predicate: {fault.errors()[0]['msg']}") from fault
    if canonical_bytes(outcome) != canonical_bytes(statement.predicate):
        raise _refused("its predicate has a field that no countersignature has")
    return outcome


def _time_of_stranger(
    envelope: Envelope, outcome: ReviewOutcome, pack: TrustPack, now: datetime
) -> tuple[Time, Literal["rfc3161", "claimed"]]:
    claimed = moment(outcome.signed_at)
    if claimed > now + CLOCK_SKEW:
        raise _refused(f"its signing time {outcome.signed_at} lies in the future")
    if envelope.stamp is None:
        return outcome.signed_at, "claimed"
    stamped = stamped_time(envelope.stamp, envelope.signature, pack.terms.authorities or ())
    if claimed > stamped.moment + CLOCK_SKEW or stamped.moment > now + CLOCK_SKEW:
        raise _refused("its signing time contradicts its time stamp")
    return stamped.text, "rfc3161"


def _reviewed(report: Reviewed) -> ResourceDescriptor:
    return ResourceDescriptor.of(ENVELOPE_NAME, digest_bytes(report.payload))


def _refused(why: str) -> InvalidBundle:
    return InvalidBundle(
        f"The countersignature does not hold: {why}.",
        next_step="Ask whoever signed it for a sound one, or take the file out of the bundle.",
    )
