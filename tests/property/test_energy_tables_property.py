"""Properties of tables, names, draws and calibrations: whatever comes in, a value or an error."""

from __future__ import annotations

import json
from contextlib import suppress

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ftgov.energy import factors
from ftgov.energy.factors import Factor
from ftgov.energy.factors.models import ModelPrior, base_of, resolve
from ftgov.energy.inference import TokenUse, serving
from ftgov.energy.spread import drawn
from ftgov.energy.wall import parse_calibration
from ftgov.errors import FtgovError, UsageError

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=12,
)
FIELDS = st.sampled_from([*Factor._fields, "sorce"])
PARTS = st.text(
    st.characters(blacklist_characters=":", blacklist_categories=("Cs", "Zs")), max_size=12
)


@settings(max_examples=150)
@given(JSON, st.dictionaries(FIELDS, JSON, max_size=6))
def test_any_json_is_a_table_or_an_error_that_names_the_file(
    content: object, row: dict[str, object]
) -> None:
    for written in (content, {"table": "grid", "rows": [row]}, {"table": "grid", "rows": content}):
        rows, told = _parsed(json.dumps(written))
        assert "grid.json" in told or all(each.source and each.low <= each.high for each in rows)


def _parsed(text: str) -> tuple[list[Factor], str]:
    """Return the rows of a table, or what is wrong with it."""
    try:
        return list(factors.parse(text, "grid.json").rows.values()), ""
    except FtgovError as fault:
        return [], fault.what


@given(st.sampled_from(sorted(factors.aliases("model"))), PARTS, PARTS)
def test_a_fine_tune_s_name_resolves_as_its_base_does(base: str, org: str, suffix: str) -> None:
    name = f"ft:{base}:{org}:{suffix}:id"
    assert base_of(name) == base
    assert resolve(name) == resolve(base)
    assert isinstance(resolve(name), ModelPrior)


@given(st.text(max_size=40))
def test_any_text_resolves_or_says_why_not(name: str) -> None:
    found = resolve(name)
    assert isinstance(found, ModelPrior) or found.reason


@settings(max_examples=40)
@given(
    st.floats(0, 1e6),
    st.floats(1.0001, 20),
    st.floats(1.0001, 20),
    st.integers(0, 9),
)
def test_draws_are_finite_never_negative_and_keep_their_middle(
    value: float, below: float, above: float, seed: int
) -> None:
    row = factors.factor("grid.DE")._replace(value=value, low=value / below, high=value * above)
    found = drawn(np.random.default_rng(seed), row, 4_000)
    assert np.isfinite(found).all()
    assert float(found.min()) >= 0
    assert row.low <= float(np.median(found)) <= row.high


@settings(max_examples=25)
@given(st.integers(1, 10_000), st.integers(0, 100_000), st.integers(0, 100_000), st.data())
def test_more_tokens_never_take_less(
    requests: int, read: int, written: int, data: st.DataObject
) -> None:
    usage = TokenUse(requests, read + 1, output=written)
    more = usage._replace(output=written + data.draw(st.integers(1, 10_000)))
    parameters = factors.factor("model.gpt-4o-mini-2024-07-18")
    first, second = (
        serving(each, parameters, np.random.default_rng(0)).kwh for each in (usage, more)
    )
    assert all(0 < less < more for less, more in zip(first, second, strict=True))


@given(st.text("0123456789.,-+einfa ", max_size=20))
def test_any_text_is_a_calibration_or_a_usage_error(text: str) -> None:
    with suppress(UsageError):
        found = parse_calibration(text)
        assert 0.5 <= found.low <= found.factor <= found.high <= 5
