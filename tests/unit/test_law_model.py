"""The model axis: the one-third test, its fallback, and the duties of Chapter V."""

from __future__ import annotations

import pytest

from law_support import IN, MODEL, run, with_


@pytest.mark.parametrize(
    ("change", "role"),
    [
        ("3e23", "none"),  # exactly one third of 9e23: "more than" is strict
        ("299999999999999999999999", "none"),
        ("300000000000000000000001", "modifier_provider"),
        ({"low": "1e22", "mid": "2e23", "high": "3e23"}, "none"),
        ({"low": "1e22", "mid": "2e23", "high": "4e23"}, "undetermined"),
        ({"low": "3.1e23", "mid": "4e23", "high": "5e23"}, "modifier_provider"),
        (None, "undetermined"),
    ],
)
def test_the_one_third_test_is_exact_and_strict(change: object, role: str) -> None:
    # C(2025) 7719, points 57-63
    result = run(with_(IN, MODEL, mod_flop=change))
    assert result.gpai_role == role
    assert result.gpai_threshold_exact == "300000000000000000000000"
    assert result.gpai_threshold_flop == 3e23
    if role == "undetermined":
        assert "mod_flop" in result.missing


@pytest.mark.parametrize(
    ("facts", "role", "limit"),
    [
        ({"mod_flop": "33333333333333333333333"}, "none", "100000000000000000000000/3"),
        (
            {"mod_flop": "33333333333333333333334"},
            "modifier_provider",
            "100000000000000000000000/3",
        ),
        (
            {"mod_flop": "3333333333333333333333333", "base_systemic": True},
            "none",
            "10000000000000000000000000/3",
        ),
        (
            {"mod_flop": "3333333333333333333333334", "base_systemic": True},
            "modifier_provider_systemic",
            "10000000000000000000000000/3",
        ),
        ({"mod_flop": "1e24", "base_systemic": None}, "undetermined", "100000000000000000000000/3"),
        ({"mod_flop": "1e22", "base_systemic": None}, "none", "100000000000000000000000/3"),
    ],
)
def test_the_fallback_for_unknown_compute(facts: dict[str, object], role: str, limit: str) -> None:
    result = run(with_(IN, MODEL, facts, base_flop=None))
    assert (result.gpai_role, result.gpai_threshold_exact) == (role, limit)
    assert "base_flop" in result.missing


FULL = ("53(1)(a)", "53(1)(b)", "53(1)(c)", "53(1)(d)")
BIG = {"mod_flop": "5e23"}


@pytest.mark.parametrize(
    ("facts", "duties"),
    [
        (BIG, FULL),
        ({**BIG, "gpai_foss": True}, ("53(1)(c)", "53(1)(d)")),
        ({**BIG, "established_in_union": False}, (*FULL, "54(1)")),
        (
            {**BIG, "established_in_union": False, "gpai_foss": True},
            ("53(1)(c)", "53(1)(d)"),
        ),
        ({**BIG, "gpai_foss": True, "base_systemic": True}, ("52(1)", *FULL, "55(1)")),
        ({**BIG, "mod_override": False}, ()),
        ({"mod_flop": "1e10", "mod_override": True}, FULL),
        ({**BIG, "on_behalf_of_original": True}, ()),
        ({**BIG, "model_placed": False}, ()),
        ({"base_flop": "9e24", "mod_flop": "3.5e24"}, ("52(1)", *FULL, "55(1)")),
    ],
)
def test_model_duties(facts: dict[str, object], duties: tuple[str, ...]) -> None:
    # Art. 51(2), 52(1), 53(1)-(2), 54(1) and (6), 55(1)
    assert run(with_(IN, MODEL, facts)).gpai_obligations == duties


@pytest.mark.parametrize(
    ("facts", "role"),
    [
        ({"scratch_flop": "1e23"}, "none"),  # point 17: greater than
        ({"scratch_flop": "1.1e23"}, "original_provider"),
        ({"scratch_flop": "1.1e23", "scratch_language": False}, "none"),
        ({"scratch_flop": "1.1e23", "scratch_override": False}, "none"),
        ({"scratch_flop": "1e20", "scratch_override": True}, "original_provider"),
        ({"scratch_flop": "1e25"}, "original_provider"),  # Art. 51(2): greater than
        ({"scratch_flop": "1.1e25"}, "original_provider_systemic"),
        ({"scratch_flop": "2e23", "scratch_designated": True}, "original_provider_systemic"),
        ({"scratch_flop": None}, "undetermined"),
    ],
)
def test_a_model_of_ones_own(facts: dict[str, object], role: str) -> None:
    # Art. 3(63), 51; C(2025) 7719, point 17
    own = with_(IN, facts, model_placed=True)
    own.setdefault("scratch_language", True)
    assert run(own).gpai_role == role
