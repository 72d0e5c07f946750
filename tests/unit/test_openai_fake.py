"""The fake of the API is what it says: judged by the specification, stateful, faulty as planned."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import openai
import pytest

from openai_fake import reading
from openai_fake.account import SECRET, Account
from openai_fake.faults import Fault
from openai_fake.jobs import Shape
from openai_fake.judge import Judge
from openai_fake.server import Fake, serving


@pytest.fixture(scope="module")
def judge(shared_folder: Path) -> Judge:
    """The specification's judge."""
    return Judge(shared_folder)


@pytest.fixture
def fake() -> Iterator[Fake]:
    """A served account with a history."""
    with serving(remember=True) as served:
        yield served


def client(fake: Fake, key: str = SECRET, **options: Any) -> openai.OpenAI:
    """Return the host's client on the fake."""
    return reading.client(fake.url, key, **{"timeout": 5.0, **options})


def test_the_specification_has_nothing_against_any_answer(fake: Fake, judge: Judge) -> None:
    reading.read_everything(fake.url)
    job = client(fake).fine_tuning.jobs.create(
        model="gpt-4.1-2025-04-14",
        training_file=next(iter(fake.account.files)),
        method={"type": "dpo", "dpo": {"hyperparameters": {"beta": 0.2}}},
        metadata={"nonce": "n-1"},
    )
    client(fake).fine_tuning.jobs.pause(job.id)
    client(fake).fine_tuning.jobs.resume(job.id)
    client(fake).fine_tuning.jobs.cancel(job.id)
    assert len(fake.answers) > 200
    assert [fault for pair in fake.answers for fault in judge.faults(*pair)] == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"status": "sleeping"}, "sleeping"),
        ({"seed": None}, "null is not of type"),
        ({"created_at": "yesterday"}, "yesterday"),
        ({"hyperparameters": {"n_epochs": 900}}, "900"),
        ({"hyperparameters": {"learning_rate_multiplier": 0}}, "0 is not valid"),
    ],
)
def test_the_judge_sees_what_the_real_client_lets_pass(
    judge: Judge, change: dict[str, Any], told: str
) -> None:
    job = next(iter(Account.seeded(1).jobs.values()))
    assert judge.schema_faults("FineTuningJob", job) == []
    bad = {**job, **change}
    assert judge.schema_faults("FineTuningJob", bad)
    assert told in str(judge.schema_faults("FineTuningJob", bad))


def test_azure_differs_from_the_specification_where_the_sheet_says(judge: Judge) -> None:
    account = Account.seeded(13, shape=Shape(style="azure"))
    faults = {
        fault
        for job in account.jobs.values()
        for fault in judge.schema_faults("FineTuningJob", job)
    }
    assert faults == {'null is not of type "object"', 'null is not of type "string"'}
    assert all(job["metadata"] is None for job in account.jobs.values())
    assert any(".ft-" in name for name in account.tuned_models())


def test_the_same_seed_gives_the_same_bytes() -> None:
    def everything() -> bytes:
        with serving(Account.seeded(5)) as served:
            raw = client(served).fine_tuning.jobs.with_raw_response.list(limit=3)
            return raw.http_response.content

    assert everything() == everything()


def test_a_job_moves_on_with_the_clock_and_is_found_by_its_nonce(fake: Fake) -> None:
    caller = client(fake)
    file = caller.files.create(file=("a.jsonl", b'{"a": 1}\r\n{"b": 2}\n'), purpose="fine-tune")
    assert caller.files.content(file.id).content == b'{"a": 1}\r\n{"b": 2}\n'
    job = caller.fine_tuning.jobs.create(
        model="gpt-4.1-2025-04-14", training_file=file.id, metadata={"nonce": "n-7"}, suffix="loans"
    )
    found = list(caller.fine_tuning.jobs.list(metadata={"nonce": "n-7"}))
    assert [each.id for each in found] == [job.id]
    assert list(caller.fine_tuning.jobs.list(metadata={"nonce": "n-8"})) == []
    states = []
    for seconds in (0, 90, 200, 900):
        fake.account.tick(seconds)
        states.append(caller.fine_tuning.jobs.retrieve(job.id).status)
    assert states == ["validating_files", "queued", "running", "succeeded"]
    assert ":loans:" in (caller.fine_tuning.jobs.retrieve(job.id).fine_tuned_model or "")


def test_an_admin_path_wants_an_admin_key_and_no_key_gets_nothing(fake: Fake) -> None:
    with pytest.raises(openai.PermissionDeniedError):
        client(fake).get("/organization/projects", cast_to=object)
    with pytest.raises(openai.AuthenticationError):
        client(fake, "sk-wrong").models.list()
    assert [seen.key for seen in fake.requests] == ["project", "none"]


def test_an_expired_file_is_listed_and_has_no_content(fake: Fake) -> None:
    name = next(iter(fake.account.files))
    fake.account.expire(name)
    assert client(fake).files.retrieve(name).expires_at is not None
    with pytest.raises(openai.NotFoundError):
        client(fake).files.content(name)


def test_a_cursor_of_a_deleted_job_is_answered_as_planned(fake: Fake) -> None:
    first = next(iter(client(fake).fine_tuning.jobs.list(limit=1)))
    del fake.account.jobs[first.id]
    with pytest.raises(openai.BadRequestError):
        client(fake).fine_tuning.jobs.list(after=first.id)
    fake.account.lost_cursor = "empty"
    assert client(fake).fine_tuning.jobs.list(after=first.id).data == []
    fake.account.lost_cursor = "restart"
    assert client(fake).fine_tuning.jobs.list(after=first.id).data


@pytest.mark.parametrize(
    ("fault", "raised"),
    [
        (Fault("status", status=429, headers=(("retry-after", "0"),)), openai.RateLimitError),
        (Fault("status", status=503), openai.InternalServerError),
        (Fault("html"), openai.InternalServerError),
        (Fault("drop"), openai.APIConnectionError),
        (Fault("hang", seconds=2.0), openai.APITimeoutError),
        (Fault("short"), openai.APIConnectionError),
        (Fault("cut"), ValueError),
    ],
    ids=lambda value: value.kind if isinstance(value, Fault) else "",
)
def test_a_planned_fault_happens_once(fake: Fake, fault: Fault, raised: type[Exception]) -> None:
    fake.plan(fault)
    with pytest.raises((raised, httpx2.RemoteProtocolError) if fault.kind == "short" else raised):
        client(fake, timeout=0.5).models.list()
    assert client(fake).models.list().data
    assert fault.happened == 1


def test_a_paid_call_whose_answer_is_lost_took_effect(fake: Fake) -> None:
    fake.plan(Fault("lost_answer", "/fine_tuning/jobs", method="POST"))
    file = next(iter(fake.account.files))
    with pytest.raises(openai.APIConnectionError):
        client(fake).fine_tuning.jobs.create(model="gpt-4.1-2025-04-14", training_file=file)
    assert fake.account.created == 1


def test_a_repeating_cursor_never_ends(fake: Fake) -> None:
    fake.plan(Fault("repeat", "/fine_tuning/jobs", times=None))
    page = client(fake).fine_tuning.jobs.list(limit=2)
    again = client(fake).fine_tuning.jobs.list(limit=2, after=page.data[-1].id)
    assert again.has_more
    assert [job.id for job in again.data] == [job.id for job in page.data]
