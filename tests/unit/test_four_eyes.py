"""Two people: different holders with different keys, under the very same answer."""

from __future__ import annotations

from ftgov.records.digest import digest_record
from ftgov.records.four_eyes import Hand, VerifiedHand, unmet

ONE, OTHER = digest_record("one answer"), digest_record("another answer")


def hand(kind: Hand, holder: str, key: str, answer: str = ONE) -> VerifiedHand:
    return VerifiedHand(answer=answer, hand=kind, holder=holder, spki=key)


def test_two_people_with_two_keys() -> None:
    assert unmet(ONE, [hand("author", "Jane", "k1"), hand("approver", "Bob", "k2")]) is None


def test_one_person_one_key_or_one_hand_do_not_count() -> None:
    author = hand("author", "Jane", "k1")
    assert unmet(ONE, [author]) is not None
    assert unmet(ONE, [author, hand("approver", "Jane", "k2")]) is not None
    assert unmet(ONE, [author, hand("approver", "Bob", "k1")]) is not None
    assert unmet(ONE, [author, hand("author", "Bob", "k2")]) is not None


def test_a_signature_under_another_answer_does_not_count() -> None:
    stray = hand("approver", "Bob", "k2", OTHER)
    assert unmet(ONE, [hand("author", "Jane", "k1"), stray]) is not None
