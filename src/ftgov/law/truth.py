"""Three-valued logic (Kleene) that remembers which unknown facts a value still hangs on.

Source of the method: S. C. Kleene, Introduction to Metamathematics, section 64 (strong tables). The
rules of the classification use each fact in one polarity, where these tables are exact: a value is
settled if and only if it is the same whatever the unknown facts turn out to be.
"""

from __future__ import annotations

from typing import NamedTuple

NOTHING: frozenset[str] = frozenset()


class Truth(NamedTuple):
    """True, False or unknown (None), with the ids of the unknown facts it hangs on.

    A settled value may name unknown facts too: it then stands *unless* one of them turns out to be
    an exemption. Such a value is a duty that we keep listed although its exemption is unknown.
    """

    value: bool | None
    unknown: frozenset[str] = NOTHING

    @property
    def settled(self) -> bool:
        """Whether no unknown fact can change the value."""
        return self.value is not None and not self.unknown

    def may_be(self, value: bool) -> bool:  # noqa: FBT001 - the value asked for is the point
        """Whether some completion of the unknown facts gives this value."""
        return self.value is value or not self.settled


YES = Truth(value=True)
NO = Truth(value=False)


def negation(truth: Truth) -> Truth:
    """Return the negation."""
    return Truth(None if truth.value is None else not truth.value, truth.unknown)


def _join(truths: tuple[Truth, ...], strong: bool) -> Truth:  # noqa: FBT001
    """Join in one pass: a settled strong value decides, then an unsettled one, then the rest."""
    decided, hangs, found, open_value = NOTHING, NOTHING, False, False
    for value, unknown in truths:
        if value is strong:
            if not unknown:
                return YES if strong else NO
            decided, found = decided | unknown, True
        else:
            hangs = hangs | unknown if unknown else hangs
            open_value = open_value or value is None
    if found:
        return Truth(strong, decided)
    return Truth(None if open_value else not strong, hangs)


def all_of(*truths: Truth) -> Truth:
    """Return the conjunction; true for nothing at all."""
    return _join(truths, strong=False)


def any_of(*truths: Truth) -> Truth:
    """Return the disjunction; false for nothing at all."""
    return _join(truths, strong=True)


def unless(truth: Truth, exemption: Truth) -> Truth:
    """Return the truth of a duty that a proven exemption lifts; an unknown exemption keeps it."""
    if exemption.value is None and truth.value is not False:
        return Truth(truth.value, truth.unknown | exemption.unknown)
    if exemption.value is None:
        return truth
    return all_of(truth, negation(exemption))
