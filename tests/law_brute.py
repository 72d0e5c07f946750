"""A second reading of the Act, written from its text alone, for complete facts: no three values.

It shares nothing with the law room but the ids of the facts. Dates, acts and items are its own.
"""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

Facts = dict[str, Any]


def _words(text: str) -> list[str]:
    return text.split()


OLD_DATES = {"III": "2026-08-02", "I": "2027-08-02"}
NEW_DATES = {"III": "2027-12-02", "I": "2028-08-02"}
SECTION_A = _words("toys recreational_craft lifts atex radio pressure cableways ppe gas mdr ivdr")
SECTION_B = _words(
    "aviation_security two_three_wheel agri_vehicles marine rail motor_vehicles "
    "vehicle_type_approval civil_aviation"
)
ITEMS = _words("1a 1b 1c 2 3a 3b 3c 3d 4a 4b 5a 5b 5c 5d 6a 6b 6c 6d 6e 7a 7b 7c 7d 8a 8b")
POINTS = _words("a b c d e f g h ba bb")
FLOPS = _words("1e17 1e22 33333333333333333333333 33333333333333333333334 1e23 3e23 9e23 5e24 2e25")
BOOLEANS = _words("""
excl_military_ns excl_third_country_le excl_sole_science pre_market_only real_world_testing
personal_use_only foss_release builds_system own_name puts_on_market_or_into_service uses_system
rebrands substantial_modification purpose_changed public_deployer public_authority_deployer
only_non_safety_help failure_endangers third_party_ca ca_only_non_safety_risks profiling
no_significant_risk interacts obvious_ai le_authorised placed_before_2026_08_02
placed_before_high_risk_date significant_design_change model_placed_before_2025_08_02
emotion_or_biocat deepfake public_interest_text editorial_control base_gpai base_systemic
on_behalf_of_original model_placed gpai_foss scratch_language scratch_designated
established_in_union imports_system distributes_system product_manufacturer
for_public_authorities workplace_use assists_decisions eu_market_provider eu_deployer eu_output_use
""")
RARE = {"excl_military_ns", "excl_third_country_le", "excl_sole_science", "pre_market_only"}


def random_facts(dice: random.Random) -> Facts:
    """Complete facts that do not contradict each other; rare ones are rare."""
    facts: Facts = {name: dice.random() < (0.04 if name in RARE else 0.4) for name in BOOLEANS}
    facts["ai_system"] = dice.random() < 0.9
    facts["eu_market_provider"] |= dice.random() < 0.6
    if facts["imports_system"] or facts["distributes_system"]:
        facts["eu_market_provider"] = True
    facts["annex1_act"] = dice.choice(["none"] * 20 + ["machinery", *SECTION_A, *SECTION_B])
    facts["annex1_role"] = dice.choice(["none", "safety_component", "product"])
    facts["upstream"] = dice.choice(
        ["none", "gpai_model", "ai_system_not_high_risk", "ai_system_high_risk"]
    )
    facts["t2_exception"] = dice.choice(["none", "none", "standard_editing", "law_enforcement"])
    facts["generates"] = dice.sample(["text", "image", "audio", "video"], dice.choice([0, 0, 1, 2]))
    facts["art5"] = dice.sample(POINTS, dice.choice([0, 0, 0, 0, 1, 2]))
    items = dice.sample(ITEMS, dice.choice([0, 0, 1, 2]))
    facts["annex3"] = items if facts["ai_system"] else []
    facts["art5_open"], facts["annex3_open"] = [], []
    facts["cond63"] = dice.sample("abcd", dice.choice([0, 1, 2]))
    for name in ("base_flop", "mod_flop", "scratch_flop"):
        facts[name] = dice.choice(FLOPS)
    for name in ("mod_override", "scratch_override"):
        facts[name] = dice.choice([None, None, True, False])
    return facts


def evaluate(facts: Facts, *, amended: bool, day: str) -> dict[str, Any]:
    """The outputs that the text gives for complete facts."""
    model = _model(facts)
    excluded = (
        facts["excl_military_ns"]
        or facts["excl_third_country_le"]
        or facts["excl_sole_science"]
        or (facts["pre_market_only"] and not facts["real_world_testing"])
    )
    linked = facts["eu_market_provider"] or facts["eu_deployer"] or facts["eu_output_use"]
    if excluded or not linked:
        return {"overall": "out_of_scope", **_no_system(facts, model)}
    if not facts["ai_system"]:
        alone = "model_only" if model["gpai_role"] != "none" else "out_of_scope"
        return {"overall": alone, **_no_system(facts, model)}
    found = _system(facts, model, amended=amended, day=day)
    if found["overall"] == "out_of_scope":
        return {"overall": "out_of_scope", **_no_system(facts, model)}
    return {**found, **model}


def _no_system(facts: Facts, model: dict[str, Any]) -> dict[str, Any]:
    return {
        "roles": [],
        "prohibited_now": [],
        "prohibited_later": [],
        "high_risk_route": [],
        "derogation_6_3": "n/a",
        "high_risk_from": None,
        "transparency": [],
        "art50_2_due": None,
        "art25": [],
        "fria": False,
        "register": [],
        "legacy": _legacy(facts, model, spared=False),
        **model,
    }


def _legacy(facts: Facts, model: dict[str, Any], *, spared: bool) -> dict[str, Any] | None:
    early = model["gpai_role"] != "none" and facts["model_placed_before_2025_08_02"]
    if not spared and not early:
        return None
    return {
        "art111_2": spared,
        "art111_2_by": "2030-08-02" if spared and facts["for_public_authorities"] else None,
        "art111_3": early,
        "art111_3_by": "2027-08-02" if early else None,
    }


def _section(facts: Facts, *, amended: bool) -> str:
    act = facts["annex1_act"]
    if act == "machinery":  # Annex I Section A point 1, moved to Section B point 21 in 2026
        return "B" if amended else "A"
    return "A" if act in SECTION_A else "B" if act in SECTION_B else ""


def _six_one(facts: Facts, *, amended: bool) -> str:
    """The section through which Article 6(1) makes it high-risk, or nothing."""
    component = facts["annex1_role"] == "safety_component"
    if amended and facts["only_non_safety_help"]:
        component = False
    covered = component or facts["failure_endangers"] or facts["annex1_role"] == "product"
    assessed = facts["third_party_ca"]
    if amended and facts["ca_only_non_safety_risks"]:
        assessed = False
    return _section(facts, amended=amended) if covered and assessed else ""


def _items(facts: Facts, *, amended: bool) -> list[str]:
    found = [item for item in ITEMS if item in facts["annex3"]]
    helps = facts["only_non_safety_help"] and not facts["failure_endangers"]
    return [item for item in found if not (item == "2" and amended and helps)]


def _system(facts: Facts, model: dict[str, Any], *, amended: bool, day: str) -> dict[str, Any]:
    dates = NEW_DATES if amended else OLD_DATES
    section = _six_one(facts, amended=amended)
    listed = _items(facts, amended=amended)
    way_out = bool(facts["cond63"]) and facts["no_significant_risk"] and not facts["profiling"]
    items = [] if way_out else listed
    now, later = _prohibited(facts, amended=amended, day=day)
    owed = section != "B"  # Article 2(2)
    shown = _transparency(facts) if owed else []
    high = bool(section or items)
    chain = _chain(facts, section, high=high) if owed else []
    overall = (
        ("prohibited" if now else "")
        or ("prohibited_from_future_date" if later else "")
        or ("high_risk" if high else "")
        or ("not_high_risk_by_6_3" if listed else "")
        or ("transparency" if shown else "")
        or ("out_of_scope" if facts["foss_release"] else "minimal")
    )
    days = ([dates["III"]] if items else []) + ([dates["I"]] if section else [])
    old = amended and facts["placed_before_2026_08_02"]
    spared = high and facts["placed_before_high_risk_date"]
    spared = spared and not facts["significant_design_change"]
    return {
        "overall": overall,
        "roles": _roles(facts, chain),
        "prohibited_now": now,
        "prohibited_later": later,
        "high_risk_route": [f"annex_I_{section}"] * bool(section)
        + [f"annex_III:{item}" for item in items],
        "derogation_6_3": _derogation(facts, listed, way_out=way_out),
        "high_risk_from": min(days) if days else None,
        "transparency": shown,
        "art50_2_due": ("2026-12-02" if old else "2026-08-02") if "50(2)" in shown else None,
        "art25": chain,
        "fria": _fria(facts, items) if owed else False,
        "register": _register(facts, items, listed, section),
        "legacy": _legacy(facts, model, spared=spared),
    }


def _prohibited(facts: Facts, *, amended: bool, day: str) -> tuple[list[str], list[str]]:
    now: list[str] = []
    later: list[str] = []
    for point in POINTS:
        new = point in {"ba", "bb"}
        if point in facts["art5"] and (amended or not new):
            start = "2026-12-02" if new else "2025-02-02"
            (now if day >= start else later).append(point)
    return now, later


def _derogation(facts: Facts, listed: list[str], *, way_out: bool) -> str:
    if not listed:
        return "n/a"
    if facts["profiling"]:
        return "blocked_by_profiling"
    return "available" if way_out else "not_met"


def _transparency(facts: Facts) -> list[str]:
    crime, personal = facts["le_authorised"], facts["personal_use_only"]
    found = []
    if facts["interacts"] and not facts["obvious_ai"] and not crime:
        found.append("50(1)")
    if facts["generates"] and facts["t2_exception"] == "none":
        found.append("50(2)")
    if personal or crime:
        return found
    if facts["emotion_or_biocat"]:
        found.append("50(3)")
    if facts["deepfake"]:
        found.append("50(4)-1")
    if facts["public_interest_text"] and not facts["editorial_control"]:
        found.append("50(4)-2")
    return found


def _chain(facts: Facts, section: str, *, high: bool) -> list[str]:
    found = []
    if high and facts["upstream"] == "ai_system_high_risk":
        found += ["25(1)(a)"] * facts["rebrands"] + ["25(1)(b)"] * facts["substantial_modification"]
    if high and facts["upstream"] == "ai_system_not_high_risk" and facts["purpose_changed"]:
        found.append("25(1)(c)")
    component = facts["annex1_role"] != "product"
    if section == "A" and component and facts["product_manufacturer"]:
        found.append("25(3)")
    return found


def _roles(facts: Facts, chain: list[str]) -> list[str]:
    direct = (
        facts["builds_system"] and facts["own_name"] and facts["puts_on_market_or_into_service"]
    )
    held = {
        "provider": direct or bool(chain),
        "deployer": facts["uses_system"] and not facts["personal_use_only"],
        "importer": facts["imports_system"],
        "distributor": facts["distributes_system"],
        "product_manufacturer": facts["product_manufacturer"],
    }
    return [role for role, holds in held.items() if holds]


def _fria(facts: Facts, items: list[str]) -> bool:
    public = facts["public_deployer"] and any(item != "2" for item in items)
    due = public or "5b" in items or "5c" in items
    return bool(due and not facts["personal_use_only"])


def _register(facts: Facts, items: list[str], listed: list[str], section: str) -> list[str]:
    if section == "B":
        return []
    others = any(item != "2" for item in items)
    found = ["49(1)"] * others
    found += ["49(2)"] * bool(listed and not items and not section)
    found += ["49(3)"] * bool(others and facts["public_authority_deployer"])
    return found + ["49(5)"] * ("2" in items)


def _model(facts: Facts) -> dict[str, Any]:
    base, change = Fraction(facts["base_flop"]), Fraction(facts["mod_flop"])
    scratch = Fraction(facts["scratch_flop"])
    general = facts["scratch_override"]
    if general is None:
        general = facts["scratch_language"] and scratch > 10**23
    significant = facts["mod_override"]
    if significant is None:
        significant = 3 * change > base
    own = facts["model_placed"] and general
    modified = facts["base_gpai"] and facts["model_placed"] and significant
    modified = modified and not facts["on_behalf_of_original"]
    if facts["excl_sole_science"] or not (own or modified):
        return {"gpai_role": "none", "gpai_obligations": []}
    if own:
        systemic = facts["scratch_designated"] or scratch > 10**25
    else:
        systemic = facts["base_systemic"] or base + change > 10**25
    role = ("original_provider" if own else "modifier_provider") + "_systemic" * systemic
    papers = not facts["gpai_foss"] or systemic
    duties = ["52(1)"] * systemic + ["53(1)(a)", "53(1)(b)"] * papers
    duties += ["53(1)(c)", "53(1)(d)"]
    duties += ["54(1)"] * (papers and not facts["established_in_union"]) + ["55(1)"] * systemic
    return {"gpai_role": role, "gpai_obligations": duties}
