"""`train openai`: grounds first, one paid call, the nonce looked up where its answer is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archive_support import archived, made
from ftgov.api.hosted_training import start_openai
from ftgov.api.hosted_wishes import Wish, record_wish
from ftgov.api.people import shown
from ftgov.api.special_categories import declare_columns
from ftgov.errors import ExitCode, FtgovError, NotAssessable, UsageError
from ftgov.providers.protocol import HostError, HostRefused
from ftgov.providers.shapes.jobs import NONCE
from ftgov.records.absence import UNKNOWN
from ftgov.records.dataset import Dataset
from ftgov.records.digest import digest_bytes
from ftgov.records.job import Job
from ftgov.store.workspace import Workspace
from openai_fake.account import SECRET, Account
from openai_fake.faults import Fault
from openai_fake.server import Fake, serving
from tests_support import run_ftgov

ROW = b'{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]}\n'


@pytest.fixture
def place(tmp_path: Path) -> Iterator[tuple[Workspace, Fake]]:
    (tmp_path / "train.jsonl").write_bytes(ROW * 12)
    with made(tmp_path) as workspace, serving(Account.seeded(2, evals=0)) as fake:
        yield workspace, fake


def _wish(workspace: Workspace, **other: Any) -> Wish:
    fields: dict[str, Any] = {
        "name": "tune-7",
        "model": "gpt-4o-mini-2024-07-18",
        "training_file": workspace.root.parent / "train.jsonl",
        "requested_by": "ann@example.org",
        "approved_by": "bob@example.org",
        "ticket": "RISK-12",
        "purpose": "Sort letters",
        "hyperparameters": {"n_epochs": "3"},
    }
    return Wish(**{**fields, **other})


def _start(workspace: Workspace, fake: Fake, name: str = "tune-7") -> Any:
    return start_openai(workspace, name, base_url=fake.url, key=SECRET, pause=0.01)


def _posts(fake: Fake) -> list[str]:
    return [path for path in fake.paths("POST") if path == "/fine_tuning/jobs"]


def test_grounds_and_digests_are_recorded_before_anything_is_sent(
    place: tuple[Workspace, Fake],
) -> None:
    workspace, fake = place
    job = record_wish(workspace, _wish(workspace))
    assert fake.requests == []
    assert job.status is not None
    assert job.status.normal == "pending"
    assert job.request is not None
    assert (job.request.ticket, job.request.purpose) == ("RISK-12", "Sort letters")
    call = shown(workspace)
    assert call(str(job.request.requested_by)) == "ann@example.org"
    assert call(str(job.request.approved_by)) == "bob@example.org"
    data = workspace.ledger.get(Dataset, job.datasets["train"])
    assert data is not None
    assert data.files[0].digest == digest_bytes(ROW * 12)
    assert data.contents[0].hash_basis == "local_original"
    assert not [e for e in workspace.ledger.entries() if "ann@example.org" in e.body]


def test_the_host_gets_a_nonce_and_neither_people_nor_purpose(
    place: tuple[Workspace, Fake],
) -> None:
    workspace, fake = place
    record_wish(workspace, _wish(workspace, suffix="letters", seed=5, metadata={"team": "x"}))
    started = _start(workspace, fake)
    sent = fake.account.jobs[started.native_id]
    assert sent["metadata"] == {"team": "x", NONCE: started.nonce}
    assert "RISK-12" not in str(sent)
    assert "Sort letters" not in str(sent)
    assert (sent["seed"], sent["model"]) == (5, "gpt-4o-mini-2024-07-18")
    kept = workspace.ledger.get(Job, "tune-7")
    assert kept is not None
    assert kept.request is not None
    assert kept.request.ticket == "RISK-12"
    assert kept.observation is not None
    assert kept.observation.native_id == started.native_id


def test_an_answer_that_is_lost_makes_no_second_job(place: tuple[Workspace, Fake]) -> None:
    workspace, fake = place
    record_wish(workspace, _wish(workspace))
    fake.plan(Fault("lost_answer", "/fine_tuning/jobs", method="POST"))
    before = len(fake.account.jobs)
    started = _start(workspace, fake)
    assert len(_posts(fake)) == 1
    assert len(fake.account.jobs) == before + 1
    again = _start(workspace, fake)
    assert again.found
    assert again.native_id == started.native_id
    assert len(_posts(fake)) == 1


@pytest.mark.parametrize("kind", ["drop", "status", "cut", "html"])
def test_a_call_that_may_have_failed_is_not_sent_again_unasked(
    place: tuple[Workspace, Fake], kind: Any
) -> None:
    workspace, fake = place
    record_wish(workspace, _wish(workspace))
    fake.plan(Fault(kind, "/fine_tuning/jobs", method="POST", status=500))
    if kind == "cut":  # the job was made, its answer can't be read
        assert _start(workspace, fake).native_id in fake.account.jobs
    else:
        with pytest.raises(HostError) as told:
            _start(workspace, fake)
        assert told.value.exit_code == ExitCode.PROVIDER
        assert "--resume tune-7" in told.value.next_step
        with pytest.raises(HostError) as unsettled:
            _start(workspace, fake)
        assert "--send-again" in unsettled.value.next_step
    assert len(_posts(fake)) == 1
    start_openai(workspace, "tune-7", base_url=fake.url, key=SECRET, pause=0.01, send_again=True)
    assert len([j for j in fake.account.jobs.values() if (j["metadata"] or {}).get(NONCE)]) == 1


def test_a_refusal_is_told_and_the_wish_stays(place: tuple[Workspace, Fake]) -> None:
    workspace, fake = place
    record_wish(workspace, _wish(workspace))
    fake.plan(Fault("status", "/fine_tuning/jobs", method="POST", status=403))
    with pytest.raises(HostRefused):
        _start(workspace, fake)
    assert workspace.ledger.get(Job, "tune-7") is not None
    assert not _start(workspace, fake).found  # the host said no: nothing can have been made


def test_the_archive_meets_the_job_under_its_name_with_its_grounds(
    place: tuple[Workspace, Fake],
) -> None:
    workspace, fake = place
    record_wish(workspace, _wish(workspace, approved_by="unknown"))
    _start(workspace, fake)
    fake.account.tick(100_000)
    archived(workspace, fake)
    job = workspace.ledger.get(Job, "tune-7")
    assert job is not None
    assert job.status is not None
    assert job.status.normal == "succeeded"
    assert job.request is not None
    assert job.request.approved_by == UNKNOWN
    assert job.datasets == {"train": "train"}
    assert next(h for h in job.hyperparameters if h.name == "n_epochs").requested == 3
    data = workspace.ledger.get(Dataset, "train")
    assert data is not None
    assert data.contents[0].hash_basis == "local_original"
    assert len([j for j in workspace.ledger.every(Job) if j.name == "tune-7"]) == 1


def test_the_same_file_is_not_uploaded_twice(place: tuple[Workspace, Fake]) -> None:
    workspace, fake = place
    for name in ("one", "two"):
        record_wish(workspace, _wish(workspace, name=name))
        _start(workspace, fake, name)
    assert fake.paths("POST").count("/files") == 1


def test_special_categories_are_not_sent_without_a_reason(place: tuple[Workspace, Fake]) -> None:
    workspace, fake = place
    record_wish(workspace, _wish(workspace, name="first"))
    declare_columns(workspace, "train", ["ethnicity"], actor="ann@example.org")
    with pytest.raises(NotAssessable) as told:
        record_wish(workspace, _wish(workspace))
    assert told.value.exit_code == ExitCode.NOT_ASSESSABLE
    assert workspace.ledger.get(Job, "tune-7") is None
    with pytest.raises(NotAssessable):  # declared after the wish was recorded
        _start(workspace, fake, "first")
    assert fake.paths("POST") == []
    record_wish(workspace, _wish(workspace, override="synthetic names only"))
    assert [e.type for e in workspace.ledger.entries() if e.type == "upload-override"]
    _start(workspace, fake)
    assert fake.paths("POST").count("/files") == 1
    declare_columns(workspace, "train", ["ethnicity", "religion"], actor="ann@example.org")
    with pytest.raises(NotAssessable):  # the reason was given for less
        _start(workspace, fake)


@pytest.mark.parametrize("field", ["requested_by", "approved_by", "ticket", "purpose", "model"])
def test_a_ground_that_is_empty_is_refused(place: tuple[Workspace, Fake], field: str) -> None:
    with pytest.raises(UsageError):
        record_wish(place[0], _wish(place[0], **{field: " "}))


def test_a_name_is_used_once(place: tuple[Workspace, Fake]) -> None:
    record_wish(place[0], _wish(place[0]))
    with pytest.raises(FtgovError):
        record_wish(place[0], _wish(place[0]))


def test_the_command_records_sends_and_resumes(place: tuple[Workspace, Fake]) -> None:
    workspace, fake = place
    env = {"OPENAI_API_KEY": SECRET, "OPENAI_BASE_URL": fake.url}
    where = ("--workspace", workspace.root, "--json")
    grounds = ("--model", "gpt-4o-mini-2024-07-18", "--name", "tune-8", "--requested-by", "ann",
               "--approved-by", "bob", "--ticket", "T-1", "--purpose", "Letters")  # fmt: skip
    file = workspace.root.parent / "train.jsonl"
    missing = run_ftgov("train", "openai", file, "--name", "x", *where)
    assert missing.status == 2
    assert "--purpose" in missing.json["error"]["what"]
    dry = run_ftgov("train", "openai", file, *grounds, "--dry-run", *where, env=env)
    assert (dry.status, dry.json["sent"]) == (0, False), dry.err
    assert fake.requests == []
    sent = run_ftgov("train", "openai", "--resume", "tune-8", *where, env=env)
    assert (sent.status, sent.json["found"]) == (0, False), sent.err
    again = run_ftgov("train", "openai", "--resume", "tune-8", *where, env=env)
    assert (again.json["found"], again.json["native_id"]) == (True, sent.json["native_id"])
