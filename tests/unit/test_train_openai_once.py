"""`train openai` pays once: two callers, a listing that hides the job, another key, a lost end."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archive_support import archived, bodies, made
from ftgov import api
from ftgov.api.hosted_training import start_openai
from ftgov.api.hosted_wishes import Wish, record_wish
from ftgov.errors import FtgovError, UsageError
from ftgov.providers.names import name_of
from ftgov.providers.protocol import HostError
from ftgov.records.dataset import Dataset
from ftgov.records.job import Job
from ftgov.store.workspace import Workspace
from openai_fake import server
from openai_fake.account import SECRET, Account
from openai_fake.faults import Fault
from openai_fake.server import Fake, serving
from tests_support import run_ftgov

JOBS = "/fine_tuning/jobs"
SENT = server._sent


@pytest.fixture
def wished(tmp_path: Path) -> Iterator[tuple[Workspace, Fake]]:
    (tmp_path / "train.jsonl").write_bytes(b'{"messages":[]}\n' * 12)
    with made(tmp_path) as workspace, serving(Account.seeded(2, evals=0)) as fake:
        record_wish(workspace, _wish(tmp_path / "train.jsonl"))
        yield workspace, fake


def _wish(file: Path) -> Wish:
    return Wish("tune-7", "gpt-4o-mini-2024-07-18", file, "ann", "bob", "T-1", "Letters")


def _start(workspace: Workspace, fake: Fake, **other: Any) -> Any:
    return start_openai(workspace, "tune-7", base_url=fake.url, key=SECRET, pause=0.01, **other)


def _hidden(page: dict[str, Any]) -> dict[str, Any]:
    return {**page, "data": [], "has_more": False}


def _native(workspace: Workspace) -> str:
    job = workspace.ledger.get(Job, "tune-7")
    assert job is not None
    assert job.observation is not None
    return str(job.observation.native_id)


def test_a_job_that_the_ledger_knows_is_read_and_never_made_again(
    wished: tuple[Workspace, Fake],
) -> None:
    workspace, fake = wished
    first = _start(workspace, fake)
    fake.plan(Fault("rewrite", JOBS, times=None, change=_hidden))
    for again in (False, True):
        found = _start(workspace, fake, send_again=again)
        assert (found.found, found.native_id) == (True, first.native_id)
    assert fake.account.created == 1
    fake.account.jobs.clear()
    with pytest.raises(HostError, match="made as ftjob"):
        _start(workspace, fake, send_again=True)
    assert fake.account.created == 1
    assert _native(workspace) == first.native_id


def test_two_callers_at_once_pay_once(wished: tuple[Workspace, Fake]) -> None:
    workspace, fake = wished
    fake.plan(Fault("slow", JOBS, times=None, seconds=0.3))
    fake.plan(Fault("slow", JOBS, method="POST", times=None, seconds=0.3))
    ended: list[object] = []

    def resume() -> None:
        with api.open_workspace(workspace.root) as own:
            try:
                ended.append(_start(own, fake).native_id)
            except FtgovError as fault:
                ended.append(fault)

    callers = [threading.Thread(target=resume) for _ in range(2)]
    for each in callers:
        each.start()
    for each in callers:
        each.join()
    assert fake.account.created == 1
    assert len([one for one in ended if isinstance(one, str)]) == 1
    assert [one for one in ended if isinstance(one, HostError)], ended
    assert _start(workspace, fake).native_id == _native(workspace)
    assert fake.account.created == 1


@pytest.mark.parametrize(
    ("header", "named"), [("openai-organization", "organisation"), ("openai-project", "project")]
)
@pytest.mark.parametrize("bound", [True, False])
def test_another_organisation_or_project_sends_nothing(
    wished: tuple[Workspace, Fake], monkeypatch: pytest.MonkeyPatch, header: str, named: str,
    *, bound: bool,
) -> None:  # fmt: skip
    workspace, fake = wished
    _answering(monkeypatch, header, "first")
    if bound:
        _start(workspace, fake)
    else:
        fake.plan(Fault("drop", JOBS, method="POST"))
        with pytest.raises(HostError):
            _start(workspace, fake)
    created = fake.account.created
    _answering(monkeypatch, header, "second")
    with pytest.raises(UsageError, match=f"belongs to the {named} first"):
        _start(workspace, fake, send_again=True)
    assert fake.account.created == created


def _answering(monkeypatch: pytest.MonkeyPatch, header: str, value: str) -> None:
    """Have the fake name an organisation or project in each answer."""

    async def named(send: Any, *rest: Any, **more: Any) -> None:
        async def sent(message: Any) -> None:
            if headers := message.get("headers"):
                kept = [each for each in headers if each[0] != header.encode()]
                message["headers"] = [*kept, (header.encode(), value.encode())]
            await send(message)

        await SENT(sent, *rest, **more)

    monkeypatch.setattr(server, "_sent", named)


def test_an_attempt_is_recorded_before_the_call_and_its_end_after(
    wished: tuple[Workspace, Fake],
) -> None:
    workspace, fake = wished
    fake.plan(Fault("status", JOBS, method="POST", status=403))
    with pytest.raises(HostError):
        _start(workspace, fake)
    assert [each["outcome"] for each in bodies(workspace, "attempt")] == ["refused"]
    _start(workspace, fake)
    ends = [(each["number"], each["outcome"]) for each in bodies(workspace, "attempt")]
    assert ends == [(1, "refused"), (2, "made")]
    assert {each["tenant"] for each in bodies(workspace, "attempt")} == {"acme"}


def test_a_file_that_is_only_asserted_to_be_there_is_uploaded(
    wished: tuple[Workspace, Fake], tmp_path: Path
) -> None:
    workspace, fake = wished
    fake.account.training_downloads = False
    remote = next(f for f in fake.account.files.values() if f["purpose"] == "fine-tune")
    mine = tmp_path / "mine" / remote["filename"]
    mine.parent.mkdir()
    mine.write_bytes(b"x" * remote["bytes"])
    archived(workspace, fake, candidates=(mine.parent,))
    record_wish(workspace, _wish(mine)._replace(name="tune-8"))
    uploads = fake.paths("POST").count("/files")
    started = start_openai(workspace, "tune-8", base_url=fake.url, key=SECRET, pause=0.01)
    assert fake.paths("POST").count("/files") == uploads + 1
    assert fake.account.jobs[started.native_id]["training_file"] != remote["id"]
    known = workspace.ledger.get(Dataset, name_of(remote["id"]))
    assert known is not None
    assert known.observation is not None
    assert known.observation.assurance == "asserted"


def test_send_again_goes_with_resume(tmp_path: Path) -> None:
    with made(tmp_path):
        told = run_ftgov(
            "train", "openai", "x.jsonl", "--send-again", "--workspace", tmp_path / "w"
        )
        assert told.status == 2
        assert "--resume" in told.err
