"""The shipped factor tables: whole, dated, sourced; a row that is not is refused by name."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from ftgov.energy import factors
from ftgov.energy.factors.models import ModelPrior, Unresolved, base_of, model_prior, resolve
from ftgov.energy.zones import EU_MEMBERS
from ftgov.errors import FtgovError, UsageError

STATES = [
    "AL",
    "AK",
    "AZ",
    "AR",
    "CA",
    "CO",
    "CT",
    "DE",
    "DC",
    "FL",
    "GA",
    "HI",
    "ID",
    "IL",
    "IN",
    "IA",
    "KS",
    "KY",
    "LA",
    "ME",
    "MD",
    "MA",
    "MI",
    "MN",
    "MS",
    "MO",
    "MT",
    "NE",
    "NV",
    "NH",
    "NJ",
    "NM",
    "NY",
    "NC",
    "ND",
    "OH",
    "OK",
    "OR",
    "PA",
    "RI",
    "SC",
    "SD",
    "TN",
    "TX",
    "UT",
    "VT",
    "VA",
    "WA",
    "WV",
    "WI",
    "WY",
]
ROW: dict[str, Any] = {
    "id": "grid.XX",
    "value": 2,
    "low": 1,
    "high": 3,
    "unit": "g/kWh",
    "boundary": "generation",
    "source": "a report",
    "url": "https://example.org/report",
    "published": "2025-05-01",
    "retrieved": "2025-06-01",
    "licence": "CC0-1.0",
    "label": "assumed",
}


def _text(**changed: Any) -> str:
    row = {key: value for key, value in {**ROW, **changed}.items() if value is not ...}
    return json.dumps({"table": "grid", "rows": [row]})


def test_every_shipped_row_has_a_source_a_range_dates_and_a_licence() -> None:
    names = factors.table_names()
    assert {"embodied", "gpu", "grid", "household", "inference", "mixture"} <= set(names)
    assert {"model", "price", "prior", "pue", "wall", "wue"} <= set(names)
    for name in names:
        rows = factors.table(name)
        assert rows, name
        for row in rows.values():
            assert row.source.strip(), row.id
            assert row.url.startswith("https://"), row.id
            assert row.licence.strip(), row.id
            assert row.boundary.strip(), row.id
            assert row.low <= row.value <= row.high, row.id
            assert date.fromisoformat(row.published) <= date.fromisoformat(row.retrieved), row.id


@pytest.mark.parametrize(
    "field",
    ["id", "unit", "boundary", "source", "url", "published", "retrieved", "licence", "label"],
)
@pytest.mark.parametrize("value", [..., "", "  ", 5, None])
def test_a_row_without_a_text_is_refused_by_file_row_and_field(field: str, value: Any) -> None:
    with pytest.raises(FtgovError) as caught:
        factors.parse(_text(**{field: value}), "grid.json")
    assert "grid.json, row 1" in caught.value.what
    assert field in caught.value.what


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"value": "2"}, "value is no number"),
        ({"low": True}, "low is no number"),
        ({"high": float("inf")}, "high is not finite"),
        ({"high": ...}, "high is no number"),
        ({"low": 2.5}, "out of order"),
        ({"low": -1}, "out of order"),
        ({"published": "2025-13-01"}, "published is no date"),
        ({"retrieved": "2025-04-01"}, "retrieved before"),
        ({"url": "http://example.org"}, "https"),
        ({"label": "measured"}, "no assurance label"),
        ({"id": "pue.XX"}, "none of the table"),
        ({"sorce": "x"}, "unknown field sorce"),
    ],
)
def test_a_malformed_row_is_refused(changed: dict[str, Any], word: str) -> None:
    with pytest.raises(FtgovError) as caught:
        factors.parse(_text(**changed), "grid.json")
    assert word in caught.value.what
    assert "grid.json, row 1" in caught.value.what


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"rows": 5}', '{"table": "grid", "rows": [5]}'])
def test_a_file_that_is_no_table_is_refused(text: str) -> None:
    with pytest.raises(FtgovError, match=r"grid\.json"):
        factors.parse(text, "grid.json")


def test_an_id_that_is_taken_and_aliases_that_are_none_are_refused() -> None:
    twice = json.dumps({"table": "grid", "rows": [ROW, ROW]})
    with pytest.raises(FtgovError, match="taken"):
        factors.parse(twice, "grid.json")
    wrong: list[Any] = [[], {"a": 5}]
    for aliases in wrong:
        text = json.dumps({"table": "grid", "rows": [ROW], "aliases": aliases})
        with pytest.raises(FtgovError, match="aliases"):
            factors.parse(text, "grid.json")


def test_a_row_is_old_from_the_day_after_its_eighteen_months() -> None:
    row = factors.parse(_text(), "grid.json").rows["grid.XX"]
    assert factors.stale([row], date(2026, 11, 1)) == ()
    assert factors.stale([row], date(2026, 11, 2)) == (row,)
    assert factors.stale([row], date(2026, 10, 31)) == ()
    assert factors.stale([row], date(2030, 1, 1)) == (row,)


def test_the_grid_holds_the_union_its_members_the_states_and_the_clouds() -> None:
    rows = factors.table("grid")
    assert len(EU_MEMBERS) == 27
    assert {f"grid.{zone}" for zone in (*EU_MEMBERS, "EU27", "US")} <= set(rows)
    assert {f"grid.US-{state}" for state in STATES} <= set(rows)
    known = factors.aliases("grid")
    for cloud in ("aws:", "azure:", "gcp:"):
        regions = [alias for alias in known if alias.startswith(cloud)]
        assert len(regions) >= 25, cloud
    assert set(known.values()) <= {name.removeprefix("grid.") for name in rows}


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("de", "DE"),
        ("Germany", "DE"),
        ("DEU", "DE"),
        ("swedencentral", "SE"),
        ("us-east-1", "US-VA"),
        ("gcp:us-central1", "US-IA"),
        ("Virginia", "US-VA"),
        ("eu", "EU27"),
        (" us-va ", "US-VA"),
    ],
)
def test_a_zone_is_known_by_many_names(text: str, zone: str) -> None:
    assert factors.canonical("grid", text) == zone


def test_an_unknown_name_names_the_nearest() -> None:
    assert factors.canonical("grid", "Germani") is None
    with pytest.raises(UsageError) as caught:
        factors.resolved("grid", "swedncentral", "zone")
    assert "SE" in caught.value.next_step
    with pytest.raises(FtgovError, match=r"no factor grid\.DEE") as missing:
        factors.factor("grid.DEE")
    assert "grid." in missing.value.why
    for name in ("nothing", "../job", "grid.json"):
        with pytest.raises(FtgovError, match="no factor table"):
            factors.table(name)


def test_every_accelerator_has_a_peak_and_a_rating() -> None:
    rows = factors.table("gpu")
    names = {name.split(".")[1] for name in rows}
    assert {"T4", "V100", "A100", "H100", "H200", "B200", "L4", "MI300X", "RTX4090"} <= names
    for name in names:
        peak, watts = rows[f"gpu.{name}.peak"], rows[f"gpu.{name}.tdp"]
        assert 1e10 < peak.value / watts.value < 1e13, name
    assert factors.canonical("gpu", "NVIDIA H100 80GB HBM3") == "H100"
    assert set(factors.aliases("gpu").values()) <= names


BASES = [
    "gpt-4o-2024-08-06",
    "gpt-4o-2024-11-20",
    "gpt-4o-mini-2024-07-18",
    "gpt-4.1-2025-04-14",
    "gpt-4.1-mini-2025-04-14",
    "gpt-4.1-nano-2025-04-14",
    "gpt-3.5-turbo-0125",
    "gpt-3.5-turbo-1106",
    "gpt-3.5-turbo-0613",
    "gpt-4-0613",
    "o4-mini-2025-04-16",
]
OPEN = [
    "meta-llama/Llama-2-7b-hf",
    "meta-llama/Llama-3.1-8B-Instruct",
    "meta-llama/Llama-3.2-1B",
    "meta-llama/Llama-3.3-70B-Instruct",
    "meta-llama/Llama-4-Scout-17B-16E-Instruct",
    "Qwen/Qwen2.5-7B-Instruct",
    "Qwen/Qwen2.5-Coder-32B-Instruct",
    "Qwen/Qwen3-8B",
    "Qwen/Qwen3-30B-A3B",
    "Qwen/Qwen2-0.5B",
    "google/gemma-2-9b-it",
    "google/gemma-3-270m-it",
    "google/gemma-7b",
    "mistralai/Mistral-7B-Instruct-v0.3",
    "open-mistral-nemo",
    "mistralai/Mixtral-8x7B-v0.1",
    "ministral-8b-2410",
    "codestral-2405",
    "mistral-small-2506",
    "unsloth/Meta-Llama-3.1-8B-Instruct-bnb-4bit",
]


@pytest.mark.parametrize("base", BASES)
def test_every_tunable_openai_base_and_its_fine_tunes_have_an_assumed_range(base: str) -> None:
    forms = (base, f"ft:{base}:org:suffix:id", f"ft:{base}:org::id:ckpt-step-9", f"{base}.ft-0a")
    priors = [model_prior(form) for form in forms]
    assert priors[0] is not None
    assert priors == [priors[0]] * 4
    row = priors[0].parameters
    assert row.low < row.value < row.high
    assert row.label == "assumed"


@pytest.mark.parametrize("name", OPEN)
def test_open_weights_have_their_published_size(name: str) -> None:
    found = resolve(name)
    assert isinstance(found, ModelPrior), found
    assert found.parameters.low == found.parameters.high
    assert found.parameters.label == "provider-reported"
    assert resolve(f"ft:{name.rsplit('/', 1)[-1]}:org::id") == found


@pytest.mark.parametrize("name", ["babbage-002", "ft:davinci-002:org::id", "gpt-9", "ft:", "ft::x"])
def test_a_model_without_a_size_says_why(name: str) -> None:
    found = resolve(name)
    assert isinstance(found, Unresolved)
    assert len(found.reason) > 20
    assert model_prior(name) is None


def test_a_name_that_is_no_fine_tune_stays() -> None:
    assert base_of("meta-llama/Llama-3.1-8B") == "meta-llama/Llama-3.1-8B"
    assert base_of("curie:ft-org-2023-01-01") == "curie"
