"""Whatever goes wrong at the host: what was archived is true, and the next run makes it whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from archive_looks import archived, counts, hurried, latest, new_workspace
from ftgov.errors import ExitCode, FtgovError
from ftgov.providers.warc import kept_answers
from ftgov.records.archived import Archived, Capture
from ftgov.records.job import Job
from ftgov.store.workspace import Workspace
from openai_fake.account import Account
from openai_fake.faults import Fault
from openai_fake.jobs import Shape
from openai_fake.server import Fake, serving

JOBS = 6
Contents = dict[tuple[str, str], Any]


def account() -> Account:
    """Return the account that these tests archive."""
    return Account.seeded(JOBS, shape=Shape(steps=3, checkpoints=2))


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    hurried(monkeypatch)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Contents:
    """What an archive of the account holds when nothing goes wrong."""
    with (
        serving(account()) as fake,
        new_workspace(tmp_path_factory.mktemp("undisturbed") / "w") as workspace,
    ):
        assert archived(workspace, fake).complete
        return latest(workspace)


@pytest.fixture
def fake() -> Iterator[Fake]:
    """A host of one's own."""
    with serving(account()) as served:
        yield served


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """An empty workspace; at the end everything in it verifies."""
    with new_workspace(tmp_path / "w") as opened:
        yield opened
        assert opened.evidence.verify() == ()


def test_passing_faults_of_every_kind_leave_no_trace(
    fake: Fake, workspace: Workspace, undisturbed: Contents
) -> None:
    at_once = (("retry-after-ms", "1"),)
    fake.plan(
        Fault("status", "/evals", status=429, headers=at_once),
        Fault("status", "/fine_tuning/jobs", status=503, times=2),
        Fault("html", "/files"),
        Fault("drop", "/fine_tuning/jobs/*/events", skip=1, times=2),
        Fault("short", "/fine_tuning/jobs/*/checkpoints", skip=2),
        Fault("cut", "/fine_tuning/jobs/*/events", skip=4),
        Fault("hang", "/files/*/content", seconds=0.2),
        Fault("short", "/files/*/content", skip=3),
        Fault("status", "/organization/*", status=500, headers=at_once, times=3),
        Fault("status", "/fine_tuning/checkpoints/*", status=408),
    )
    result = archived(workspace, fake)
    assert result.complete
    assert all(fault.happened for fault in fake.faults)
    assert latest(workspace) == undisturbed


def test_a_cut_off_download_is_never_taken_for_the_file(
    fake: Fake, workspace: Workspace, undisturbed: Contents
) -> None:
    fake.plan(Fault("cut", "/files/*/content", times=None))
    result = archived(workspace, fake)
    flagged = {each.resource: each.flagged for each in result.resources}
    assert flagged["files.content"] == 2
    fake.faults.clear()
    assert archived(workspace, fake).complete
    whole = {key: body for key, body in latest(workspace).items() if key[0] == "dataset"}
    assert whole == {key: body for key, body in undisturbed.items() if key[0] == "dataset"}


@pytest.mark.parametrize("path", ["/fine_tuning/jobs", "/fine_tuning/jobs/*/events", "/files"])
def test_a_repeating_cursor_ends_with_an_error_and_the_next_run_is_whole(
    fake: Fake, workspace: Workspace, undisturbed: Contents, path: str
) -> None:
    fake.account.fullest_page = 4
    fake.plan(Fault("repeat", path, times=None))
    result = archived(workspace, fake)
    assert not result.complete
    assert len(fake.requests) < 300
    fake.faults.clear()
    assert archived(workspace, fake).complete
    assert said(latest(workspace)) == said(undisturbed)


def said(contents: Contents) -> Contents:
    """Return contents without entries about the reading itself, such as sweeps."""
    return {key: body for key, body in contents.items() if key[0] != "archived"}


@pytest.mark.parametrize("lost_cursor", ["error", "empty", "restart"])
def test_a_thing_that_is_deleted_while_the_list_is_read_loses_no_other(
    fake: Fake, workspace: Workspace, lost_cursor: Any
) -> None:
    fake.account.fullest_page, fake.account.lost_cursor = 2, lost_cursor

    def delete_the_last(body: Any) -> Any:
        del fake.account.jobs[body["data"][-1]["id"]]
        return body

    fake.plan(Fault("rewrite", "/fine_tuning/jobs", skip=1, change=delete_the_last))
    first = archived(workspace, fake)
    second = archived(workspace, fake, full=True)
    assert second.complete, (first, second)
    kept = {name for kind, name in latest(workspace) if kind == "job"}
    assert set(fake.account.jobs) <= kept


def test_short_pages_are_read_to_the_end(
    fake: Fake, workspace: Workspace, undisturbed: Contents
) -> None:
    fake.account.fullest_page = 1
    assert archived(workspace, fake).complete
    assert said(latest(workspace)) == said(undisturbed)


ODD: dict[str, tuple[dict[str, Any], str]] = {
    "unknown status": ({"status": "sleeping"}, "status"),
    "null that is forbidden": ({"seed": None, "organization_id": None}, "seed"),
    "text for a time": ({"created_at": "yesterday"}, "created_at"),
    "number for text": ({"model": 7}, "model"),
    "list for an object": ({"hyperparameters": []}, "hyperparameters"),
    "object for text": ({"fine_tuned_model": {"name": "x"}}, "fine_tuned_model"),
    "out of range": ({"hyperparameters": {"n_epochs": 10**40}}, "hyperparameters.n_epochs"),
    "not finite": ({"trained_tokens": 1e308 * 10}, "trained_tokens"),
    "broken unicode": ({"model": "gpt-\ud800"}, "model"),
    "broken unicode in a path": ({"fine_tuned_model": "ft:\ud800"}, "fine_tuned_model"),
}


@pytest.mark.parametrize("case", ODD)
def test_an_odd_field_is_kept_raw_and_flagged_and_harms_no_other_job(
    fake: Fake, workspace: Workspace, undisturbed: Contents, case: str
) -> None:
    change, path = ODD[case]
    odd = next(iter(fake.account.jobs))

    def changed(body: Any) -> Any:
        rows = [{**row, **change} if row["id"] == odd else row for row in body["data"]]
        return {**body, "data": rows}

    fake.plan(Fault("rewrite", "/fine_tuning/jobs", times=None, change=changed))
    result = archived(workspace, fake)
    assert result.complete
    assert {each.resource: each.read for each in result.resources}["fine_tuning.jobs"] == JOBS
    entry = next(
        body for key, body in latest(workspace, "archived").items() if body["native_id"] == odd
    )
    assert any(flag["path"].startswith(path) for flag in entry["flags"]), entry["flags"]
    others = {key: body for key, body in undisturbed.items() if key[0] == "job" and key[1] != odd}
    assert others.items() <= latest(workspace).items()
    assert odd.encode() in raw_of(workspace)


def raw_of(workspace: Workspace) -> bytes:
    """Return all answers that were kept, one after the other."""
    found = b""
    for name in {name for kind, name in latest_names(workspace) if kind == "capture"}:
        capture = workspace.ledger.get(Capture, name)
        assert capture is not None
        with workspace.evidence.open(capture.file.digest) as stream:
            found += b"".join(answer.body for answer in kept_answers(stream, name))
    return found


def latest_names(workspace: Workspace) -> Iterator[tuple[str, str]]:
    """Yield type and name of every entry."""
    for entry in workspace.ledger.entries():
        yield entry.type, entry.name


def test_an_unknown_status_keeps_the_hosts_word(fake: Fake, workspace: Workspace) -> None:
    odd = next(iter(fake.account.jobs))
    fake.account.jobs[odd] = {**fake.account.jobs[odd], "status": "sleeping"}
    archived(workspace, fake)
    job = workspace.ledger.get(Job, odd)
    assert job is not None
    assert job.status is not None
    assert (job.status.normal, job.status.native) == ("unknown", "sleeping")


def test_checks_of_safety_and_unknown_events_keep_their_own_words(
    fake: Fake, workspace: Workspace
) -> None:
    name = next(iter(fake.account.jobs))
    strange = {
        "object": "fine_tuning.job.event", "id": "ftevent-strange", "created_at": 1_795_000_000,
        "level": "whisper", "message": "hm", "type": "telepathy", "data": {"a": [1, {"b": None}]},
    }  # fmt: skip
    fake.account.said[name] = [strange]
    archived(workspace, fake)
    events = {key[1]: body for key, body in latest(workspace, "event").items()}
    assert events["ftevent-strange"]["native_type"] == "telepathy"
    assert events["ftevent-strange"]["content"] == '{"a":[1,{"b":null}]}'
    checks = [body for body in events.values() if body["native_type"] == "moderation_checks"]
    assert {body["kind"] for body in checks} == {"moderation_checks"}
    assert all('"sexual/minors"' in body["content"] for body in checks)


def test_an_expired_result_file_is_told_and_the_job_is_archived(
    fake: Fake, workspace: Workspace
) -> None:
    name, job = next(iter(fake.account.jobs.items()))
    fake.account.expire(job["result_files"][0])
    assert archived(workspace, fake).complete
    kept = workspace.ledger.get(Job, name)
    assert kept is not None
    # Without its result file the events are the log.
    assert kept.trainer_state is not None
    assert "events" in kept.trainer_state.name
    before = len(fake.requests)
    archived(workspace, fake)
    content = f"/files/{job['result_files'][0]}/content"
    assert sum(seen.path == content for seen in fake.requests[before:]) <= 1


def test_a_host_that_keeps_training_files_back_is_believed(
    fake: Fake, workspace: Workspace
) -> None:
    fake.account.training_downloads = False
    assert archived(workspace, fake).complete
    told = [
        body["content_unavailable"]
        for body in latest(workspace, "archived").values()
        if body["resource"] == "files.content"
    ]
    assert len(told) == 2
    assert all("400" in why for why in told)


Remove = Callable[[Account], None]


@pytest.mark.parametrize(
    ("resource", "remove"),
    [
        ("fine_tuning.jobs", lambda account: account.jobs.popitem()),
        ("files", lambda account: account.files.popitem()),
        ("models", lambda account: account.deleted_models.add(account.tuned_models()[0])),
        ("evals", lambda account: account.evals.popitem()),
        ("vector_stores", lambda account: account.vector_stores.popitem()),
    ],
)
def test_what_the_host_shows_no_longer_is_a_tombstone_and_stays(
    fake: Fake, workspace: Workspace, resource: str, remove: Remove
) -> None:
    archived(workspace, fake)
    before = latest(workspace)
    remove(fake.account)
    result = archived(workspace, fake, full=True)
    assert {each.resource: each.gone for each in result.resources}[resource] == 1
    buried = [
        name
        for kind, name in before
        if kind == "archived"
        and (found := workspace.ledger.get(Archived, name)) is not None
        and found.tombstoned_at is not None
        and found.resource == resource
    ]
    assert len(buried) == 1
    assert {key for key in before if key[0] != "archived"} <= set(latest(workspace))


def test_a_key_that_is_refused_is_an_error_of_the_host(workspace: Workspace, fake: Fake) -> None:
    fake.plan(Fault("status", status=401, times=None))
    with pytest.raises(FtgovError) as fault:
        archived(workspace, fake)
    assert fault.value.exit_code == ExitCode.PROVIDER
    assert latest(workspace) == {}


def test_a_host_that_is_gone_is_an_error_and_changes_nothing(
    fake: Fake, workspace: Workspace
) -> None:
    archived(workspace, fake)
    head = workspace.ledger.head()
    fake.url = "http://127.0.0.1:9/v1"
    with pytest.raises(FtgovError) as fault:
        archived(workspace, fake)
    assert fault.value.exit_code == ExitCode.PROVIDER
    assert workspace.ledger.head() == head


def test_a_second_run_reads_only_what_changed(fake: Fake, workspace: Workspace) -> None:
    archived(workspace, fake)
    head, first = workspace.ledger.head(), len(fake.requests)
    assert set(counts(archived(workspace, fake)).values())
    assert workspace.ledger.head() == head
    below = [seen for seen in fake.requests[first:] if seen.path.startswith("/fine_tuning/jobs/")]
    running = [name for name, job in fake.account.jobs.items() if job["status"] == "running"]
    assert {seen.path.split("/")[3] for seen in below} <= set(running)
    fake.account.tick(3_600)
    second = len(fake.requests)
    result = archived(workspace, fake)
    assert {each.resource: each.changed for each in result.resources}["fine_tuning.jobs"] == 1
    assert len(fake.requests) - second < first
    assert {body["status"]["native"] for body in latest(workspace, "job").values()} >= {"succeeded"}
