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


def test_the_settings_of_a_named_workspace_are_read(place: Path, tmp_path: Path) -> None:
    config = place / "ftgov.toml"
    config.write_text(config.read_text() + '\n[lineage]\nformat = "json"\n')
    for env, words in (({}, ("--workspace", place)), ({"FTGOV_LINEAGE_WORKSPACE": str(place)}, ())):
        assert run_ftgov("lineage", *words, cwd=tmp_path, env=env).json["models"] == []
    (tmp_path / "pyproject.toml").write_text('[tool.ftgov.lineage]\nformat = "text"\n')
    assert run_ftgov("lineage", "--workspace", place, cwd=tmp_path).json["models"] == []
    told = run_ftgov(
        "lineage", "--workspace", place, cwd=tmp_path, env={"FTGOV_LINEAGE_FORMAT": "text"}
    )
    assert told.out.startswith("Nothing")
    told = run_ftgov("lineage", "--workspace", place, "--format", "text", cwd=tmp_path)
    assert told.out.startswith("Nothing")


def test_a_subcommand_reads_its_table_of_a_named_workspace(place: Path, tmp_path: Path) -> None:
    config = place / "ftgov.toml"
    config.write_text(config.read_text() + "\n[keys.list]\njson = true\n")
    assert run_ftgov("keys", "list", "--workspace", place, cwd=tmp_path).json["keys"] == []


def test_errors_are_json_where_a_variable_or_a_file_asks_for_it(
    place: Path, tmp_path: Path
) -> None:
    for env in ({"FTGOV_CHECK_JSON": "1"}, {"FTGOV_CHECK_FORMAT": "json"}):
        ran = run_ftgov("check", "nobody", cwd=place, env=env)
        assert (ran.status, ran.json["error"]["exit_code"]) == (2, 2)
    config = place / "ftgov.toml"
    config.write_text(config.read_text() + "\n[check]\njson = true\n")
    for words in (("check", "nobody"), ("check", "nobody", "--no-such-option"), ("check",)):
        ran = run_ftgov(*words, cwd=place)
        assert (ran.status, ran.json["error"]["exit_code"]) == (2, 2)
    assert run_ftgov("check", "nobody", "--workspace", place, cwd=tmp_path).json["error"]
    assert run_ftgov("check", "nobody", cwd=place, env={"FTGOV_CHECK_JSON": "0"}).out == ""


def test_an_error_of_a_check_into_a_file_leaves_stdout_alone(place: Path) -> None:
    ran = run_ftgov("check", "nobody", "--format", "json", "--output", "f", cwd=place)
    assert (ran.status, ran.out) == (2, "")


@pytest.mark.parametrize(
    ("table", "words", "told"),
    [
        ('[check]\npolcy = ["strict"]\n', ("check", "m"), "Did you mean 'policy'?"),
        ('[keys.trust-pack]\nhold-er = "A"\n', ("keys", "trust-pack"), "Did you mean 'holder'?"),
        ("[log]\nsine = 3\n", ("log",), "Did you mean 'since'?"),
        ('[log.hed]\noutput = "x"\n', ("log",), "Did you mean 'head'?"),
        ('[keys]\nlst = "x"\n', ("keys", "list"), "Did you mean 'list'?"),
        ("[keys]\nlist = 3\n", ("keys", "list"), "'keys.list' is no table"),
        ("[lineage]\nzzz = 3\n", ("lineage",), "does not have"),
    ],
)
def test_an_option_that_a_command_does_not_have_is_refused_where_it_stands(
    place: Path, tmp_path: Path, table: str, words: tuple[str, ...], told: str
) -> None:
    config = place / "ftgov.toml"
    config.write_text(f"{config.read_text()}\n{table}")
    for folder, more in ((place, ()), (tmp_path, ("--workspace", place))):
        required = ("--output", "t/trust-pack.json") if "trust-pack" in words else ()
        ran = run_ftgov(*words, *more, *required, cwd=folder)
        assert ran.status == 2, ran.err
        assert told in ran.err
        assert "ftgov.toml: " in ran.err
        assert "Traceback" not in ran.err
    assert run_ftgov("doctor", cwd=place).status == 0


def test_an_option_and_a_command_of_one_name_are_told_apart(place: Path) -> None:
    config = place / "ftgov.toml"
    config.write_text(f"{config.read_text()}\n[log]\nverify = true\n")
    for words in (("log",), ("log", "verify")):
        ran = run_ftgov(*words, "--json", cwd=place)
        assert (ran.status, ran.json["verdict"]) == (12, "nothing to verify"), ran.err


def test_the_meter_and_the_host_below_it_share_a_name(place: Path) -> None:
    config = place / "ftgov.toml"
    kept = config.read_text()
    config.write_text(f'{kept}\n[train]\nzone = "DE"\n[train.openai]\nmodel = "m"\n')
    for words in (("train", "--", "true"), ("train", "openai", "no-such-file.jsonl")):
        ran = run_ftgov(*words, cwd=place)
        assert "does not have" not in ran.err, ran.err
        assert "no table" not in ran.err, ran.err
    config.write_text(f'{kept}\n[train]\nzon = "DE"\n')
    ran = run_ftgov("train", "--", "true", cwd=place)
    assert ran.status == 2
    assert "Did you mean 'zone'?" in ran.err


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("[chek]\nx = 1\n", "Did you mean 'check'?"),
        ('[sign_off]\nrole = "a"\n', "Did you mean 'sign-off'?"),
        ("[theirs]\nx = 1\n", ""),
    ],
)
def test_a_table_that_is_nearly_a_command_is_refused(place: Path, table: str, told: str) -> None:
    config = place / "ftgov.toml"
    config.write_text(f"{config.read_text()}\n{table}")
    ran = run_ftgov("lineage", cwd=place)
    assert (ran.status, told in ran.err) == (2 if told else 0, True), ran.err


def test_settings_of_ours_that_are_no_table_are_told(place: Path) -> None:
    (place / "pyproject.toml").write_text("[tool]\nftgov = 3\n")
    ran = run_ftgov("lineage", cwd=place)
    assert ran.status == 2
    assert "'tool.ftgov' is no table" in ran.err


def test_the_shell_completes_whatever_the_settings_say(place: Path) -> None:
    config = place / "ftgov.toml"
    config.write_text(f"{config.read_text()}\n[check]\npolcy = 1\n")
    env = {"_FTGOV_COMPLETE": "bash_complete", "COMP_WORDS": "ftgov check --pol", "COMP_CWORD": "2"}
    ran = run_ftgov(cwd=place, env=env)
    assert "--policy" in ran.out
    assert ran.err == ""


@pytest.mark.parametrize(
    ("table", "words", "told"),
    [
        ("[log]\nverify = 3\n", ("log",), "'3' is not a valid boolean"),
        ("[log]\nlast = 2026-11-21\n", ("log",), "'2026-11-21' is not a valid integer"),
        ("[lineage]\nformat = [1, 2]\n", ("lineage",), "is not one of"),
        ("[lineage]\nformat = true\n", ("lineage",), "is not one of"),
    ],
)
def test_a_value_of_the_wrong_kind_is_told_as_if_it_had_been_typed(
    place: Path, table: str, words: tuple[str, ...], told: str
) -> None:
    config = place / "ftgov.toml"
    config.write_text(f"{config.read_text()}\n{table}")
    ran = run_ftgov(*words, cwd=place)
    assert ran.status == 2, ran.err
    assert told in ran.err
