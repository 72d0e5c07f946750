"""Two people: the records by which author and approver of an answer sign with keys of their own.

Enforcement: `law/states.py` counts a question that asks for four eyes as shown only where
`unmet` finds nothing, given signers whose signatures the signing room has verified against the
trust pack. Names that were typed never count. Recording such signatures is not part of this file.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from ftgov.records.base import Name, Record, Time
from ftgov.records.digest import Digest
from ftgov.records.evidence import Evidence

Hand = Literal["author", "approver"]


class AnswerSignature(Record):
    """A signature under an answer: the envelope is kept as evidence, its payload is the answer."""

    type: Literal["answer-signature"] = "answer-signature"
    name: Name
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


def unmet(answer: Digest, hands: Sequence[VerifiedHand]) -> str | None:
    """Return why an answer is not signed by two people, or None where it is.

    Two signatures count if they are under this answer, one as author and one as approver, by
    different holders with different keys.
    """
    mine = [hand for hand in hands if hand.answer == answer]
    authors = [hand for hand in mine if hand.hand == "author"]
    approvers = [hand for hand in mine if hand.hand == "approver"]
    if not authors or not approvers:
        return "verified signatures of an author and of another approver are missing"
    for author in authors:
        for approver in approvers:
            if author.holder != approver.holder and author.spki != approver.spki:
                return None
    return "author and approver are the same holder or the same key"
