"""Costs: daily lines of a bill, allocated to jobs by a rule that is said, and never measured."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from archive_support import archived, made
from ftgov.api.archive.allocation import is_training, shares
from ftgov.records.job import Job, JobStatus
from ftgov.records.usage_cost import UsageCost
from openai_fake.account import Account
from openai_fake.server import serving

START, END = "2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z"


def _line(amount: str, item: str = "gpt-4o fine-tuning training") -> UsageCost:
    return UsageCost(
        name="line", start=START, end=END, line_item=item, amount=amount, currency="USD"
    )


def _job(name: str, tokens: int | None, *, base: str = "gpt-4o", at: str = START) -> Job:
    return Job(
        name=name,
        method="supervised",
        status=JobStatus(normal="running"),
        outputs=(),
        base=base,
        finished_at=at,
        trained_tokens=tokens,
    )


@settings(max_examples=60, deadline=None)
@given(
    st.decimals(min_value=0, max_value=10**6, places=4),
    st.lists(st.integers(1, 10**9), min_size=1, max_size=9),
)
def test_shares_add_up_to_the_line_and_follow_the_tokens(
    amount: Decimal, tokens: list[int]
) -> None:
    line = _line(format(amount.normalize(), "f"))
    found = shares(line, [_job(f"j{i}", each) for i, each in enumerate(tokens)])
    assert sum(each.amount for each in found) == Decimal(line.amount)
    assert all(each.among == len(tokens) for each in found)
    most = max(tokens)
    for each in found:
        exact = Decimal(line.amount) * tokens[int(each.job[1:])] / sum(tokens)
        slack = len(tokens) if tokens[int(each.job[1:])] == most else 1
        assert abs(each.amount - exact) <= Decimal("0.000001") * slack


def test_only_jobs_that_finished_that_day_on_that_model_have_a_share() -> None:
    jobs = [
        _job("here", 10),
        _job("other", 10, base="gpt-5"),
        _job("before", 10, at="2026-11-19T23:59:59Z"),
        _job("after", 10, at=END),
        _job("untold", None),
    ]
    assert [each.job for each in shares(_line("1"), jobs)] == ["here"]
    assert {each.job for each in shares(_line("1", "fine-tuning"), jobs)} == {"here", "other"}
    assert shares(_line("1"), []) == []


def test_a_line_that_is_not_about_training_is_not_shared() -> None:
    assert is_training("Fine-tuning training")
    assert is_training("ft-gpt-4o fine tuning")
    assert not is_training("gpt-4o-2024-08-06, input")
    assert not is_training(None)


def test_a_bill_is_labelled_allocated_and_names_its_lines(tmp_path: Path) -> None:
    with made(tmp_path) as workspace, serving(Account.seeded(25)) as fake:
        archived(workspace, fake, admin=True)
        costs = workspace.ledger.every(UsageCost)
        shared = [each for each in costs if each.job]
        assert shared
        assert all("allocated, not measured" in str(each.allocation_rule) for each in shared)
        job = workspace.ledger.get(Job, str(shared[0].job))
        assert job is not None
        assert job.bill is not None
        with workspace.evidence.open(job.bill.digest) as stream:
            bill = json.load(stream)
        own = [each for each in shared if each.job == job.name]
        assert bill["basis"] == "allocated"
        assert Decimal(bill["amount"]) == sum(Decimal(each.amount) for each in own)
        assert set(bill["lines"]) == {each.name for each in own}
