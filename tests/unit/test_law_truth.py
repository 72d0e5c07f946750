"""Three-valued logic against brute force over all completions."""

from __future__ import annotations

from itertools import product

import pytest

from ftgov.law.truth import NO, YES, Truth, all_of, any_of, negation, unless

UNKNOWN = [Truth(None, frozenset({name})) for name in "abc"]


@pytest.mark.parametrize("chosen", list(product((True, False, None), repeat=3)))
def test_tables_agree_with_all_completions(chosen: tuple[bool | None, ...]) -> None:
    truths = [
        UNKNOWN[place] if value is None else Truth(value) for place, value in enumerate(chosen)
    ]
    options = [(True, False) if value is None else (value,) for value in chosen]
    for rule, plain in ((all_of, all), (any_of, any)):
        reached = {plain(completion) for completion in product(*options)}
        found = rule(*truths)
        assert found.value is (reached.pop() if len(reached) == 1 else None)
        assert bool(found.unknown) == (found.value is None)
        assert negation(found).value is (None if found.value is None else not found.value)


def test_only_facts_that_still_matter_are_named() -> None:
    a, b, _ = UNKNOWN
    assert any_of(YES, a) == YES
    assert all_of(NO, a) == NO
    assert all_of(a, any_of(YES, b)).unknown == {"a"}
    assert (all_of(), any_of()) == (YES, NO)


def test_an_unknown_exemption_keeps_the_duty_and_is_named() -> None:
    exempt = UNKNOWN[0]
    kept = unless(YES, exempt)
    assert (kept.value, kept.unknown, kept.settled) == (True, frozenset({"a"}), False)
    assert kept.may_be(value=False)
    assert unless(NO, exempt) == NO
    assert unless(YES, YES) == NO
    assert unless(YES, NO) == YES
