"""What an earlier run left undone is made up for, and what a host leaves out is not believed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from archive_looks import archived, hurried, latest, new_workspace
from ftgov.api.archive import ArchiveResult, Asked, archive_openai
from ftgov.errors import ExitCode, UsageError
from ftgov.providers.protocol import HostError
from ftgov.records.archived import Archived
from ftgov.store.workspace import Workspace
from openai_fake import server
from openai_fake.account import ADMIN_SECRET, SECRET, Account
from openai_fake.faults import Fault
from openai_fake.jobs import BASES, Shape
from openai_fake.server import Fake, serving

JOBS = "fine_tuning.jobs"


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    hurried(monkeypatch, attempts=2)


@pytest.fixture
def fake() -> Iterator[Fake]:
    """A host of one's own, with three jobs and pages of two."""
    with serving(Account.seeded(3, shape=Shape(steps=3, checkpoints=2))) as served:
        served.account.tick(90_000)
        served.account.fullest_page = 2
        yield served


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """An empty workspace."""
    with new_workspace(tmp_path / "w") as opened:
        yield opened


def looked(workspace: Workspace, fake: Fake, **asked: Any) -> ArchiveResult:
    """Archive jobs alone, without contents, two days after they ended."""
    wish = {"now": "2026-11-29T00:00:00Z", "only": [JOBS], "content": "none", **asked}
    return archived(workspace, fake, **wish)


def tally(result: ArchiveResult, resource: str = JOBS) -> Any:
    """Return the counts of a resource."""
    return next(each for each in result.resources if each.resource == resource)


def jobs_of(workspace: Workspace) -> set[str]:
    """Return the jobs that the ledger knows."""
    return {name for _, name in latest(workspace, "job")}


def make_jobs(fake: Fake, count: int) -> None:
    """Make jobs at the host, and let them end."""
    file = next(iter(fake.account.files))
    for _ in range(count):
        fake.account.create_job({"model": BASES[0], "training_file": file})
    fake.account.tick(5_000)


BROKEN = {
    "a page fails": Fault("status", "/fine_tuning/jobs", skip=3, times=20, status=500),
    "a page is refused": Fault("status", "/fine_tuning/jobs", skip=3, times=20, status=403),
}


@pytest.mark.parametrize("case", BROKEN)
def test_after_a_cut_off_run_the_next_goes_to_the_end(
    fake: Fake, workspace: Workspace, case: str
) -> None:
    assert looked(workspace, fake).complete
    make_jobs(fake, 10)
    fake.plan(BROKEN[case])
    assert not looked(workspace, fake).complete
    fake.faults.clear()
    assert looked(workspace, fake).complete
    assert jobs_of(workspace) == set(fake.account.jobs)
    head = workspace.ledger.head()
    before = len(fake.requests)
    looked(workspace, fake)
    assert workspace.ledger.head() == head
    pages = [seen for seen in fake.requests[before:] if seen.path == "/fine_tuning/jobs"]
    assert len(pages) == 2


def test_a_job_that_failed_behind_settled_pages_is_read_by_the_next_run(
    fake: Fake, workspace: Workspace
) -> None:
    assert looked(workspace, fake).complete
    make_jobs(fake, 10)
    odd = list(fake.account.jobs)[5]
    fake.plan(Fault("cut", f"/fine_tuning/jobs/{odd}/events", times=2))
    assert tally(looked(workspace, fake)).failed == 1
    fake.faults.clear()
    assert looked(workspace, fake).complete
    assert jobs_of(workspace) == set(fake.account.jobs)


def test_a_run_since_a_day_does_not_hide_what_is_older(fake: Fake, workspace: Workspace) -> None:
    assert looked(workspace, fake).complete
    make_jobs(fake, 6)
    fake.account.tick(3 * 86_400)
    make_jobs(fake, 6)
    newest = max(job["created_at"] for job in fake.account.jobs.values())
    day = newest - newest % 86_400
    since = datetime.fromtimestamp(day, UTC).strftime("%Y-%m-%d")
    looked(workspace, fake, since=since)
    assert len(jobs_of(workspace)) < len(fake.account.jobs)
    looked(workspace, fake)
    assert jobs_of(workspace) == set(fake.account.jobs)


UNSURE: dict[str, Any] = {"text": "true", "number": 1, "null": None, "missing": ...}


@pytest.mark.parametrize("case", UNSURE)
def test_a_page_that_does_not_say_whether_there_is_more_buries_nothing(
    fake: Fake, workspace: Workspace, case: str
) -> None:
    assert looked(workspace, fake).complete

    def unsure(body: Any) -> Any:
        body = {**body, "has_more": UNSURE[case]}
        return {key: value for key, value in body.items() if value is not ...}

    fake.plan(Fault("rewrite", "/fine_tuning/jobs", change=unsure))
    result = looked(workspace, fake, full=True)
    assert not result.complete
    assert (tally(result).gone, tally(result).read) == (0, 2)
    assert "has_more" in tally(result).refused
    assert tally(looked(workspace, fake)).gone == 0


def emptied(body: Any) -> Any:
    """Return a listing that says that there is nothing."""
    return {**body, "data": [], "has_more": False}


@pytest.mark.parametrize(
    ("path", "resource"),
    [
        ("/fine_tuning/jobs", JOBS), ("/files", "files"), ("/models", "models"),
        ("/evals", "evals"), ("/evals/*/runs", "evals.runs"), ("/vector_stores", "vector_stores"),
    ],
)  # fmt: skip
def test_an_empty_listing_buries_nothing_that_still_answers(
    fake: Fake, workspace: Workspace, path: str, resource: str
) -> None:
    every = {"only": [], "content": "none"}
    looked(workspace, fake, **every)
    head = latest(workspace)
    # The first question of a run, for whom it is, goes to the models.
    fake.plan(Fault("rewrite", path, skip=int(path == "/models"), change=emptied))
    result = looked(workspace, fake, **every)
    assert not result.complete
    assert tally(result, resource).gone == 0
    assert "still there" in tally(result, resource).refused
    fake.faults.clear()
    assert looked(workspace, fake, **every).complete
    assert latest(workspace) == head


def tombstones(workspace: Workspace, resource: str) -> int:
    """Return how many things of a resource are gone."""
    gone = [each for each in workspace.ledger.current(Archived) if each.tombstoned_at]
    return sum(each.resource == resource for each in gone)


def test_what_nobody_can_be_asked_about_is_gone_after_two_listings(
    fake: Fake, workspace: Workspace
) -> None:
    wish = {"only": ["organization.users"]}
    looked(workspace, fake, **wish)
    everybody = list(fake.account.users)
    fake.account.users = everybody[1:]
    assert tally(looked(workspace, fake, **wish), "organization.users").gone == 0
    fake.account.users = everybody
    looked(workspace, fake, **wish)
    fake.account.users = everybody[1:]
    assert tally(looked(workspace, fake, **wish), "organization.users").gone == 0
    assert tombstones(workspace, "organization.users") == 0
    assert tally(looked(workspace, fake, **wish), "organization.users").gone == 1
    assert tombstones(workspace, "organization.users") == 1


def test_an_open_job_that_vanished_for_a_while_is_followed_to_its_end(
    fake: Fake, workspace: Workspace
) -> None:
    make_jobs(fake, 5)
    name = next(iter(fake.account.jobs))
    over = fake.account.jobs[name]
    running = {**over, "status": "running", "finished_at": None, "fine_tuned_model": None}
    fake.account.jobs[name] = {**running, "result_files": []}
    looked(workspace, fake)
    # The newest two pages are settled, so the job is asked for by itself.
    fake.plan(Fault("status", f"/fine_tuning/jobs/{name}", status=404))
    looked(workspace, fake)
    assert tombstones(workspace, JOBS) == 0
    fake.account.jobs = {key: job for key, job in fake.account.jobs.items() if key != name}
    assert tally(looked(workspace, fake, full=True)).gone == 1
    fake.account.jobs = {name: over, **fake.account.jobs}
    looked(workspace, fake)
    assert tombstones(workspace, JOBS) == 0
    assert latest(workspace, "job")["job", name]["status"]["normal"] == "succeeded"


def test_a_job_without_an_id_is_recorded_once_and_is_not_gone(
    fake: Fake, workspace: Workspace
) -> None:
    def unnamed(body: Any) -> Any:
        return {**body, "data": [{**body["data"][0], "id": None}, *body["data"][1:]]}

    fake.plan(Fault("rewrite", "/fine_tuning/jobs", times=None, change=unnamed))
    assert tally(looked(workspace, fake)).gone == 0
    head = workspace.ledger.head()
    assert tally(looked(workspace, fake, full=True)).gone == 0
    assert workspace.ledger.head() == head


def test_a_last_row_without_an_id_does_not_end_the_listing(
    fake: Fake, workspace: Workspace
) -> None:
    def unnamed(body: Any) -> Any:
        return {**body, "data": [*body["data"][:-1], {**body["data"][-1], "id": None}]}

    fake.plan(Fault("rewrite", "/fine_tuning/jobs", change=unnamed))
    assert looked(workspace, fake).complete
    assert jobs_of(workspace) >= set(fake.account.jobs)


def test_a_host_that_refuses_a_limit_is_read_to_its_end(fake: Fake, workspace: Workspace) -> None:
    class Limited(Fault):
        def strikes(self, asked: Any) -> bool:
            return asked.path == self.path and asked.get("limit") is not None

    fake.plan(Limited("status", "/fine_tuning/jobs", status=400, times=None))
    assert looked(workspace, fake).complete
    assert jobs_of(workspace) == set(fake.account.jobs)


PARTS = {
    "events refused": Fault("status", "/fine_tuning/jobs/*/events", times=2, status=403),
    "checkpoints not found": Fault("status", "/fine_tuning/jobs/*/checkpoints", status=404),
    "events that may not be all": Fault(
        "rewrite", "/fine_tuning/jobs/*/events", change=lambda body: {**body, "has_more": None}
    ),
}


@pytest.mark.parametrize("case", PARTS)
def test_a_part_that_was_refused_is_told_and_read_by_the_next_run(
    fake: Fake, workspace: Workspace, tmp_path: Path, case: str
) -> None:
    with new_workspace(tmp_path / "undisturbed") as other:
        looked(other, fake)
        whole = latest(other)
    fake.plan(PARTS[case])
    first = looked(workspace, fake)
    assert not first.complete
    assert tally(first).partial == PARTS[case].happened
    assert looked(workspace, fake).complete
    assert latest(workspace) == whole


def test_content_that_was_not_wanted_before_is_fetched_when_it_is(
    fake: Fake, workspace: Workspace, tmp_path: Path
) -> None:
    with new_workspace(tmp_path / "at-once") as other:
        looked(other, fake, content="results")
        whole = latest(other, "job")
    assert looked(workspace, fake).complete
    assert tally(looked(workspace, fake, content="results")).changed == len(whole)
    assert latest(workspace, "job") == whole
    assert tally(looked(workspace, fake)).changed == 0


def test_rights_are_read_once_there_is_a_key_for_them(fake: Fake, workspace: Workspace) -> None:
    asked = Asked(now="2026-11-29T00:00:00Z", only=[JOBS])
    archive_openai(workspace, asked, base_url=fake.url, key=SECRET)
    before = len(fake.requests)
    archive_openai(workspace, asked, base_url=fake.url, key=SECRET, admin_key=ADMIN_SECRET)
    assert any("/permissions" in seen.path for seen in fake.requests[before:])


def test_a_job_is_looked_at_once_more_after_its_end(fake: Fake, workspace: Workspace) -> None:
    name = next(iter(fake.account.jobs))
    ended = fake.account.jobs[name]["finished_at"]
    looked(workspace, fake, now=moment(ended + 60))
    late = {
        "object": "fine_tuning.job.event", "id": "ftevent-late", "created_at": ended + 90,
        "level": "warn", "message": "blocked", "data": {}, "type": "moderation_checks",
    }  # fmt: skip
    fake.account.said[name] = [late]
    looked(workspace, fake, now=moment(ended + 7_200))
    parts = [
        part
        for body in latest(workspace, "archived").values()
        if body["native_id"] == name
        for part in body["parts"]
    ]
    events = next(part["items"] for part in parts if part["resource"].endswith("events"))
    assert events == len(fake.account.events(name))


def moment(seconds: int) -> str:
    """Return a time as the archive writes it."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


TENANT = ("openai-organization", "acme")


@pytest.mark.parametrize("told", [True, False])
def test_the_view_of_another_project_buries_nothing(
    fake: Fake, workspace: Workspace, told: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.account.told = (TENANT, ("openai-project", "proj_a")) if told else (TENANT,)
    every = {"only": [], "content": "none"}
    looked(workspace, fake, **every)
    before = latest(workspace)
    with serving(Account.seeded(0)) as other:
        other.account.told = (TENANT, ("openai-project", "proj_b")) if told else (TENANT,)
        other.account.vector_stores.clear()
        other.account.evals.clear()
        if not told:
            monkeypatch.setattr(server, "SECRET", "sk-of-the-other-project")
        asked = Asked(now="2026-11-29T00:00:00Z", content="none")
        key = SECRET if told else "sk-of-the-other-project"
        for full in (False, True, True):
            result = archive_openai(
                workspace, asked._replace(full=full), base_url=other.url, key=key
            )
            assert result.complete
            assert {each.gone for each in result.resources} == {0}
    monkeypatch.undo()
    hurried(monkeypatch, attempts=2)
    after = latest(workspace)
    assert {key: after[key] for key in before} == before
    head = workspace.ledger.head()
    assert looked(workspace, fake, **every).complete
    assert workspace.ledger.head() == head


def test_a_second_project_reads_its_own_jobs_behind_known_pages(
    fake: Fake, workspace: Workspace
) -> None:
    make_jobs(fake, 6)
    every = fake.account.jobs
    fake.account.jobs = dict(list(every.items())[4:])
    looked(workspace, fake)
    fake.account.jobs = every
    fake.account.told = (TENANT, ("openai-project", "proj_b"))
    looked(workspace, fake)
    assert jobs_of(workspace) == set(every)


def test_whom_a_host_answers_is_taken_from_a_refusal_too(fake: Fake, workspace: Workspace) -> None:
    fake.plan(Fault("status", "/models", times=None, status=403))
    assert looked(workspace, fake).tenant == "acme"


def test_a_host_that_refuses_all_and_names_nobody_is_an_error(
    fake: Fake, workspace: Workspace
) -> None:
    fake.account.told = ()
    fake.plan(Fault("status", "*", times=None, status=403))
    with pytest.raises(HostError, match="whose things"):
        looked(workspace, fake)
    assert latest(workspace) == {}
    fake.faults.clear()
    said: list[str] = []
    assert looked(workspace, fake, say=said.append).tenant == "127.0.0.1"
    assert any("does not say which organisation" in each for each in said)


@pytest.mark.parametrize("only", ["evls", "evals.runs", "files.content"])
def test_a_resource_that_no_run_reads_is_refused(
    fake: Fake, workspace: Workspace, only: str
) -> None:
    with pytest.raises(UsageError, match="read nothing") as fault:
        looked(workspace, fake, only=[only])
    assert fault.value.exit_code == ExitCode.USAGE
    assert looked(workspace, fake, only=["files", "files.content"]).complete
