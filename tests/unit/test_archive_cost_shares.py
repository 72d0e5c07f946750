"""Shares of a bill go to jobs that it can be about, add up, and are made anew with each new job."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from archive_support import archived, made
from ftgov.api.archive.allocation import shares
from ftgov.api.recording import append
from ftgov.records.evidence import Evidence
from ftgov.records.job import Job, JobHost, JobStatus
from ftgov.records.usage_cost import UsageCost
from ftgov.store.workspace import Workspace
from openai_fake.account import Account
from openai_fake.jobs import finished, new_job
from openai_fake.server import serving

START, END = "2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z"
MINI, FULL = "gpt-4o-mini-2024-07-18", "gpt-4.1-2025-04-14"


def _line(item: str, project: str | None = None) -> UsageCost:
    return UsageCost(
        name="line", start=START, end=END, line_item=item, amount="9", currency="USD",
        project=project,
    )  # fmt: skip


def _job(name: str, base: str, project: str | None = None) -> Job:
    return Job(
        name=name, method="supervised", status=JobStatus(normal="running"), outputs=(), base=base,
        finished_at=START, trained_tokens=10, host=JobHost(project=project) if project else None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("item", "base", "has"),
    [
        (f"{MINI} fine-tuning training", FULL, False),
        (f"{MINI} fine-tuning training", MINI, True),
        ("gpt-4o fine-tuning training", "gpt-4o-2024-08-06", True),
        ("gpt-4o fine-tuning training", MINI, False),
        (f"{MINI} fine-tuning training", "gpt-4o-2024-08-06", False),
        ("gpt-4o-2024-08-06 fine tuning", "gpt-4o-2024-11-20", False),
        ("ft-gpt-4o fine tuning", "gpt-4o", True),
        ("o4-mini training hours", MINI, False),
        ("Fine-tuning training", FULL, True),
        ("davinci-002, fine-tuned training", MINI, False),
    ],
)
def test_a_line_that_names_a_model_is_shared_among_its_jobs_alone(
    item: str, base: str, *, has: bool
) -> None:
    assert bool(shares(_line(item), [_job("one", base)])) is has


def test_a_project_that_is_known_decides() -> None:
    jobs = [_job("mine", FULL, "proj_a"), _job("other", FULL, "proj_b"), _job("word", FULL, "desk")]
    found = {each.job for each in shares(_line("training", "proj_a"), jobs)}
    assert found == {"mine", "word"}
    assert len(shares(_line("training"), jobs)) == 3


def _add(account: Account, name: str, model: str, at: int) -> None:
    request = {"model": model, "training_file": "file-x", "seed": 1}
    job = new_job(account.shape, f"ftjob-{name}", at - 900, request)
    account._keep(finished(account.shape, job, "succeeded", at))


def _shares(workspace: Workspace) -> list[UsageCost]:
    return [each for each in workspace.ledger.every(UsageCost) if each.job]


def _bill(workspace: Workspace, name: str) -> Evidence | None:
    job = workspace.ledger.get(Job, name)
    assert job is not None
    return job.bill


def test_shares_that_no_longer_follow_become_nothing_and_bills_are_written_again(
    tmp_path: Path,
) -> None:
    account = Account.seeded(0)
    day = account.now - 5 * 86400
    with made(tmp_path) as workspace, serving(account) as fake:
        _add(account, "aaa", MINI, day)
        archived(workspace, fake, admin=True)
        first = {each.name: Decimal(each.amount) for each in _shares(workspace)}
        assert first
        before = _bill(workspace, "ftjob-aaa")
        assert before is not None
        _add(account, "bbb", MINI, day + 5)
        archived(workspace, fake, admin=True)
        lines = [each for each in workspace.ledger.every(UsageCost) if not each.job]
        for line in lines:
            own = [s for s in _shares(workspace) if (s.start, s.project, s.line_item)
                   == (line.start, line.project, line.line_item)]  # fmt: skip
            assert not own or sum(Decimal(s.amount) for s in own) == Decimal(line.amount)
        assert "not known whether" in str(_shares(workspace)[0].allocation_rule)
        after = _bill(workspace, "ftjob-aaa")
        assert after is not None
        assert after.digest != before.digest
        with workspace.evidence.open(after.digest) as stream:
            amount = Decimal(json.load(stream)["amount"])
        assert amount < sum(first.values())
        job = workspace.ledger.get(Job, "ftjob-aaa")
        assert job is not None
        _rebase(workspace, job)
        archived(workspace, fake, admin=True, only=("organization.costs",))
        own = [each for each in _shares(workspace) if each.job == "ftjob-aaa"]
        assert {each.amount for each in own} == {"0"}
        assert _bill(workspace, "ftjob-aaa") is None
        entries = workspace.ledger.head().entries
        archived(workspace, fake, admin=True, only=("organization.costs",))
        assert workspace.ledger.head().entries == entries


def _rebase(workspace: Workspace, job: Job) -> None:
    other = job.model_copy(update={"base": "gpt-4.1-2025-04-14"})
    append(workspace, [other], actor="ann", recorded_at="2026-11-21T12:00:00Z")


def test_a_bill_that_a_person_recorded_stays(tmp_path: Path) -> None:
    account = Account.seeded(0)
    with made(tmp_path) as workspace, serving(account) as fake:
        _add(account, "aaa", MINI, account.now - 5 * 86400)
        archived(workspace, fake)
        job = workspace.ledger.get(Job, "ftjob-aaa")
        assert job is not None
        own = workspace.evidence.put_bytes(b"{}", name="own.json", media_type="application/json")
        said = job.model_copy(update={"bill": own})
        append(workspace, [said], actor="ann", recorded_at="2026-11-21T12:00:00Z")
        archived(workspace, fake, admin=True)
        assert _shares(workspace)
        assert _bill(workspace, "ftjob-aaa") == own
