"""Chapter V: is someone who changes a general-purpose model its provider, and with what duties.

The one-third test: guidelines on the scope of obligations for GPAI providers, C(2025) 7719
final. Every comparison is exact (`Fraction`) and strict; an interval decides only when all of it
lies on one side.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Literal, NamedTuple

from ftgov.law.facts import Facts
from ftgov.law.pack_records import Pack
from ftgov.law.truth import NO, NOTHING, YES, Truth, all_of, any_of, negation, unless

Role = Literal[
    "none",
    "original_provider",
    "original_provider_systemic",
    "modifier_provider",
    "modifier_provider_systemic",
    "undetermined",
]


class ModelAxis(NamedTuple):
    """The role towards the model. `limits`: the possible thresholds in FLOP, lowest first."""

    role: Role
    provider: Truth
    systemic: Truth
    limits: tuple[Fraction, ...]
    fallback: bool
    duties: dict[str, Truth]

    def missing(self) -> frozenset[str]:
        """Return the unknown facts that may still change the role or a duty."""
        found = self.provider.unknown
        if self.provider.may_be(value=True):
            found |= self.systemic.unknown
            found |= NOTHING.union(*(truth.unknown for truth in self.duties.values()))
        return found


def model_axis(pack: Pack, facts: Facts) -> ModelAxis:
    """Return the role towards the model and the duties that follow from it."""
    own = _own_model(pack, facts)
    limits, fallback = _limits(pack, facts)
    modified = _modified(facts, limits, fallback=fallback)
    if own.value is None and facts.values["base_gpai"] is True:
        # A model that was built on another is not asked whether it was trained from nothing; the
        # answer is only named as one that could change the role.
        own = Truth(value=False, unknown=own.unknown)
    # Article 2(6) frees models made for science alone; unknown, it is named and frees nobody.
    either = any_of(own, modified)
    either = Truth(either.value, either.unknown | own.unknown)
    provider = unless(either, facts.truth("excl_sole_science"))
    systemic = _own_systemic(pack, facts) if own.value else _modified_systemic(pack, facts)
    return ModelAxis(
        role=_role(own, provider, systemic),
        provider=provider,
        systemic=systemic,
        limits=() if facts.values["base_gpai"] is False else limits,
        fallback=fallback,
        duties=_duties(facts, provider, systemic),
    )


def _exceeds(facts: Facts, fact: str, limit: Fraction) -> Truth:
    interval = facts.number(fact)
    if interval is None or interval[0] <= limit < interval[1]:
        return Truth(None, frozenset({fact}))
    return Truth(interval[0] > limit)


def _own_model(pack: Pack, facts: Facts) -> Truth:
    """Article 3(63) for a model trained from nothing; a human finding goes first."""
    general = facts.truth("scratch_override")
    if general.value is None:
        general = all_of(
            facts.truth("scratch_language"),
            _exceeds(facts, "scratch_flop", pack.thresholds.indicative),
        )
    return all_of(facts.truth("model_placed"), general)


def _limits(pack: Pack, facts: Facts) -> tuple[tuple[Fraction, ...], bool]:
    """Return the possible thresholds, and whether the base's compute is unknown."""
    thresholds = pack.thresholds
    base = facts.number("base_flop")
    if base is not None:
        return (base[0] * thresholds.fraction,), False
    plain = thresholds.indicative * thresholds.fraction
    systemic = thresholds.systemic * thresholds.fraction
    known = facts.values["base_systemic"]
    if known is None:
        return (plain, systemic), True
    return (systemic if known else plain,), True


def _modified(facts: Facts, limits: tuple[Fraction, ...], *, fallback: bool) -> Truth:
    significant = facts.truth("mod_override")
    if significant.value is None:
        significant = _significant(facts, limits, fallback=fallback)
    return all_of(
        facts.truth("base_gpai"),
        facts.truth("model_placed"),
        negation(facts.truth("on_behalf_of_original")),
        significant,
    )


def _significant(facts: Facts, limits: tuple[Fraction, ...], *, fallback: bool) -> Truth:
    """Return whether the change took more than a third; a fallback names what it stands for."""
    tests = [_exceeds(facts, "mod_flop", limit) for limit in limits]
    values = {test.value for test in tests}
    unknown = NOTHING.union(*(test.unknown for test in tests))
    if fallback:
        unknown |= {"base_flop"}
    if len(values) == 1:
        return Truth(values.pop(), unknown)
    return Truth(None, unknown | {"base_systemic"})


def _own_systemic(pack: Pack, facts: Facts) -> Truth:
    """Article 51(1): designated, or presumed by Article 51(2)."""
    return any_of(
        facts.truth("scratch_designated"),
        _exceeds(facts, "scratch_flop", pack.thresholds.systemic),
    )


def _modified_systemic(pack: Pack, facts: Facts) -> Truth:
    """Article 51: the base is systemic, or base and modification together pass the presumption."""
    return any_of(facts.truth("base_systemic"), _cumulative(pack, facts))


def _cumulative(pack: Pack, facts: Facts) -> Truth:
    base, change = facts.number("base_flop"), facts.number("mod_flop")
    zero = (Fraction(0), Fraction(0))
    low, high = (one + other for one, other in zip(base or zero, change or zero, strict=True))
    limit = pack.thresholds.systemic
    if low > limit:
        return YES
    if high > limit:
        return Truth(None, frozenset({"mod_flop"}))
    # An unknown part does not raise the role by itself, but it is named.
    unknown = {fact for fact, of in (("base_flop", base), ("mod_flop", change)) if of is None}
    return Truth(value=False, unknown=frozenset(unknown)) if unknown else NO


def _role(own: Truth, provider: Truth, systemic: Truth) -> Role:
    if provider.value is False:
        return "none"
    if provider.value is None or systemic.value is None:
        return "undetermined"
    if own.value:
        return "original_provider_systemic" if systemic.value else "original_provider"
    return "modifier_provider_systemic" if systemic.value else "modifier_provider"


def _duties(facts: Facts, provider: Truth, systemic: Truth) -> dict[str, Truth]:
    """Articles 52-55; a free licence lifts (a), (b) and 54, never where the risk is systemic."""
    documented = all_of(provider, any_of(negation(facts.truth("gpai_foss")), systemic))
    abroad = negation(facts.truth("established_in_union"))
    return {
        "52(1)": all_of(provider, systemic),
        "53(1)(a)": documented,
        "53(1)(b)": documented,
        "53(1)(c)": provider,
        "53(1)(d)": provider,
        "54(1)": all_of(documented, abroad),
        "55(1)": all_of(provider, systemic),
    }
