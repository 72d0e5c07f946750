"""The layer `timestamp`: does an authority of the trust pack show that the signature existed?

The time stamp is over the raw bytes of the signature, so it shows that this very signature existed
at that time. A predicate lists it or there is none: whoever finds a bundle can't add one.

Sources: RFC 3161; Sigstore bundle v0.3 (`timestampVerificationData`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftgov.errors import FtgovError, InvalidBundle, NotAssessable
from ftgov.records.attestation import LayerResult, LayerVerdict
from ftgov.signing.names import ENVELOPE_NAME
from ftgov.signing.standing import CLOCK_SKEW
from ftgov.signing.timestamp import Stamped, stamped_time
from ftgov.signing.trust import moment

if TYPE_CHECKING:
    from ftgov.signing.layers import Case


def proven_time(case: Case) -> Stamped | None:
    """Return the time that a bundle's time stamp proves, or None where it proves none."""
    try:
        return _proven(case) if case.listed("timestamp") else None
    except FtgovError:
        return None


def judge_timestamp(case: Case) -> LayerResult | None:
    """Judge the time stamp of a bundle; None where it needs none and has none."""
    stamp = case.envelope.stamp if case.envelope else None
    if not case.listed("timestamp"):
        return _unlisted(case, stamp)
    if stamp is None:
        detail = "The predicate lists a time stamp that is not there."
        return _result("invalid", detail, f"missing: time stamp in {ENVELOPE_NAME}")
    try:
        found = _proven(case)
    except NotAssessable as fault:
        return _result("not_assessed", fault.what, ENVELOPE_NAME)
    except InvalidBundle as fault:
        return _result("invalid", fault.what, f"changed: time stamp in {ENVELOPE_NAME}")
    return _result("valid", f"{found.authority} saw the signature at {found.text} (RFC 3161).")


def _unlisted(case: Case, stamp: bytes | None) -> LayerResult | None:
    """Judge a bundle whose predicate lists no time stamp, or could not be read."""
    if case.predicate is not None and stamp is not None:
        detail = "The attestation carries a time stamp that the signed predicate does not list."
        return _result("invalid", detail, f"extra: time stamp in {ENVELOPE_NAME}")
    if case.pack.terms.timestamp_required:
        detail = "The trust pack requires a timestamp, and the bundle has none."
        return _result("invalid", detail)
    return None


def _proven(case: Case) -> Stamped:
    """Return the time that is proven.

    Raises:
        InvalidBundle: If there is no time stamp, it does not hold, or contradicts the signer.
        NotAssessable: If the trust pack names no authority.
    """
    if case.envelope is None or case.envelope.stamp is None or case.predicate is None:
        raise InvalidBundle("There is no time stamp.")
    envelope, terms = case.envelope, case.pack.terms
    found = stamped_time(case.envelope.stamp, envelope.signature, terms.authorities)
    if moment(case.predicate.signed_at) > found.moment + CLOCK_SKEW:
        raise InvalidBundle(
            f"The signer claims {case.predicate.signed_at}, after the time stamp of {found.text}."
        )
    if found.moment > case.now + CLOCK_SKEW:
        raise InvalidBundle(f"The time stamp is of a time to come, {found.text}.")
    return found


def _result(verdict: LayerVerdict, detail: str, *items: str) -> LayerResult:
    return LayerResult(layer="timestamp", verdict=verdict, detail=detail, items=items)
