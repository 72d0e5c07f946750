"""`ftgov archive` on the command line: what it refuses, and with which status."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from archive_support import made
from ftgov.api.archive import Asked, archive_openai
from ftgov.errors import MissingExtra
from openai_fake.account import SECRET, Account
from openai_fake.faults import Fault
from openai_fake.server import serving
from tests_support import run_ftgov

KEYLESS = {"OPENAI_API_KEY": "", "AZURE_OPENAI_ENDPOINT": "", "OPENAI_BASE_URL": ""}
KEYED = {**KEYLESS, "OPENAI_API_KEY": SECRET}


@pytest.mark.parametrize(
    ("words", "env", "told"),
    [
        (("openai",), KEYLESS, "No key is set"),
        (("openai", "--key-file", "nowhere"), KEYLESS, "nowhere"),
        (("openai", "--since", "soon"), KEYED, "'soon' is no date"),
        (("openai", "--base-url", "http://example.org/v1"), KEYED, "no https address"),
        (("azure",), KEYED, "No Azure OpenAI resource is named"),
    ],
)
def test_a_call_that_can_not_be_made_is_2(
    tmp_path: Path, words: tuple[str, ...], env: dict[str, str], told: str
) -> None:
    made(tmp_path).close()
    ran = run_ftgov("archive", *words, "--json", "--workspace", tmp_path / "w", env=env)
    assert ran.status == 2, ran.err
    assert told in ran.json["error"]["what"]


def test_what_could_not_be_read_is_30_and_named(tmp_path: Path) -> None:
    made(tmp_path).close()
    with serving(Account.seeded(1)) as fake:
        fake.plan(Fault("status", "/vector_stores", status=403))
        env = {**KEYED, "OPENAI_BASE_URL": fake.url}
        ran = run_ftgov("archive", "openai", "--workspace", tmp_path / "w", env=env)
    assert ran.status == 30
    assert "vector_stores was not read to its end" in ran.err
    assert "fine_tuning.jobs" in ran.out


def test_only_what_is_named_is_read(tmp_path: Path) -> None:
    made(tmp_path).close()
    with serving(Account.seeded(1)) as fake:
        env = {**KEYED, "OPENAI_BASE_URL": fake.url}
        place = ("--workspace", tmp_path / "w", "--json")
        ran = run_ftgov("archive", "openai", "--only", "evals", *place, env=env)
        assert {each["resource"] for each in ran.json["resources"]} == {"evals", "evals.runs"}
        assert "/fine_tuning/jobs" not in fake.paths()


def test_without_the_extra_its_install_line_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "openai", None)
    with made(tmp_path) as workspace, pytest.raises(MissingExtra) as told:
        archive_openai(workspace, Asked(), base_url="http://127.0.0.1:1/v1", key=SECRET)
    assert told.value.next_step == "pip install 'ftgov[openai]'"
