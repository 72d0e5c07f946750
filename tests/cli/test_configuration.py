"""Options come from the flag, else a variable, else the nearest file, named as typed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests_support import run_ftgov


@pytest.fixture
def place(tmp_path: Path) -> Path:
    assert run_ftgov("init", tmp_path / "space").status == 0
    return tmp_path / "space"


def test_a_variable_sets_an_option_by_its_typed_name(place: Path) -> None:
    ran = run_ftgov("lineage", cwd=place, env={"FTGOV_LINEAGE_FORMAT": "json"})
    assert ran.json["models"] == []


def test_a_file_sets_an_option_and_a_variable_and_a_flag_win_over_it(place: Path) -> None:
    config = place / "ftgov.toml"
    config.write_text(config.read_text() + '\n[lineage]\nformat = "json"\n')
    assert run_ftgov("lineage", cwd=place).json["models"] == []
    told = run_ftgov("lineage", cwd=place, env={"FTGOV_LINEAGE_FORMAT": "text"})
    assert told.out.startswith("Nothing is recorded yet")
    told = run_ftgov("lineage", "--format", "text", cwd=place)
    assert told.out.startswith("Nothing is recorded yet")


def test_the_users_own_file_is_the_last(place: Path, tmp_path: Path) -> None:
    own = tmp_path / "own" / "ftgov"
    own.mkdir(parents=True)
    (own / "config.toml").write_text('[lineage]\nformat = "json"\n')
    env = {"XDG_CONFIG_HOME": str(own.parent)}
    assert run_ftgov("lineage", cwd=place, env=env).json["models"] == []
    (place / "pyproject.toml").write_text('[tool.ftgov.lineage]\nformat = "text"\n')
    assert run_ftgov("lineage", cwd=place, env=env).out.startswith("Nothing")


def test_a_subcommand_has_a_table_of_its_own(place: Path) -> None:
    config = place / "ftgov.toml"
    config.write_text(config.read_text() + '\n[keys.trust-pack]\nholder = "Office"\n')
    assert run_ftgov("keys", "new", "--unencrypted", cwd=place).status == 0
    ran = run_ftgov("keys", "trust-pack", "--output", "t/trust-pack.json", "--json", cwd=place)
    assert ran.status == 0, ran.err
    assert '"holder":"Office"' in (place / "t" / "trust-pack.json").read_text()


def test_a_broken_file_is_named(place: Path) -> None:
    (place / "pyproject.toml").write_text("[tool")
    ran = run_ftgov("lineage", cwd=place)
    assert ran.status == 2
    assert "pyproject.toml" in ran.err
