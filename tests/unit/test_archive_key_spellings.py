"""A key is found however it is spelled: in escapes, in other encodings, in a header."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from archive_support import archived, made, tally
from ftgov.providers import openai_hosted
from ftgov.providers.lax import parsed
from ftgov.providers.openai_hosted import OpenAIHost, Reach
from ftgov.providers.pace import Patience
from ftgov.providers.protocol import HostError
from ftgov.providers.secrets import Secret
from openai_fake.account import SECRET, Account
from openai_fake.server import Fake, serving
from openai_fake.wire import Answer, Asked

ESCAPES = "".join(f"\\u{ord(char):04X}" for char in SECRET)
SPELLINGS = {
    "escapes": f'{{"data": [{{"id": "{ESCAPES}"}}]}}'.encode(),
    "a name given twice": f'{{"data": "{ESCAPES}", "data": []}}'.encode(),
    "escapes within": b'{"data": [{"x": "' + ESCAPES.replace("\\", "\\\\").encode() + b'"}]}',
    "a field's name": f'{{"data": [], "{ESCAPES}": 1}}'.encode(),
    "UTF-16": f'{{"data": [], "x": "{SECRET}"}}'.encode("utf-16"),
    "UTF-32": f'{{"data": [], "x": "{SECRET}"}}'.encode("utf-32"),
}


def _answering(
    monkeypatch: pytest.MonkeyPatch, path: str, change: Callable[[Answer], Answer]
) -> None:
    """Have the fake answer a path otherwise."""
    before = Fake._answer

    def answer(fake: Fake, asked: Asked) -> Answer:
        found = before(fake, asked)
        return change(found) if asked.path == path else found

    monkeypatch.setattr(Fake, "_answer", answer)


def _host(fake: Fake) -> OpenAIHost:
    once = Patience(attempts=1)
    return openai_hosted.connect(
        Reach(fake.url, Secret(SECRET), None, lambda: "2026-11-21T12:00:00Z", print, once)
    )


@pytest.mark.parametrize("spelling", list(SPELLINGS))
def test_an_answer_that_spells_the_key_otherwise_is_refused(
    monkeypatch: pytest.MonkeyPatch, spelling: str
) -> None:
    _answering(monkeypatch, "/models", lambda each: each._replace(body=SPELLINGS[spelling]))
    with (
        serving(Account.seeded(1)) as fake,
        closing(_host(fake)) as host,
        pytest.raises(HostError) as told,
    ):
        host.get("/models")
    assert SECRET not in str(told.value.as_json())


@pytest.mark.parametrize("header", ["x-request-id", "openai-organization", "openai-project"])
def test_a_kept_header_that_holds_the_key_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, header: str
) -> None:
    _answering(
        monkeypatch, "/vector_stores", lambda each: each._replace(headers=((header, SECRET),))
    )
    with made(tmp_path) as workspace, serving(Account.seeded(2)) as fake:
        result = archived(workspace, fake)
        assert "own key" in str(tally(result, "vector_stores").refused)
    assert not [
        path
        for path in tmp_path.rglob("*")
        if path.is_file() and SECRET.encode() in path.read_bytes()
    ]


@pytest.mark.parametrize("content", [ESCAPES.encode(), SECRET.encode("utf-16"), SECRET.encode()])
def test_a_file_that_spells_the_key_is_refused(
    monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    with serving(Account.seeded(1)) as fake:
        native = next(iter(fake.account.files))
        body = b"x" * ((1 << 20) - 20) + content
        _answering(monkeypatch, f"/files/{native}/content", lambda _: Answer(200, body))
        with closing(_host(fake)) as host, pytest.raises(HostError, match="own key"):
            host.download(native, io.BytesIO())


def test_backslashes_without_end_are_searched_in_time_that_grows_with_their_number() -> None:
    trace = openai_hosted._trace(SECRET)
    assert not trace.is_in(b"\\" * 1_000_000)
    assert trace.is_in(b"\\" * 1_000 + ESCAPES.encode())
    assert not trace.is_in(b"\\" * 10 + ESCAPES.encode()[:-6])


def test_a_number_too_long_for_python_loses_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def longer(each: Answer) -> Answer:
        page = each.json
        page["data"][0]["created_at"] = "LONG"
        return each._replace(body=json.dumps(page).encode().replace(b'"LONG"', b"9" * 5000))

    _answering(monkeypatch, "/fine_tuning/jobs", longer)
    with made(tmp_path) as workspace, serving(Account.seeded(3, evals=0)) as fake:
        result = archived(workspace, fake)
        jobs = tally(result, "fine_tuning.jobs")
        assert (jobs.new, jobs.flagged, jobs.refused) == (3, 1, None)
    assert parsed(b"[-" + b"9" * 5000 + b", 12]") == ["-" + "9" * 5000, 12]
