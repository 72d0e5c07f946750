"""What people's answers rest on, derived again: the modification's compute, the hands that signed.

The compute follows from the jobs alone. Whose hands count, the trust pack decides that is given to
the verifier, never the one of whoever made the bundle: a key that it rules out contradicts the
dossier, a key that it does not list leaves open whether the person signed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from ftgov.dossier.modification import with_compute
from ftgov.errors import FtgovError
from ftgov.recompute.figures import NOTHING, Comparison
from ftgov.records.canonical import canonical_bytes
from ftgov.records.evidence import EvidenceReader
from ftgov.records.four_eyes import VerifiedHand, signature_name, unmet
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
    found = _compute(subject)
    if not subject.standing.hands:
        return found
    standing = subject.standing
    moment = now or datetime.now(UTC)
    judged = judge_hands(standing.answers, standing.signatures, evidence, trust, moment)
    counted = {(each.answer, each.hand, each.spki): each for each in judged.counted}
    here = []
    for hand in standing.hands:
        if mine := counted.get((hand.answer, hand.hand, hand.spki)):
            here.append(mine)
        else:
            found += _lost(hand, subject, evidence, trust, judged)
    return found if found.differs or found.underivable else _one_person(standing.hands, here)


def _compute(subject: Subject) -> Comparison:
    derived = with_compute(subject).standing.compute
    if canonical_bytes(derived) == canonical_bytes(subject.standing.compute):
        return NOTHING
    return Comparison(0, ("the modification's compute: the jobs give another",), ())


def _lost(
    hand: VerifiedHand,
    subject: Subject,
    evidence: EvidenceReader,
    trust: TrustPack | None,
    judged: Hands,
) -> Comparison:
    """Return what a stated hand that does not count here means: contradicted, or left open."""
    name = signature_name(hand.answer, hand.hand, hand.spki)
    why = next((each.why for each in judged.uncounted if each.signature == name), "")
    told = f"the {hand.hand}'s signature of {hand.holder}: {why or 'the bundle lists none'}"
    kept = next((each for each in subject.standing.signatures if each.name == name), None)
    listed = trust is not None and trust.terms.key(hand.spki) is not None
    if kept is None or (listed and _readable(evidence, kept.envelope.digest)):
        return Comparison(0, (told,), ())
    return Comparison(0, (), (told,))


def _readable(evidence: EvidenceReader, digest: str) -> bool:
    """Tell whether a file is at hand: one that is withheld contradicts nobody."""
    try:
        evidence.open(digest).close()
    except FtgovError:
        return False
    return True


def _one_person(stated: Sequence[VerifiedHand], here: Sequence[VerifiedHand]) -> Comparison:
    """Return the answers whose two people are one by the verifier's trust pack."""
    answers = dict.fromkeys(hand.answer for hand in stated)
    faults = tuple(
        f"the answer {answer}: by this trust pack {why}"
        for answer in answers
        if unmet(answer, stated) is None and (why := unmet(answer, here))
    )
    return Comparison(0, faults, ())
