"""Azure OpenAI: the same records from its null fields, its ids and its other addresses."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from archive_looks import hurried, latest, new_workspace
from ftgov.analyzers.training_dynamics import ANALYZER as DYNAMICS
from ftgov.api.archive import ArchiveResult, Asked, archive_azure
from ftgov.records.dossier import AnalysisSettings
from ftgov.records.job import Job
from ftgov.store.workspace import Workspace
from openai_fake.account import SECRET, Account
from openai_fake.jobs import Shape
from openai_fake.server import Fake, serving
from store_support import AT


@pytest.fixture
def fake() -> Iterator[Fake]:
    """A resource of Azure OpenAI."""
    with serving(Account.seeded(9, shape=Shape(steps=4, checkpoints=2, style="azure"))) as served:
        yield served


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    """An empty workspace."""
    hurried(monkeypatch)
    with new_workspace(tmp_path / "w") as opened:
        yield opened


def archived(workspace: Workspace, fake: Fake) -> ArchiveResult:
    """Archive the resource."""
    wish = Asked(now=AT)
    return archive_azure(
        workspace, wish, endpoint=fake.azure_url, key=SECRET, region="swedencentral"
    )


def test_jobs_with_null_fields_are_whole_records(fake: Fake, workspace: Workspace) -> None:
    result = archived(workspace, fake)
    assert result.complete
    jobs = {key[1]: body for key, body in latest(workspace, "job").items()}
    assert len(jobs) == 9
    for name, job in jobs.items():
        native = fake.account.jobs[job["observation"]["native_id"]]
        assert job["provider"] == "azure"
        assert job["status"]["native"] == native["status"]
        assert job["host"]["region"] == "swedencentral", name
    assert {job["method"] for job in jobs.values()} <= {"supervised", "dpo", "unknown"}
    models = {body["snapshot"] or key[1] for key, body in latest(workspace, "model").items()}
    assert set(fake.account.tuned_models()) <= models | {
        body["observation"]["native_id"] for body in latest(workspace, "model").values()
    }


def test_a_status_of_azures_own_keeps_its_word(fake: Fake, workspace: Workspace) -> None:
    file = next(iter(fake.account.files))
    job = fake.account.create_job({"model": "gpt-4o-mini-2024-07-18", "training_file": file})
    assert job["status"] == "pending"
    archived(workspace, fake)
    kept = workspace.ledger.get(Job, job["id"])
    assert kept is not None
    assert kept.status is not None
    assert (kept.status.normal, kept.status.native) == ("pending", "pending")


def test_two_counts_of_tokens_both_stand(fake: Fake, workspace: Workspace) -> None:
    archived(workspace, fake)
    done = [body for body in latest(workspace, "job").values() if body["outputs"]]
    assert done
    for job in done:
        native = fake.account.jobs[job["observation"]["native_id"]]
        assert job["trained_tokens"] == native["trained_tokens"]
        assert int(job["billed_tokens"]) == native["trained_tokens"] // 1000 * 1000


def test_the_second_look_records_nothing(fake: Fake, workspace: Workspace) -> None:
    archived(workspace, fake)
    head = workspace.ledger.head()
    archived(workspace, fake)
    assert workspace.ledger.head() == head
    assert {seen.path.split("/")[1] for seen in fake.requests} == {"models", "files", "fine_tuning"}


def test_the_hosts_figures_can_be_read_again(fake: Fake, workspace: Workspace) -> None:
    from ftgov.api import subject_of

    archived(workspace, fake)
    job = next(job for job in workspace.ledger.every(Job) if job.outputs)
    subject = subject_of(workspace, job.outputs[0])
    (finding,) = DYNAMICS.analyze(subject, workspace.evidence, AnalysisSettings())
    assert len(next(one.points for one in finding.series if one.name == "loss")) == 4
    told = [one for one in finding.measurements if one.value is not None]
    assert {one.assurance for one in told} <= {"provider-reported"}
