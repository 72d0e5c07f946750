"""Hands under answers: only a trusted, unrevoked key under this very answer counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ftgov.errors import InvalidBundle
from ftgov.records.answer import Answer
from ftgov.records.base import time_text
from ftgov.records.digest import digest_record
from ftgov.records.four_eyes import AnswerSignature, Hand, VerifiedHand, signature_name, unmet
from ftgov.signing.hands import Hands, judge_hands, read_hand, sign_answer
from ftgov.signing.keys import SigningKey
from ftgov.signing.trust import TrustPack, build_trust_pack, read_trust_pack
from ftgov.store.evidence import EvidenceStore
from law_subjects import answer
from signing_samples import ISSUED_AT, trusted

ROOT, JANE, BOB, STRANGER = (SigningKey.generate() for _ in range(4))
NOW = datetime.now(UTC)
RMS = answer("rms-2", value=True)


def _at(days: float) -> str:
    return time_text(NOW + timedelta(days=days))


def pack(*, jane: dict[str, str] | None = None, bob: str = "Bob", **terms: str) -> TrustPack:
    dates = {"notBefore": _at(-30), "notAfter": _at(30)}
    keys = [
        trusted(JANE, holder="Jane Doe", **{**dates, **(jane or {})}),
        trusted(BOB, holder=bob, **dates),
    ]
    content = build_trust_pack(keys, root=ROOT, issued_at=ISSUED_AT, **terms)  # type: ignore[arg-type]
    return read_trust_pack(content, root_pin=ROOT.spki)


@pytest.fixture
def store(tmp_path: Path) -> EvidenceStore:
    return EvidenceStore(tmp_path)


def record(
    store: EvidenceStore, hand: Hand, key: SigningKey, about: Answer = RMS
) -> AnswerSignature:
    """A record of a signature whose envelope is in the store."""
    content = sign_answer(about, hand, key, signed_at=_at(0))
    envelope = store.put_bytes(content, name="e.sigstore.json", media_type="application/json")
    return AnswerSignature(
        name=signature_name(digest_record(about), hand, key.spki),
        system=about.system,
        question=about.question,
        answer=digest_record(about),
        hand=hand,
        envelope=envelope,
        signed_at=_at(0),
    )


def judged(store: EvidenceStore, by: TrustPack | None, *made: AnswerSignature) -> Hands:
    return judge_hands([RMS], made, store, by, NOW)


def test_two_people_with_two_keys_are_four_eyes(store: EvidenceStore) -> None:
    found = judged(store, pack(), record(store, "author", JANE), record(store, "approver", BOB))
    assert found.uncounted == ()
    assert [hand.holder for hand in found.counted] == ["Jane Doe", "Bob"]
    assert unmet(digest_record(RMS), found.counted) is None


@pytest.mark.parametrize(
    ("by", "why"),
    [
        (pack(jane={"revokedAt": _at(-1), "reason": "keyCompromise"}), "revoked"),
        (pack(jane={"revokedAt": _at(1), "reason": "keyCompromise"}), "revoked"),
        (pack(jane={"notAfter": _at(-1)}), "expired"),
        (pack(jane={"notBefore": _at(1)}), "not valid before"),
        (pack(expires=_at(-1)), "the trust pack has expired"),
        (None, "no trust pack"),
    ],
)
def test_a_key_that_does_not_count_is_told(
    store: EvidenceStore, by: TrustPack | None, why: str
) -> None:
    found = judged(store, by, record(store, "author", JANE))
    assert found.counted == ()
    assert why in found.uncounted[0].why
    told = unmet(digest_record(RMS), found.counted, found.uncounted)
    assert told
    assert why in told


def test_a_key_superseded_later_still_counts(store: EvidenceStore) -> None:
    by = pack(jane={"revokedAt": _at(1), "reason": "superseded"})
    assert len(judged(store, by, record(store, "author", JANE)).counted) == 1


def test_an_unknown_key_does_not_count(store: EvidenceStore) -> None:
    found = judged(store, pack(), record(store, "author", STRANGER))
    assert found.counted == ()
    assert "not in the trust pack" in found.uncounted[0].why


@pytest.mark.parametrize("bob", ["Jane Doe", "jane doe", "Jane  Doe", "JANE DOE"])
def test_one_holder_with_two_keys_is_one_person(store: EvidenceStore, bob: str) -> None:
    found = judged(
        store, pack(bob=bob), record(store, "author", JANE), record(store, "approver", BOB)
    )
    assert len(found.counted) == 2
    told = unmet(digest_record(RMS), found.counted)
    assert told is not None
    assert "same holder" in told


def test_one_key_in_both_hands_is_one_person(store: EvidenceStore) -> None:
    found = judged(store, pack(), record(store, "author", JANE), record(store, "approver", JANE))
    assert len(found.counted) == 2
    assert unmet(digest_record(RMS), found.counted) is not None


def test_a_changed_answer_loses_its_signatures(store: EvidenceStore) -> None:
    signature = record(store, "author", JANE)
    again = RMS.model_copy(update={"answered_at": "2026-11-02T09:00:00Z"})
    found = judge_hands([again], [signature], store, pack(), NOW)
    assert found.counted == ()
    assert "stands no more" in found.uncounted[0].why


def test_a_signature_replayed_for_another_answer_or_hand_does_not_count(
    store: EvidenceStore,
) -> None:
    other = answer("proh-1", value=True)
    taken = record(store, "author", JANE, other)
    stolen = taken.model_copy(update={"answer": digest_record(RMS), "question": "rms-2"})
    turned = record(store, "author", JANE).model_copy(update={"hand": "approver"})
    found = judged(store, pack(), stolen, turned)
    assert found.counted == ()
    assert "under another record" in found.uncounted[0].why
    assert "another hand" in found.uncounted[1].why


def test_an_envelope_that_is_gone_or_changed_does_not_count(store: EvidenceStore) -> None:
    made = record(store, "author", JANE)
    gone = made.envelope.model_copy(update={"digest": "sha256:" + "0" * 64})
    content = sign_answer(RMS, "author", JANE, signed_at=_at(0)).replace(b'"sig":"M', b'"sig":"N')
    bent = store.put_bytes(content, name="e", media_type="application/json")
    for envelope in (gone, bent):
        found = judged(store, pack(), made.model_copy(update={"envelope": envelope}))
        assert (found.counted, len(found.uncounted)) == ((), 1)


def test_a_hand_reads_back_only_as_what_was_signed() -> None:
    content = sign_answer(RMS, "approver", BOB, signed_at=_at(0))
    assert read_hand(content, RMS, "approver", pack(), NOW) == VerifiedHand(
        answer=digest_record(RMS), hand="approver", holder="Bob", spki=BOB.spki
    )
    with pytest.raises(InvalidBundle, match="another hand"):
        read_hand(content, RMS, "author", pack(), NOW)
    late = sign_answer(RMS, "approver", BOB, signed_at=_at(2))
    with pytest.raises(InvalidBundle, match="lies in the future"):
        read_hand(late, RMS, "approver", pack(), NOW)


def test_a_signature_dated_before_the_answer_does_not_count() -> None:
    late = RMS.model_copy(update={"answered_at": _at(2)})
    for days, counts in ((1.1, True), (0.9, False)):
        content = sign_answer(late, "author", JANE, signed_at=_at(days))
        later = NOW + timedelta(days=3)
        if counts:
            assert read_hand(content, late, "author", pack(), later).holder == "Jane Doe"
        else:
            with pytest.raises(InvalidBundle, match="signed before the answer was given"):
                read_hand(content, late, "author", pack(), later)
