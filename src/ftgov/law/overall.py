"""The one word for a system, in the order of precedence, and the classes still reachable.

The order is a chain of questions; each class is the answer to one. Walking the chain and going on
past every question that is not settled gives all classes that some completion of the unknown facts
reaches, and the unknown facts that decide between them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, get_args

from ftgov.law.facts import Facts
from ftgov.law.high_risk import HighRisk
from ftgov.law.prohibited import Prohibitions
from ftgov.law.truth import NO, NOTHING, Truth, any_of, negation
from ftgov.records.law import Overall

_ORDER: tuple[Overall, ...] = get_args(Overall)
_OUTSIDE = frozenset({"out_of_scope", "model_only"})


class Verdict(NamedTuple):
    """The class, the classes still reachable, and the unknown facts that decide between them."""

    overall: Overall
    possible: tuple[Overall, ...]
    missing: frozenset[str]


class Axes(NamedTuple):
    """The settled or open answers that the order of precedence reads."""

    out: Truth
    prohibitions: Prohibitions
    high_risk: HighRisk
    transparency: dict[str, Truth]
    provider_of_model: Truth


def overall(facts: Facts, axes: Axes) -> Verdict:
    """Return the class of a system.

    A prohibited practice that is established is reported although it is open whether the Regulation
    applies: unknown facts never lower a class. They are named.
    """
    reached: list[Overall] = []
    missing = NOTHING
    for name, answer in _chain(facts, axes):
        if answer.may_be(value=True):
            reached.append(name)
            if answer.settled:
                break
        missing |= answer.unknown
    classes = frozenset(reached)
    possible = tuple(name for name in _ORDER if name in classes)
    inside = tuple(name for name in possible if name not in _OUTSIDE)
    if len(possible) == 1:
        return Verdict(possible[0], possible, missing)
    provider = axes.provider_of_model
    if not inside and axes.out.settled and provider.value is not None:
        # The role stands by the rule for unknown compute; `possible` says what might change it.
        return Verdict("model_only" if provider.value else "out_of_scope", possible, missing)
    if inside in {("prohibited",), ("prohibited_from_future_date",)}:
        return Verdict(inside[0], possible, missing)
    return Verdict("undetermined", possible, missing)


def _chain(facts: Facts, axes: Axes) -> Iterator[tuple[Overall, Truth]]:
    """Yield each class with the question that gives it, in the order of precedence."""
    yield "out_of_scope", axes.out
    model_alone = negation(facts.truth("ai_system"))
    if model_alone.may_be(value=True):
        yield from _without_system(model_alone, axes.provider_of_model)
    yield "prohibited", axes.prohibitions.any_now
    yield "prohibited_from_future_date", axes.prohibitions.any_later
    yield "high_risk", axes.high_risk.high
    # Asked only where it is not high-risk: listed and yet not high-risk means derogated.
    closed = axes.high_risk.derogated.value is False
    yield "not_high_risk_by_6_3", NO if closed else axes.high_risk.listed
    yield "transparency", any_of(*axes.transparency.values())
    yield "out_of_scope", facts.truth("foss_release")
    yield "minimal", Truth(value=True)


def _without_system(alone: Truth, provider: Truth) -> Iterator[tuple[Overall, Truth]]:
    """Weights alone: `model_only` where someone has a duty as the model's provider."""
    if provider.may_be(value=True):
        settled = alone.settled and provider.settled
        yield "model_only", Truth(True if settled else None, alone.unknown | provider.unknown)
    if provider.may_be(value=False):
        # Asked second: nothing but the model axis could still answer, so this ends a settled chain.
        yield "out_of_scope", Truth(True if alone.settled else None, alone.unknown)
