"""Facts about a system: read as text, checked against the pack, completed with what is unstated."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Literal, NamedTuple

from ftgov.errors import UsageError
from ftgov.law.fact_values import Fault, checked, exact
from ftgov.law.pack_records import BasePack, FactSpec, Pack
from ftgov.law.truth import NO, YES, Truth, any_of
from ftgov.records.system import FactValue
from ftgov.strict_yaml import Items, Keyed, Node, Text, YamlFault, parse_one

Unstated = Literal["no", "unknown"]
_SYSTEM_KEYS = ("name", "intended_purpose")
_PURPOSE = (
    "intended_purpose': weights alone are no system and have no intended purpose (Art. 3(12))"
)


class Facts(NamedTuple):
    """Every fact of a pack with its value; None is unknown. `stated` are those the user gave."""

    values: Mapping[str, FactValue]
    stated: frozenset[str]
    system: Mapping[str, str] = MappingProxyType({})

    def truth(self, fact: str) -> Truth:
        """Return the truth of a yes-or-no fact."""
        value = self.values[fact]
        return Truth(None, frozenset({fact})) if value is None else Truth(value is True)

    def is_one_of(self, fact: str, *options: str) -> Truth:
        """Return whether a choice is one of some options."""
        value = self.values[fact]
        return Truth(None, frozenset({fact})) if value is None else Truth(value in options)

    def holds(self, fact: str, item: str) -> Truth:
        """Return whether a list holds an item; an item of `<fact>_open` is unknown."""
        value, still = self.values[fact], f"{fact}_open"
        if value is None:
            return Truth(None, frozenset({fact}))
        if item in value:  # type: ignore[operator]
            return YES
        if still not in self.values:
            return NO
        open_items = self.values[still]
        if open_items is None or item in open_items:  # type: ignore[operator]
            return Truth(None, frozenset({still}))
        return NO

    def holds_any(self, fact: str, items: tuple[str, ...]) -> Truth:
        """Return whether a list holds any of some items."""
        return any_of(*(self.holds(fact, item) for item in items))

    def number(self, fact: str) -> tuple[Fraction, Fraction] | None:
        """Return the interval of a number, exact, both ends equal where it is a point."""
        value = self.values[fact]
        if isinstance(value, dict):
            return exact(value["low"]), exact(value["high"])
        return (exact(value), exact(value)) if isinstance(value, str) else None


def parse_facts(text: str, pack: BasePack, *, unstated: Unstated = "unknown", name: str) -> Facts:
    """Read a facts file: fact ids at the top or under `facts:`, with an optional `system:`.

    Args:
        text: The YAML text.
        pack: The law pack whose facts are asked.
        unstated: What an absent fact means: `no` (false, empty, none; numbers unknown) or unknown.
        name: The file's name, for faults.

    Raises:
        UsageError: Naming file, line and key, for anything malformed, unknown or contradictory.
    """
    root = parse_one(text, name)
    if not isinstance(root, Keyed):
        raise YamlFault(name, root.line, "a mapping of fact ids is expected")
    nodes = dict(root.entries)
    system = _system(nodes.pop("system", None), name)
    if "facts" in nodes:
        body = nodes.pop("facts")
        for key, node in nodes.items():
            raise YamlFault(name, node.line, f"'{key}' stands beside 'facts:'; move it below")
        if not isinstance(body, Keyed):
            raise YamlFault(name, body.line, "'facts:' must hold a mapping of fact ids")
        nodes = body.entries
    values = {key: loose_value(node, key, name) for key, node in nodes.items()}
    if values.get("ai_system") is False and "intended_purpose" in system:
        line = nodes["ai_system"].line
        raise YamlFault(name, line, f"'ai_system: false' contradicts 'system.{_PURPOSE}")
    try:
        values_and_stated = _complete(values, pack, unstated)
    except Fault as fault:
        line = nodes[fault.key].line if fault.key in nodes else 1
        raise YamlFault(name, line, fault.message, next_step=fault.next_step) from fault
    return Facts(*values_and_stated, MappingProxyType(system))


def check_facts(
    values: Mapping[str, object],
    pack: BasePack,
    unstated: Unstated = "unknown",
    name: str = "facts",
) -> Facts:
    """Check facts that are already values, as a stored system holds them.

    Numbers are decimal text or integers; a float is refused, it has lost the exact value.

    Raises:
        UsageError: Naming the fact, for anything malformed, unknown or contradictory.
    """
    try:
        return Facts(*_complete(values, pack, unstated))
    except Fault as fault:
        raise UsageError(f"{name}: {fault.message}", next_step=fault.next_step) from fault


def _system(node: Node | None, name: str) -> dict[str, str]:
    if node is None:
        return {}
    if not isinstance(node, Keyed):
        raise YamlFault(name, node.line, "'system:' must be a mapping")
    found = {}
    for key, value in node.entries.items():
        if key not in _SYSTEM_KEYS or not isinstance(value, Text):
            known = " and ".join(_SYSTEM_KEYS)
            raise YamlFault(name, value.line, f"'system.{key}': it takes {known}, as text")
        found[key] = value.text
    return found


_WORDS: dict[str, bool | None] = {"true": True, "false": False, "yes": True, "no": False}


def loose_value(node: Node, key: str, name: str) -> object:
    """Return a node as the value it was meant as; plain numbers stay text."""
    if isinstance(node, Text):
        if node.is_null:
            return None
        return _WORDS.get(node.text.lower(), node.text) if node.plain else node.text
    if isinstance(node, Items):
        if not all(isinstance(item, Text) and not item.is_null for item in node.items):
            raise YamlFault(name, node.line, f"'{key}' must be a list of plain items")
        return [item.text for item in node.items if isinstance(item, Text)]
    found: dict[str, str] = {}
    for part, value in node.entries.items():
        if not isinstance(value, Text):
            raise YamlFault(name, value.line, f"'{key}.{part}' must be a number")
        found[part] = value.text
    return found


def _complete(
    given: Mapping[str, object], pack: BasePack, unstated: Unstated
) -> tuple[Mapping[str, FactValue], frozenset[str]]:
    for key in given:
        if key not in pack.facts:
            raise Fault(key, f"'{key}' is no fact id{_nearest(key, pack)}")
    stated = {key: checked(key, value, pack.facts[key]) for key, value in given.items()}
    complete = {
        key: stated[key] if key in stated else _default(spec, unstated)
        for key, spec in pack.facts.items()
    }
    if isinstance(pack, Pack):
        _settle_annex_one(complete, stated, pack)
        _settle_what_follows(complete, stated)
    return MappingProxyType(complete), frozenset(stated)


def _nearest(key: str, pack: BasePack) -> str:
    near = difflib.get_close_matches(key, pack.facts, n=1, cutoff=0.4)
    return f"; the nearest is '{near[0]}'" if near else ""


def _default(spec: FactSpec, unstated: Unstated) -> FactValue:
    if unstated == "unknown" or spec.unstated == "unknown" or spec.type == "number":
        return None
    return {"bool": False, "list": [], "enum": "none"}[spec.type]  # type: ignore[return-value]


def _settle_annex_one(
    complete: dict[str, FactValue], stated: Mapping[str, FactValue], pack: Pack
) -> None:
    """Let the section follow from the act; where both are stated they must agree."""
    act, section = stated.get("annex1_act"), stated.get("annex1_section")
    if act is None:
        if "annex1_act" in stated and "annex1_section" not in stated:
            complete["annex1_section"] = None  # an act that is not known settles no section
        elif section is not None and "annex1_act" not in stated:
            complete["annex1_act"] = None if section != "none" else "none"
        return
    follows = pack.annex1_acts.get(str(act), "none")
    if section not in {None, follows}:
        raise Fault(
            "annex1_section",
            f"'annex1_section: {section}' contradicts 'annex1_act: {act}', which is in section "
            f"{follows} under {pack.id}",
        )
    complete["annex1_section"] = follows


def _settle_what_follows(complete: dict[str, FactValue], stated: Mapping[str, FactValue]) -> None:
    """Draw what a stated fact says about an unstated one: facts that presuppose another."""
    if stated.get("imports_system") or stated.get("distributes_system"):
        # Articles 3(6) and 3(7): both roles presuppose that the system is on the Union market.
        if stated.get("eu_market_provider") is False:
            raise Fault(
                "eu_market_provider",
                "'eu_market_provider: false' contradicts an importer or a distributor, who deal "
                "with a system on the Union market (Art. 3(6), 3(7))",
            )
        complete["eu_market_provider"] = True
    if stated.get("ai_system") is False and stated.get("annex3"):
        raise Fault(
            "annex3",
            "'annex3' contradicts 'ai_system: false': Annex III lists purposes of systems, and "
            "weights alone have none (Art. 3(12), 6(2))",
        )
    if "upstream" not in stated:
        # Article 25(1): (a) and (b) start from a high-risk system, (c) from one that is not.
        if stated.get("rebrands") or stated.get("substantial_modification"):
            complete["upstream"] = "ai_system_high_risk"
        elif stated.get("purpose_changed"):
            complete["upstream"] = "ai_system_not_high_risk"
