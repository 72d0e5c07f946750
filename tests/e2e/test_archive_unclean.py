"""What an earlier run left undone is made up for, and what a host leaves out is not believed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archive_looks import archived, hurried, latest, new_workspace
from ftgov.api.archive import ArchiveResult
from ftgov.store.workspace import Workspace
from openai_fake.account import BASES, Account
from openai_fake.faults import Fault
from openai_fake.jobs import Shape
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
    from datetime import UTC, datetime

    since = datetime.fromtimestamp(day, UTC).strftime("%Y-%m-%d")
    looked(workspace, fake, since=since)
    assert len(jobs_of(workspace)) < len(fake.account.jobs)
    looked(workspace, fake)
    assert jobs_of(workspace) == set(fake.account.jobs)
