"""What people signed about an assessment, verified again from the statements in the evidence.

Whose signatures count, the trust pack decides that is given to the verifier, never the one of
whoever made the bundle: a key that it rules out contradicts the dossier, a key that it does not
list leaves open whether the person signed. What the dossier itself says not to count changes
nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from ftgov.dossier.signed import STATEMENT_MEDIA_TYPE, verified_sign_offs, verified_waivers
from ftgov.recompute.figures import NOTHING, Comparison
from ftgov.records.dossier import Dossier
from ftgov.records.evidence import Evidence, EvidenceReader
from ftgov.records.waiver import VerifiedWaiver
from ftgov.signing.trust import TrustPack

_UNKNOWN = "is not in the trust pack"


def compare_signed(
    dossier: Dossier, evidence: EvidenceReader, trust: TrustPack | None, now: datetime | None = None
) -> Comparison:
    """Compare the sign-offs and waivers of a dossier with what the statements in it give.

    A sign-off of the assessment that counts and that the dossier does not state is a difference: a
    rejection could be left out.

    Args:
        dossier: What was signed as a whole.
        evidence: Where the statements are.
        trust: The verifier's trust pack; without one no signature can be judged.
        now: The present; None is the system clock.

    Raises:
        NotAssessable: If a statement is absent or changed.
    """
    counted = [each for each in dossier.waivers if each.fault is None]
    if (
        not dossier.signatures
        and not counted
        and not any(_is_statement(e) for e in dossier.evidence)
    ):
        return NOTHING
    if trust is None:
        return Comparison(0, (), ("sign-offs and waivers: there is no trust pack to judge by",))
    contents = list(_statements(dossier, evidence))
    moment = now or datetime.now(UTC)
    found = NOTHING
    seen = verified_sign_offs(
        contents,
        trust,
        moment,
        assessed={dossier.assessment_digest: dossier.assessment.assessed_at},
    )
    for one in dossier.signatures:
        if one not in seen:
            fault = f"sign-off of {one.holder}: no statement in the evidence gives it"
            found += _fault(fault, known=trust.terms.key(one.spki) is not None)
    for one in seen:
        if one.assessment == dossier.assessment_digest and one not in dossier.signatures:
            said = "a rejection" if one.decision == "reject" else "an approval"
            fault = f"sign-off of {one.holder}: {said} in the evidence that the dossier leaves out"
            found += _fault(fault, known=True)
    again = {each.terms: each for each in verified_waivers(contents, trust, moment, {})}
    for waiver in counted:
        found += _waiver(waiver, again.get(waiver.terms))
    return found


def _statements(dossier: Dossier, evidence: EvidenceReader) -> Iterable[bytes]:
    for file in dossier.evidence:
        if _is_statement(file):
            with evidence.open(file.digest) as stream:
                yield stream.read()


def _is_statement(file: Evidence) -> bool:
    return file.media_type == STATEMENT_MEDIA_TYPE


def _waiver(stated: VerifiedWaiver, again: VerifiedWaiver | None) -> Comparison:
    name = f"waiver {stated.terms.name}"
    if again is None:
        return _fault(f"{name}: no statement in the evidence gives it", known=True)
    if again.fault:
        return _fault(f"{name}: {again.fault}", known=_UNKNOWN not in again.fault)
    if again == stated.model_copy(update={"uses": again.uses}):
        return NOTHING
    return _fault(f"{name}: its statements are of other people", known=True)


def _fault(text: str, *, known: bool) -> Comparison:
    return Comparison(0, (text,), ()) if known else Comparison(0, (), (text,))
