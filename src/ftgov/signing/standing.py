"""Who counts: whether a key was good at the time of signing, and whether enough people signed.

People are counted, not keys: the same key under two names and two keys of one person are one each.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from ftgov.errors import NotAssessable
from ftgov.records.holder import folded
from ftgov.signing.trust import TrustedKey, TrustPack, TrustTerms, moment

HARMLESS_REASONS = frozenset({"superseded", "cessationOfOperation", "affiliationChanged"})
"""Revocations after which what was signed before still counts (words of RFC 5280, 5.3.1)."""


CLOCK_SKEW = timedelta(hours=24)
"""By how much a signer's clock may run ahead of the verifier's."""


def key_faults(key: TrustedKey, signed_at: datetime, *, proven: bool = False) -> tuple[str, ...]:
    """Return why a key did not count at a signing time.

    A key that may be in wrong hands (revoked without a harmless reason) is void altogether where
    the time is only claimed: its thief can claim any time before the theft. With a time stamp it
    counts for what existed before it was revoked.

    Args:
        key: The key.
        signed_at: When it signed.
        proven: Whether a time stamp of a trusted authority shows that time.
    """
    faults = []
    who = f"the key of {key.holder} ({key.role})"
    if signed_at < moment(key.not_before):
        faults.append(f"{who} is not valid before {key.not_before}")
    if signed_at >= moment(key.not_after):
        faults.append(f"{who} has expired at {key.not_after}")
    if key.revoked_at is not None:
        reason = key.reason or "no reason given"
        if signed_at >= moment(key.revoked_at):
            faults.append(f"{who} was revoked at {key.revoked_at} ({reason})")
        elif not proven and key.reason not in HARMLESS_REASONS:
            faults.append(
                f"{who} was revoked at {key.revoked_at} ({reason}), and the claimed signing time "
                "before that is not proven by a timestamp"
            )
    return tuple(faults)


def require_current(pack: TrustPack, now: datetime) -> None:
    """Refuse a trust pack that has expired: nobody says any more whose signature counts.

    Raises:
        NotAssessable: If it has.
    """
    expires = pack.terms.expires
    if expires is not None and now >= moment(expires):
        raise NotAssessable(
            f"The trust pack has expired at {expires}.",
            why="Whose keys count since then, it does not say.",
            next_step="Get the newer trust pack from whoever signs it.",
        )


def people(role: str, signers: Sequence[TrustedKey]) -> int:
    """Return how many people signed in a role: distinct holders or keys, whichever is fewer."""
    signed = [key for key in signers if key.role == role]
    holders = {folded(key.holder) for key in signed}
    return min(len(holders), len({key.spki for key in signed}))


def role_faults(
    terms: TrustTerms, signer: TrustedKey, agreeing: Sequence[TrustedKey] = ()
) -> tuple[str, ...]:
    """Return which demands of a trust pack on roles a report's signers don't meet.

    Args:
        terms: The demands.
        signer: Whose signature is on the report; nobody's agreement makes up for a wrong role.
        agreeing: Whose agreement counts with it.
    """
    if signer.role not in terms.thresholds:
        may = ", ".join(sorted(terms.thresholds))
        return (f"role {signer.role}: it may not sign reports, only {may} may",)
    signers = (signer, *agreeing)
    short = {
        role: f"role {role}: {people(role, signers)} of {needed} needed signatures"
        for role, needed in sorted(terms.thresholds.items())
        if people(role, signers) < needed
    }
    if terms.required_roles is not None:
        return tuple(short[role] for role in terms.required_roles if role in short)
    return tuple(short.values()) if len(short) == len(terms.thresholds) else ()
