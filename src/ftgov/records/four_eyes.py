"""Two people: the records by which author and approver of an answer sign with keys of their own.

Enforcement: `law/states.py` counts a question that asks for four eyes as shown only where
`unmet` finds nothing, given hands whose signatures `signing/hands.py` has verified against a trust
pack. Names that were typed never count.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from ftgov.records.base import Name, Record, Time
from ftgov.records.digest import Digest, bare
from ftgov.records.evidence import Evidence
from ftgov.records.holder import folded

Hand = Literal["author", "approver"]

ANSWER_PREDICATE = "https://ftgov.dev/attestation/answer/v1"
"""The type of what is signed under an answer: `hand`, `system`, `question` and `signedAt`."""


class AnswerSignature(Record):
    """A signature under an answer: the envelope is kept as evidence, its subject is the answer.

    Nothing in this record is believed: who signed, when and in which hand, the envelope says.
    """

    type: Literal["answer-signature"] = "answer-signature"
    name: Name
    system: Name
    question: str
    answer: Digest
    hand: Hand
    envelope: Evidence
    signed_at: Time


class VerifiedHand(Record):
    """A signature that was verified: whose key, by the trust pack, in which hand."""

    answer: Digest
    hand: Hand
    holder: str = Field(min_length=1, description="the key's holder, as the trust pack names it")
    spki: str = Field(min_length=1, description="sha256:... of the key's SubjectPublicKeyInfo")


class UncountedHand(Record):
    """A signature that does not count, and why."""

    signature: Name
    answer: Digest
    why: str


def signature_name(answer: Digest, hand: Hand, spki: Digest) -> str:
    """Return the name under which the ledger keeps a key's signature under an answer."""
    return f"{bare(answer)[:32]}.{hand}.{bare(spki)[:32]}"


def same_person(one: VerifiedHand, other: VerifiedHand) -> bool:
    """Return whether two hands may be one person's: one holder, however written, or one key."""
    return one.spki == other.spki or folded(one.holder) == folded(other.holder)


def unmet(
    answer: Digest, hands: Sequence[VerifiedHand], uncounted: Sequence[UncountedHand] = ()
) -> str | None:
    """Return why an answer is not signed by two people, or None where it is.

    Two signatures count if they are under this answer, one as author and one as approver, by
    different holders with different keys.

    Args:
        answer: The digest of the answer.
        hands: Signatures that were verified.
        uncounted: Those that do not count; the reasons are told where two are lacking.
    """
    mine = [hand for hand in hands if hand.answer == answer]
    authors = [hand for hand in mine if hand.hand == "author"]
    approvers = [hand for hand in mine if hand.hand == "approver"]
    if not authors or not approvers:
        why = "".join(f"; {each.why}" for each in uncounted if each.answer == answer)
        return f"verified signatures of an author and of another approver are missing{why}"
    for author in authors:
        for approver in approvers:
            if not same_person(author, approver):
                return None
    return "author and approver are the same holder or the same key"
