"""Two people: different holders with different keys, under the very same answer."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from ftgov.records.digest import digest_record
from ftgov.records.four_eyes import Hand, UncountedHand, VerifiedHand, same_person, unmet

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


def test_why_a_signature_does_not_count_is_told_with_what_is_missing() -> None:
    lost = UncountedHand(signature="s", answer=ONE, why="its key was revoked")
    stray = lost.model_copy(update={"answer": OTHER, "why": "not asked"})
    told = unmet(ONE, [hand("author", "Jane", "k1")], [lost, stray])
    assert told is not None
    assert told.endswith("missing; its key was revoked")


_HANDS = st.builds(
    hand,
    st.sampled_from(("author", "approver")),
    st.sampled_from(("Jane", "jane ", "JANE", "Bob", "Eve")),
    st.sampled_from(("k1", "k2", "k3")),
    st.sampled_from((ONE, OTHER)),
)


@given(st.lists(_HANDS, max_size=5))
def test_four_eyes_are_two_of_one_answer_that_no_name_or_key_joins(
    hands: list[VerifiedHand],
) -> None:
    def apart(one: VerifiedHand, other: VerifiedHand) -> bool:
        names = {one.holder.strip().lower(), other.holder.strip().lower()}
        return {one.answer, other.answer} == {ONE} and len(names) == 2 and one.spki != other.spki

    pairs = itertools.product(hands, hands)
    met = any(
        (one.hand, other.hand) == ("author", "approver") and apart(one, other)
        for one, other in pairs
    )
    assert (unmet(ONE, hands) is None) == met
    assert unmet(ONE, hands) == unmet(ONE, [*hands, *hands])
    for each in hands:
        assert same_person(each, each)
