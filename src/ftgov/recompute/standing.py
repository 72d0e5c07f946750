"""What people's answers rest on, derived again: the modification's compute, the hands that signed.

The compute follows from the jobs alone. Whose hands count, the trust pack decides that is given to
the verifier, never the one of whoever made the bundle: a key that it rules out contradicts the
dossier, a key that it does not list leaves open whether the person signed.
"""

from __future__ import annotations

from datetime import UTC, datetime

from ftgov.dossier.modification import with_compute
from ftgov.recompute.figures import Comparison
from ftgov.records.canonical import canonical_bytes
from ftgov.records.evidence import EvidenceReader
from ftgov.records.four_eyes import VerifiedHand
from ftgov.records.subject import Subject
from ftgov.signing.hands import Hands, judge_hands
from ftgov.signing.trust import TrustPack


def compare_standing(
    subject: Subject, evidence: EvidenceReader, trust: TrustPack | None, now: datetime | None = None
) -> Comparison:
    """Compare a subject's stated standing with what its jobs and its signatures give.

    Hands that the trust pack counts and the dossier does not state change nothing: the dossier then
    says less than it could.

    Args:
        subject: The subject, as the dossier states it.
        evidence: Where the envelopes are.
        trust: The verifier's trust pack; without one no signature can be judged.
        now: The present; None is the system clock.
    """
    return _compute(subject) + _hands(subject, evidence, trust, now or datetime.now(UTC))


def _compute(subject: Subject) -> Comparison:
    derived = with_compute(subject).standing.compute
    if canonical_bytes(derived) == canonical_bytes(subject.standing.compute):
        return Comparison(0, (), ())
    return Comparison(0, ("the modification's compute: the jobs give another",), ())


def _hands(
    subject: Subject, evidence: EvidenceReader, trust: TrustPack | None, now: datetime
) -> Comparison:
    standing = subject.standing
    found = judge_hands(standing.answers, standing.signatures, evidence, trust, now)
    differs, underivable = [], []
    for hand in standing.hands:
        if hand in found.counted:
            continue
        told = f"the {hand.hand}'s signature of {hand.holder}: {_why(hand, found)}"
        if trust is None or trust.terms.key(hand.spki) is None:
            underivable.append(told)
        else:
            differs.append(told)
    return Comparison(0, tuple(differs), tuple(underivable))


def _why(hand: VerifiedHand, found: Hands) -> str:
    """Return why a stated hand does not count here."""
    reasons = dict.fromkeys(each.why for each in found.uncounted if each.answer == hand.answer)
    return " ".join(reasons) or "no signature in the bundle shows it"
