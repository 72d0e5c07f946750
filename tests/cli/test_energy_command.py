"""`ftgov energy` as a script calls it: JSON fields, exit codes, and nothing heavy imported."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests_support import environment, run_ftgov

RANGED = ("flop", "co2e_kg", "water_l", "embodied_co2e_kg")


def test_the_json_of_an_estimate_has_the_fields_of_the_contract() -> None:
    ran = run_ftgov(
        "energy",
        "estimate",
        *("--model", "gpt-4.1-mini", "--tokens", "1e7", "--region", "DE", "--seed", "5", "--json"),
    )
    assert (ran.status, ran.err) == (0, "")
    plain = ran.json
    for name in RANGED:
        assert list(plain[name]) == ["low", "mid", "high"]
    assert list(plain["energy_kwh"]) == ["accelerator", "it", "facility"]
    assert plain["bound_kwh"] is None
    assert 0 < plain["threshold_share_high"] < 1
    assert plain["drivers"]
    wanted = {"id", "value", "low", "high", "unit", "source", "published", "label"}
    assert all(wanted <= set(row) for row in plain["factors"])
    assert (plain["interval"], plain["seed"], plain["site"]) == (0.9, 5, "hosted")


def test_the_site_is_one_s_own_where_an_accelerator_is_named() -> None:
    arguments = ("--params", "8e9", "--tokens", "2.5e7", "--method", "lora", "--gpu", "h100-sxm5")
    ran = run_ftgov("energy", "estimate", *arguments, "--hours", "3", "--json")
    assert ran.json["site"] == "local"
    assert (ran.json["gpu"], ran.json["label"]) == ("H100", "estimated-tdp")
    assert ran.json["bound_kwh"] > ran.json["energy_kwh"]["facility"]["high"]


def test_the_text_names_boundary_label_and_assumptions() -> None:
    ran = run_ftgov("energy", "estimate", "--model", "gpt-4o-mini", "--tokens", "1e6")
    assert ran.status == 0
    for words in (
        "estimated-flop",
        "all machines at the wall",
        "with cooling and losses",
        "location-based",
        "Range made by:",
        "active parameters are assumed",
        "One third of the base's compute",
    ):
        assert words in ran.out
    assert "compliant" not in ran.out.lower()


@pytest.mark.parametrize(
    "arguments",
    [
        ["--params", "8e9"],
        ["--params", "8e9", "--tokens", "1e30"],
        ["--params", "8e9", "--tokens", "0"],
        ["--params", "8e9", "--tokens", "1e12", "--gpu", "H100", "--hours", "1"],
        ["--model", "nobody-knows", "--tokens", "1e6", "--strict"],
        ["--params", "8e9", "--tokens", "1e6", "--method", "magic"],
        ["--params", "8e9", "--tokens", "1e6", "--base-flop", "unknown"],
        *(
            ["--params", "8e9", "--tokens", "1e6", "--base-flop", flop]
            for flop in ("0", "-1e25", "nan", "inf", "0.5")
        ),
        ["--model", "", "--tokens", "1e6"],
        ["--params", "8e9", "--tokens", "10.5"],
    ],
)
def test_what_cannot_be_meant_is_a_usage_error(arguments: list[str]) -> None:
    ran = run_ftgov("energy", "estimate", *arguments)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.lower().startswith(("error", "usage"))


def test_a_table_of_cases_without_a_source_is_an_error_with_its_line(tmp_path: Path) -> None:
    table = tmp_path / "ours.csv"
    header = "id,source,params_active,tokens_trained,method,energy_kwh,gpu,n_gpus,regime\n"
    table.write_text(header + "one,,7e9,1e9,lora,3.5,H100,8,datacentre\n")
    ran = run_ftgov("energy", "validate", "--cases", table)
    assert ran.status == 1
    assert "line 2: source is empty" in ran.err
    table.write_text(header)
    assert run_ftgov("energy", "validate", "--cases", table).status == 3
    table.write_text(header + "one,ours,7e9,1e9,lora,3.5,H100,8,datacentre\n")
    ran = run_ftgov("energy", "validate", "--cases", table, "--json")
    assert ran.status == 0
    assert ran.json["overall"]["n"] == 1
    assert set(ran.json["regimes"]) == {"hosted", "hosted_unknown_parameters", "datacentre"}


def test_an_estimate_imports_no_energy_tool_and_no_table_library() -> None:
    heavy = ["codecarbon", "pandas", "pydantic", "sqlmodel", "duckdb", "scipy", "matplotlib"]
    code = (
        "import sys; from ftgov.cli.main import execute; status = execute(sys.argv[1:]);"
        f"print('heavy', sorted(set({heavy!r}) & set(sys.modules)), status)"
    )
    arguments = ["energy", "estimate", "--model", "gpt-4o-mini", "--tokens", "1e6"]
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        check=True,
        env=environment(),
    )
    assert done.stdout.splitlines()[-1] == "heavy [] 0"
