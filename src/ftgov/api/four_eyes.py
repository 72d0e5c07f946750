"""Two people sign an answer: each with a key of their own, kept as evidence, judged on reading."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from ftgov.api.clock import Moment, moment_of
from ftgov.api.judgement import Judgement, judged
from ftgov.api.recording import ACTOR, append
from ftgov.api.trusted import require_trusted
from ftgov.errors import UsageError
from ftgov.records.answer import Answer
from ftgov.records.digest import digest_record
from ftgov.records.evidence import Evidence
from ftgov.records.four_eyes import AnswerSignature, Hand, VerifiedHand, same_person, signature_name
from ftgov.signing.hands import read_hand, sign_answer
from ftgov.signing.keys import SigningKey
from ftgov.signing.trust import TrustPack
from ftgov.store.workspace import Workspace

_MEDIA_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json"
EVERY = "all"
"""Names every answer that asks for four eyes and is not signed in that hand yet."""


class Signed(NamedTuple):
    """One answer that was signed: the question, and whose hand it is by the trust pack."""

    question: str
    hand: VerifiedHand


def sign_answers(
    workspace: Workspace,
    system: str,
    questions: Sequence[str],
    hand: Hand,
    key: SigningKey,
    *,
    now: str | Moment | None = None,
    actor: str = ACTOR,
) -> tuple[Signed, ...]:
    """Sign answers about a system as they stand: all of them or none.

    Args:
        workspace: Where the system is.
        system: Its name.
        questions: Ids of answered questions; `all` for every one that asks for four eyes.
        hand: As the author of the answer, or as who approves it.
        key: The person's key; the workspace's trust pack must list it.
        now: The signing time, RFC 3339 UTC; by default the present.
        actor: Who records it.

    Raises:
        UsageError: If a question is not answered, its answer no longer counts, or the other hand is
            this very person's.
        NotAssessable: If the workspace has no trust pack that can be used.
        InvalidBundle: If the trust pack does not let the key count.
    """
    present = moment_of(now)
    pack = require_trusted(workspace)
    found = judged(workspace, system, as_of=present.text[:10])
    answers = [_answer(found, name) for name in _named(found, questions, hand)]
    envelopes = []
    signed = []
    for answer in answers:
        content = sign_answer(answer, hand, key, signed_at=present.text)
        made = _judge(content, answer, hand, pack)
        _require_another(answer, made, found.subject.standing.hands)
        envelopes.append(content)
        signed.append(Signed(answer.question, made))
    records = [
        _kept(workspace, answer, each.hand, content, present.text)
        for answer, each, content in zip(answers, signed, envelopes, strict=True)
    ]
    append(workspace, records, actor=actor, recorded_at=present.text)
    return tuple(signed)


def _judge(content: bytes, answer: Answer, hand: Hand, pack: TrustPack) -> VerifiedHand:
    """Return whose hand it is by the trust pack, as every reader of the ledger will judge it."""
    return read_hand(content, answer, hand, pack, datetime.now(UTC))


def _named(found: Judgement, questions: Sequence[str], hand: Hand) -> Iterable[str]:
    if tuple(questions) != (EVERY,):
        return dict.fromkeys(questions)
    asked = {question.id for question in found.pack.questions if question.four_eyes}
    standing = found.subject.standing
    done = {each.answer for each in standing.hands if each.hand == hand}
    return [
        answer.question
        for answer in standing.answers
        if answer.question in asked
        and answer.question not in found.reopened
        and digest_record(answer) not in done
    ]


def _answer(found: Judgement, question: str) -> Answer:
    answers = found.subject.standing.answers
    answer = next((each for each in answers if each.question == question), None)
    if answer is None:
        raise UsageError(
            f"The question '{question}' is not answered, so there is nothing to sign.",
            next_step=f"ftgov answer {found.system.name} --author NAME",
        )
    if why := found.reopened.get(question):
        raise UsageError(
            f"The answer to '{question}' no longer counts: {why}.",
            next_step=f"Answer it again first: ftgov answer {found.system.name} --author NAME",
        )
    return answer


def _require_another(answer: Answer, made: VerifiedHand, hands: Sequence[VerifiedHand]) -> None:
    """Refuse a second hand of one person: it would never count."""
    for other in hands:
        if other.answer == made.answer and other.hand != made.hand and same_person(other, made):
            raise UsageError(
                f"{made.holder} signed the answer to '{answer.question}' as {other.hand} already.",
                why="Author and approver are two people with two keys.",
                next_step=f"Let somebody else sign it as {made.hand}.",
            )


def _kept(
    workspace: Workspace, answer: Answer, hand: VerifiedHand, content: bytes, signed_at: str
) -> AnswerSignature:
    envelope: Evidence = workspace.evidence.put_bytes(
        content, name=f"{answer.question}.{hand.hand}.sigstore.json", media_type=_MEDIA_TYPE
    )
    return AnswerSignature(
        name=signature_name(hand.answer, hand.hand, hand.spki),
        system=answer.system,
        question=answer.question,
        answer=hand.answer,
        hand=hand.hand,
        envelope=envelope,
        signed_at=signed_at,
    )
