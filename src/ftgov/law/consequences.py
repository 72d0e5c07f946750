"""What follows for those involved: roles, Article 25, the FRIA, registration, legacy systems."""

from __future__ import annotations

from ftgov.law.facts import Facts
from ftgov.law.high_risk import HighRisk
from ftgov.law.truth import Truth, all_of, any_of, negation, unless


def value_chain(facts: Facts, found: HighRisk) -> dict[str, Truth]:
    """Return which circumstances of Article 25(1) and (3) make someone the provider."""
    high = found.owed(found.high)
    finished_high = facts.is_one_of("upstream", "ai_system_high_risk")
    finished_other = facts.is_one_of("upstream", "ai_system_not_high_risk")
    return {
        "25(1)(a)": all_of(high, finished_high, facts.truth("rebrands")),
        "25(1)(b)": all_of(high, finished_high, facts.truth("substantial_modification")),
        "25(1)(c)": all_of(high, finished_other, facts.truth("purpose_changed")),
        "25(3)": all_of(
            found.owed(found.section_a),
            negation(facts.is_one_of("annex1_role", "product")),
            facts.truth("product_manufacturer"),
        ),
    }


def roles(facts: Facts, chain: dict[str, Truth]) -> dict[str, Truth]:
    """Return the roles of Article 3 that are held towards the system."""
    direct = all_of(
        facts.truth("builds_system"),
        facts.truth("own_name"),
        facts.truth("puts_on_market_or_into_service"),
    )
    return {
        "provider": any_of(direct, *chain.values()),
        "deployer": unless(facts.truth("uses_system"), facts.truth("personal_use_only")),
        "importer": facts.truth("imports_system"),
        "distributor": facts.truth("distributes_system"),
        "product_manufacturer": facts.truth("product_manufacturer"),
    }


def rights_assessment(facts: Facts, found: HighRisk) -> Truth:
    """Return whether Article 27(1) asks for a fundamental rights impact assessment."""
    public = all_of(found.except_point_two(), facts.truth("public_deployer"))
    due = any_of(public, found.of_items("5b", "5c"))
    return unless(found.owed(due), facts.truth("personal_use_only"))


def registration(facts: Facts, found: HighRisk) -> dict[str, Truth]:
    """Return under which paragraphs of Article 49 a registration is due."""
    listed = found.owed(found.except_point_two())
    return {
        "49(1)": listed,
        "49(2)": found.filtered,
        "49(3)": all_of(listed, facts.truth("public_authority_deployer")),
        "49(5)": found.owed(found.of_items("2")),
    }


def legacy_system(facts: Facts, found: HighRisk) -> Truth:
    """Return whether Article 111(2) spares a system placed before its high-risk date."""
    return all_of(
        found.high,
        facts.truth("placed_before_high_risk_date"),
        negation(facts.truth("significant_design_change")),
    )


def legacy_model(facts: Facts, provider: Truth) -> Truth:
    """Return whether Article 111(3) gives the provider of an early model more time."""
    return all_of(provider, facts.truth("model_placed_before_2025_08_02"))
