"""Inert text and printed numbers, for any input."""

from __future__ import annotations

import math
import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

from ftgov.reports.numbers import bare_number, decimals, scale_of, significant, size_text
from ftgov.reports.text import LIMIT, safe_text

ANY_TEXT = st.text(st.characters(codec=None), max_size=200)


@given(ANY_TEXT)
@settings(max_examples=200)
def test_no_hidden_character_survives_and_twice_is_once(text: str) -> None:
    shown = safe_text(text)
    assert not [c for c in shown if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co", "Cn"}]
    assert safe_text(shown, limit=len(shown)) == shown


@given(st.integers(LIMIT + 1, LIMIT + 5_000))
@settings(max_examples=20)
def test_long_text_is_cut_with_a_count(length: int) -> None:
    shown = safe_text("x" * length)
    assert shown == "x" * LIMIT + f" [{length - LIMIT:,} more characters not printed]"


@given(st.floats(-1e12, 1e12).filter(lambda v: v == 0 or abs(v) > 1e-12), st.integers(1, 5))
@settings(max_examples=200)
def test_significant_figures_are_close_and_as_many_as_asked(value: float, digits: int) -> None:
    text = significant(value, digits)
    read = float(text.replace("\N{MINUS SIGN}", "-").replace(",", ""))
    assert math.isclose(read, value, rel_tol=0.51 * 10.0 ** (1 - digits))
    assert "-" not in text


@given(st.floats(-1, 1))
@settings(max_examples=100)
def test_a_proportion_has_one_decimal_and_no_negative_zero(value: float) -> None:
    text = bare_number(value, "percent")
    assert text.partition(".")[2].isdigit()
    assert len(text.partition(".")[2]) == 1
    assert not text.startswith("\N{MINUS SIGN}0.0")


def test_the_rule_of_numbers() -> None:
    assert scale_of("group_fairness.selection_rate", "1") == "percent"
    assert scale_of("group_fairness.demographic_parity_ratio", "1") == "number"
    assert scale_of("group_fairness.demographic_parity_difference", "1") == "points"
    assert scale_of("base_vs_tuned.accuracy_change", "1") == "points"
    assert scale_of("training_dynamics.generalisation_gap", "1") == "number"
    assert scale_of("energy.job_energy", "kWh") == "physical"
    assert scale_of("energy.job_co2e", "kg") == "physical"
    assert scale_of("dataset_quality.rows", "row") == "count"
    assert significant(0.012149, 2) == "0.012"
    assert significant(12_345.0, 3) == "12,300"
    assert significant(0.9996, 3) == "1.00"
    assert significant(3.33e22, 3) == "3.33e22"
    assert decimals(-0.04, 1) == "0.0"
    assert size_text(1_248_551) == "1.25\N{NO-BREAK SPACE}MB"
