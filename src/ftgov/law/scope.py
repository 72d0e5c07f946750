"""Article 2: whether the Regulation applies at all."""

from __future__ import annotations

from ftgov.law.facts import Facts
from ftgov.law.truth import Truth, all_of, any_of, negation

EXCLUSIONS = {
    "excl_military_ns": ("Art. 2(3)", "exclusively military, defence or national security"),
    "excl_third_country_le": (
        "Art. 2(4)",
        "a third-country authority or international organisation under a cooperation agreement",
    ),
    "excl_sole_science": ("Art. 2(6)", "made and used for the sole purpose of scientific research"),
    "pre_market_only": ("Art. 2(8)", "research, testing or development before any placing"),
}
NEXUS = ("eu_market_provider", "eu_deployer", "eu_output_use")


def exclusion(facts: Facts, fact: str) -> Truth:
    """Return whether one exclusion holds; tests in real-world conditions defeat Article 2(8)."""
    if fact == "pre_market_only":
        return all_of(facts.truth(fact), negation(facts.truth("real_world_testing")))
    return facts.truth(fact)


def out_of_scope(facts: Facts) -> Truth:
    """Return whether the system is excluded or has no link to the Union (Art. 2(1)(a)-(c))."""
    excluded = any_of(*(exclusion(facts, fact) for fact in EXCLUSIONS))
    nexus = any_of(*(facts.truth(fact) for fact in NEXUS))
    return any_of(excluded, negation(nexus))
