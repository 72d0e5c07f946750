"""Article 6: high-risk through Annex I (6(1)) or Annex III (6(2)), and the way out of 6(3)."""

from __future__ import annotations

from datetime import date
from typing import Literal, NamedTuple

from ftgov.law.facts import Facts
from ftgov.law.pack_records import Pack
from ftgov.law.truth import Truth, all_of, any_of, negation, unless

Derogation = Literal["n/a", "blocked_by_profiling", "available", "not_met", "undetermined"]


class HighRisk(NamedTuple):
    """What Article 6 says, each part three-valued.

    `section_a` and `section_b`: high-risk under 6(1) through that section of Annex I. `items`: the
    Annex III items met. `derogated`: 6(3) lifts Annex III. Duties of Chapter III are owed only
    where `section_b` is false (Art. 2(2)).
    """

    section_a: Truth
    section_b: Truth
    items: dict[str, Truth]
    derogated: Truth
    profiling: Truth

    @property
    def listed(self) -> Truth:
        """Whether the system is one that Annex III refers to."""
        return any_of(*self.items.values())

    @property
    def annex_one(self) -> Truth:
        """Whether it is high-risk under Article 6(1)."""
        return any_of(self.section_a, self.section_b)

    @property
    def annex_three(self) -> Truth:
        """Whether it is high-risk under Article 6(2)."""
        return all_of(self.listed, negation(self.derogated))

    @property
    def high(self) -> Truth:
        """Whether it is high-risk by any route."""
        return any_of(self.annex_one, self.annex_three)

    @property
    def filtered(self) -> Truth:
        """Whether it is in Annex III and yet not high-risk, by Article 6(3) alone."""
        return all_of(self.listed, self.derogated, negation(self.annex_one))

    def of_items(self, *items: str) -> Truth:
        """Return whether it is high-risk under 6(2) through one of some items."""
        return all_of(any_of(*(self.items[item] for item in items)), negation(self.derogated))

    def except_point_two(self) -> Truth:
        """Return whether it is high-risk under 6(2), Annex III point 2 left aside."""
        return self.of_items(*(item for item in self.items if item != "2"))

    def owed(self, truth: Truth) -> Truth:
        """Return a duty that Section B systems do not owe (Art. 2(2)); unknown, it stays owed."""
        return unless(truth, self.section_b)


def high_risk(pack: Pack, facts: Facts) -> HighRisk:
    """Return what Article 6 of this pack says of the facts."""
    profiling = facts.truth("profiling")
    conditions = facts.holds_any("cond63", pack.facts["cond63"].options)
    derogated = all_of(negation(profiling), conditions, facts.truth("no_significant_risk"))
    items = {item: facts.holds("annex3", item) for item in pack.annex3_items}
    if "6(1a)" in pack.rules:
        # Point 2 lists safety components; 6(1a) narrows the word for the whole Regulation.
        items["2"] = all_of(items["2"], negation(_only_help(facts)))
    product = all_of(_component_or_product(pack, facts), _third_party(pack, facts))
    return HighRisk(
        section_a=all_of(facts.is_one_of("annex1_section", "A"), product),
        section_b=all_of(facts.is_one_of("annex1_section", "B"), product),
        items=items,
        derogated=derogated,
        profiling=profiling,
    )


def _only_help(facts: Facts) -> Truth:
    """Article 6(1a), less 6(1b): help not about safety, whose failure endangers nobody."""
    return all_of(facts.truth("only_non_safety_help"), negation(facts.truth("failure_endangers")))


def _component_or_product(pack: Pack, facts: Facts) -> Truth:
    """Article 6(1)(a) with 3(14): a product, or a safety component by purpose or by danger."""
    intended = facts.is_one_of("annex1_role", "safety_component")
    if "6(1a)" in pack.rules:
        intended = all_of(intended, negation(facts.truth("only_non_safety_help")))
    return any_of(
        facts.is_one_of("annex1_role", "product"), intended, facts.truth("failure_endangers")
    )


def _third_party(pack: Pack, facts: Facts) -> Truth:
    """Article 6(1)(b), less 6(1c)."""
    assessed = facts.truth("third_party_ca")
    if "6(1c)" in pack.rules:
        return all_of(assessed, negation(facts.truth("ca_only_non_safety_risks")))
    return assessed


def derogation_label(found: HighRisk) -> Derogation:
    """Return the state of the Article 6(3) derogation in one word."""
    if found.listed.value is not True:
        return "n/a" if found.listed.value is False else "undetermined"
    if found.profiling.value:
        return "blocked_by_profiling"
    if found.derogated.value is None:
        return "undetermined"
    return "available" if found.derogated.value else "not_met"


def routes(found: HighRisk) -> tuple[str, ...]:
    """Return the routes that are established."""
    named = [("annex_I_A", found.section_a), ("annex_I_B", found.section_b)]
    named += [(f"annex_III:{item}", found.of_items(item)) for item in found.items]
    return tuple(name for name, truth in named if truth.value)


def high_risk_from(pack: Pack, found: HighRisk) -> date | None:
    """Return the day from which it is high-risk: the earliest of its routes; None without one."""
    days = [pack.day("high_risk_annex_III")] if found.annex_three.value else []
    if found.annex_one.value:
        days.append(pack.day("high_risk_annex_I"))
    return min(days, default=None)
