"""Reading facts: as text, with faults that name file, line and the nearest valid id."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftgov.errors import ExitCode, UsageError
from ftgov.law.facts import Facts, Unstated, check_facts, parse_facts
from law_support import NEW, OLD, packs

HUGE = Fraction(10**17)


def read(text: str, unstated: Unstated = "no", pack: str = NEW) -> Facts:
    chosen = next(found for found in packs() if found.id == pack)
    return parse_facts(text, chosen, unstated=unstated, name="facts.yaml")


def test_facts_stand_at_the_top_or_under_a_key() -> None:
    top = read("ai_system: true\nannex3: [2, 4a]\n")
    below = read("system: {name: triage, intended_purpose: sort}\nfacts:\n  ai_system: true\n")
    assert top.values["annex3"] == ["2", "4a"]
    assert below.values["ai_system"] is True
    assert dict(below.system) == {"name": "triage", "intended_purpose": "sort"}
    assert below.stated == {"ai_system"}


def test_what_is_unstated_follows_the_option_and_an_explicit_null_stays_unknown() -> None:
    no, unknown = read("profiling: null\n"), read("profiling: null\n", "unknown")
    assert (no.values["profiling"], no.values["interacts"]) == (None, False)
    assert (no.values["annex3"], no.values["t2_exception"], no.values["mod_flop"]) == (
        [],
        "none",
        None,
    )
    assert all(value is None for value in unknown.values.values())
    # A human finding is never made by a default: without one the compute test decides.
    assert no.values["mod_override"] is None
    assert no.values["scratch_override"] is None


@pytest.mark.parametrize("text", ["1.0e+17", "1e17", "100000000000000000", "'1.0e17'", "1.0E17"])
def test_numbers_are_exact_decimal_text(text: str) -> None:
    assert read(f"base_flop: {text}\n").number("base_flop") == (HUGE, HUGE)


def test_an_interval_keeps_its_ends() -> None:
    facts = read("mod_flop: {low: 1e17, mid: 3.3e17, high: 1e18}\n")
    assert facts.number("mod_flop") == (Fraction(10**17), Fraction(10**18))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ai_system: true\nprofilling: true\n", "line 2: .*nearest is 'profiling'"),
        ("upstream: gpai_modle\n", "line 1: .*nearest is 'gpai_model'"),
        ("annex3: [4a, 9z]\n", "line 1: 'annex3' has no option '9z'"),
        ("annex3: 4a\n", "must be a list"),
        ("ai_system: perhaps\n", "neither true nor false"),
        ('ai_system: "true"\n', "neither true nor false"),
        ("mod_flop: .nan\n", "no decimal number"),
        ("mod_flop: .inf\n", "no decimal number"),
        ("mod_flop: nan\n", "no decimal number"),
        ("mod_flop: -1\n", "no decimal number"),
        ("mod_flop: 1e9999\n", "no decimal number"),
        ("mod_flop: 1e99\n", "above 1e60"),
        ("base_flop: 0\n", "'base_flop' is 0"),
        ("base_flop: {low: 1, mid: 2, high: 3}\n", "must be a number"),
        ("mod_flop: {low: 3, mid: 2, high: 4}\n", "must rise"),
        ("mod_flop: {low: 3, high: 4}\n", "low, mid, high"),
        ("ai_system: true\n\nai_system: false\n", "line 3: the key 'ai_system' stands twice"),
        ("annex1_act: mdr\nannex1_section: B\n", "line 2: .*contradicts 'annex1_act: mdr'"),
        ("annex1_act: none\nannex1_section: A\n", "contradicts"),
        ("imports_system: true\neu_market_provider: false\n", "contradicts an importer"),
        ("facts: {ai_system: true}\nprofiling: true\n", "line 2: 'profiling' stands beside"),
        ("facts:\n", "must hold a mapping"),
        ("system: {purpose: x}\n", "system.purpose"),
        ("", "a mapping of fact ids is expected"),
        ("- ai_system\n", "a mapping of fact ids is expected"),
        ("ai_system: [\n", "not readable as YAML"),
        ("a: &x true\nai_system: *x\n", "aliases"),
        ("ai_system: !!python/name:os.system\n", "line 1: tags"),
        ("ai_system: true\n---\nai_system: false\n", "line 3: a second YAML document"),
        ("ai_system: tr\x00ue\n", "control character"),
        ("[" * 5000, "line 1: nested deeper"),
    ],
)
def test_malformed_facts_are_refused(text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        read(text)
    assert re.search(message, str(caught.value))
    assert "facts.yaml" in str(caught.value)
    assert caught.value.exit_code is ExitCode.USAGE
    assert caught.value.next_step


def test_the_section_follows_from_the_act_and_the_pack() -> None:
    assert read("annex1_act: machinery\n").values["annex1_section"] == "B"
    assert read("annex1_act: machinery\n", pack=OLD).values["annex1_section"] == "A"
    assert read("annex1_section: A\n").values["annex1_act"] is None
    assert read("annex1_act: null\n").values["annex1_section"] is None


def test_stored_facts_are_checked_alike_and_floats_are_refused() -> None:
    pack = packs()[1]
    assert check_facts({"base_flop": 10**17}, pack, "no").number("base_flop") == (HUGE, HUGE)
    with pytest.raises(UsageError, match="no decimal number"):
        check_facts({"base_flop": 1e17}, pack)
    with pytest.raises(UsageError, match="no fact id"):
        check_facts({"nonsense": True}, pack)
    with pytest.raises(UsageError, match="neither true nor false"):
        check_facts({"ai_system": 1}, pack)


@given(st.text(max_size=200))
@settings(max_examples=150, deadline=None)
def test_any_text_is_facts_or_a_usage_error(text: str) -> None:
    fault = _fault_of(text)
    assert fault is None or "facts.yaml, line" in fault


def _fault_of(text: str) -> str | None:
    try:
        read(text)
    except UsageError as fault:
        return fault.what
    return None
