"""Two CEL engines, written apart, agree on random expressions over what policies see.

Ours is cel-cpp behind the worker; the other is cel-rust. NaN is refused at the door of evidence, so
that it is not among the values; text is ASCII, since the other engine counts bytes where CEL counts
code points. What our compiler refuses by its types (a count compared with a fraction, both written
out) is no verdict of ours, and is not compared.
"""

from __future__ import annotations

from random import Random

import pytest

from cel_expressions import VALUES, expression, moments
from ftgov.policy.worker import Refused, Session

Verdict = bool | str


def ours(session: Session, source: str) -> Verdict:
    try:
        found = session.value(source, "bool")
    except Refused as fault:
        return "error" if str(fault).startswith("could not be evaluated") else "refused"
    assert isinstance(found, bool)
    return found


def theirs(context: object, source: str) -> Verdict:
    import cel

    try:
        found = cel.evaluate(source, context)  # type: ignore[arg-type]
    except (ValueError, TypeError, RuntimeError, ArithmeticError, LookupError):
        return "error"
    return found if isinstance(found, bool) else "error"


def compared(count: int, seed: int) -> tuple[list[str], dict[Verdict, int]]:
    import cel

    session, context, chance = Session(), cel.Context(variables=moments(VALUES)), Random(seed)
    session.bind(VALUES)
    differ: list[str] = []
    seen: dict[Verdict, int] = {}
    while sum(seen.values()) < count:
        source = expression(chance)
        one = ours(session, source)
        if one == "refused":
            continue
        other = theirs(context, source)
        seen[one] = seen.get(one, 0) + 1
        if one != other:
            differ.append(f"{source}: {one}, {other}")
    return differ, seen


def test_the_engines_agree() -> None:
    differ, seen = compared(5_000, 1)
    assert differ == []
    assert min(seen.get(verdict, 0) for verdict in (True, False, "error")) > 300


@pytest.mark.long
@pytest.mark.parametrize("seed", range(2, 22))
def test_the_engines_agree_a_hundred_thousand_times(seed: int) -> None:
    assert compared(5_000, seed)[0] == []
