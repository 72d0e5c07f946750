"""Signatures under answers, judged by a trust pack: whose hands count, and why others do not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from ftgov.errors import FtgovError, InvalidBundle
from ftgov.records.answer import Answer
from ftgov.records.digest import digest_record
from ftgov.records.evidence import EvidenceReader
from ftgov.records.four_eyes import (
    ANSWER_PREDICATE,
    AnswerSignature,
    Hand,
    UncountedHand,
    VerifiedHand,
)
from ftgov.signing.envelope import Stamp
from ftgov.signing.keys import SigningKey
from ftgov.signing.personal import read_personal, sign_personal
from ftgov.signing.standing import CLOCK_SKEW
from ftgov.signing.trust import TrustPack, moment

_LARGEST = 1 << 20


class Hands(NamedTuple):
    """The hands that count, and the signatures that do not."""

    counted: tuple[VerifiedHand, ...]
    uncounted: tuple[UncountedHand, ...]


def sign_answer(
    answer: Answer,
    hand: Hand,
    key: SigningKey,
    *,
    signed_at: str,
    timestamp: Stamp | None = None,
) -> bytes:
    """Return the canonical envelope of a signature under an answer.

    Its subject is the answer's digest, so that no other answer, and no later form of this one, can
    be shown with it.

    Args:
        answer: The answer as the ledger holds it.
        hand: Whether its author signs, or who approves it.
        key: The person's key.
        signed_at: When, RFC 3339 UTC.
        timestamp: Asks an authority for a time stamp; None leaves the time claimed.
    """
    return sign_personal(
        _subject(answer),
        digest_record(answer),
        ANSWER_PREDICATE,
        _predicate(answer, hand) | {"signedAt": signed_at},
        key,
        timestamp=timestamp,
    )


def read_hand(
    content: bytes, answer: Answer, hand: Hand, pack: TrustPack, now: datetime
) -> VerifiedHand:
    """Return whose hand signed an answer.

    Args:
        content: The envelope.
        answer: The answer that it shall be under.
        hand: The hand that it shall be of.
        pack: The trust pack.
        now: The present, with its time zone.

    Raises:
        InvalidBundle: If the pack has expired, the signature does not count, or it is under
            something else.
        NotAssessable: If it bears a time stamp that the pack can't judge.
    """
    expires = pack.terms.expires
    if expires is not None and now >= moment(expires):
        raise _refused(f"the trust pack has expired at {expires}")
    read = read_personal(content, pack, now)
    if not read.is_about(_subject(answer), digest_record(answer), ANSWER_PREDICATE):
        raise _refused("it is under another record, or under an earlier form of this answer")
    claimed = str(read.statement.predicate["signedAt"])
    if min(moment(read.signed_at), moment(claimed)) < moment(answer.answered_at) - CLOCK_SKEW:
        raise _refused(f"it was signed before the answer was given, at {answer.answered_at}")
    stated = {name: text for name, text in read.statement.predicate.items() if name != "signedAt"}
    if stated != _predicate(answer, hand):
        raise _refused("it says another hand, system or question")
    return VerifiedHand(
        answer=digest_record(answer), hand=hand, holder=read.key.holder, spki=read.key.spki
    )


def judge_hands(
    answers: Sequence[Answer],
    signatures: Sequence[AnswerSignature],
    evidence: EvidenceReader,
    pack: TrustPack | None,
    now: datetime,
) -> Hands:
    """Judge every signature under the answers as they stand; one under a superseded answer is not.

    Args:
        answers: The answers as they stand.
        signatures: The records of signatures.
        evidence: Where the envelopes are.
        pack: The trust pack; None where there is none, and then no signature counts.
        now: The present, with its time zone.
    """
    standing = {digest_record(answer): answer for answer in answers}
    counted: dict[VerifiedHand, None] = {}
    uncounted = []
    for signature in signatures:
        answer = standing.get(signature.answer)
        try:
            if answer is None:
                raise _refused("the answer that it was given under stands no more")
            if pack is None:
                raise _refused("the workspace has no trust pack that names its key")
            content = _content(evidence, signature)
            counted[read_hand(content, answer, signature.hand, pack, now)] = None
        except FtgovError as fault:
            uncounted.append(
                UncountedHand(signature=signature.name, answer=signature.answer, why=fault.what)
            )
    return Hands(tuple(counted), tuple(uncounted))


def _content(evidence: EvidenceReader, signature: AnswerSignature) -> bytes:
    with evidence.open(signature.envelope.digest) as stream:
        content = stream.read(_LARGEST + 1)
    if len(content) > _LARGEST:
        raise _refused(f"its envelope is larger than {_LARGEST} bytes")
    return content


def _subject(answer: Answer) -> str:
    return f"answer/{answer.name}"


def _predicate(answer: Answer, hand: Hand) -> dict[str, str]:
    return {"hand": hand, "system": answer.system, "question": answer.question}


def _refused(why: str) -> InvalidBundle:
    return InvalidBundle(
        f"The signature does not count: {why}.",
        next_step="Let the person sign the answer again: ftgov answer SYSTEM --sign QUESTION",
    )
