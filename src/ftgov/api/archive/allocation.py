"""Costs allocated to jobs: hosts bill per day and line, never per job.

Each line of a day's bill that speaks of training is shared among the jobs that finished on that
day, in proportion to the tokens they trained on. That is an allocation and is called one: nothing
measures what a job cost.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from ftgov.api.archive.merge import settled_records
from ftgov.api.archive.run import Run, commit
from ftgov.providers.names import name_of
from ftgov.providers.shapes.costs import decimal_text
from ftgov.records.base import Record
from ftgov.records.canonical import canonical_bytes
from ftgov.records.job import Job
from ftgov.records.usage_cost import UsageCost
from ftgov.store.evidence import Incoming

_TRAINING: Final = re.compile(r"fine[-_ ]?tun|\btraining\b", re.IGNORECASE)
_PLACES: Final = Decimal(1).scaleb(-6)


class Share(NamedTuple):
    """A job's share of a line: its name, an amount, and among how many jobs it was shared."""

    job: str
    amount: Decimal
    among: int


class Trained(NamedTuple):
    """What is asked of a job that may have a share."""

    name: str
    finished_at: str | None
    trained_tokens: int | None
    base: str | None


def is_training(line_item: str | None) -> bool:
    """Return whether a line of a bill speaks of training."""
    return bool(line_item and _TRAINING.search(line_item))


def shares(line: UsageCost, jobs: Iterable[Job | Trained]) -> list[Share]:
    """Share a line of a bill among the jobs that finished in its span, by trained tokens.

    Jobs of another model than the one that the line names have no share. The shares are rounded to
    a millionth and add up to the line exactly: what rounding leaves goes to the largest.

    Args:
        line: A line of a bill.
        jobs: Jobs of the same host; those that are not over, or have no tokens, have no share.
    """
    inside = [
        job
        for job in jobs
        if job.finished_at and line.start <= job.finished_at < line.end and job.trained_tokens
    ]
    named = [job for job in inside if job.base and line.line_item and job.base in line.line_item]
    among = sorted(named or inside, key=lambda job: (-(job.trained_tokens or 0), job.name))
    total = sum(job.trained_tokens or 0 for job in among)
    amount = Decimal(line.amount)
    found = [
        Share(job.name, (amount * (job.trained_tokens or 0) / total).quantize(_PLACES), len(among))
        for job in among
    ]
    if found:
        left = amount - sum((each.amount for each in found), Decimal(0))
        found[0] = found[0]._replace(amount=found[0].amount + left)
    return found


def allocate_costs(run: Run) -> None:
    """Allocate the bill's training lines to jobs; each job gets its bill, labelled allocated.

    What is billed for one day is recorded before the next, so that memory holds a day's jobs.
    """
    ledger = run.workspace.ledger
    lines = [
        line
        for line in ledger.current(UsageCost)
        if line.job is None
        and line.observation
        and line.observation.provider == run.where.provider
        and line.observation.tenant == run.where.tenant
        and is_training(line.line_item)
    ]
    if not lines:
        return
    jobs = _trained(run)
    for group in _together(lines):
        allocated = [made for line in group for made in _allocated(line, jobs)]
        fresh = settled_records(run.workspace, allocated)
        touched = {each.job for each in fresh if isinstance(each, UsageCost) and each.job}
        if fresh:
            commit(run, [*fresh, *_billed(run, sorted(touched), allocated)])


def _together(lines: Iterable[UsageCost]) -> Iterator[list[UsageCost]]:
    """Yield the lines of each span of time, so that no job has a share in two of the groups."""
    group: list[UsageCost] = []
    end = ""
    for line in sorted(lines, key=lambda each: each.start):
        if group and line.start >= end:
            yield group
            group, end = [], ""
        group.append(line)
        end = max(end, line.end)
    if group:
        yield group


def _trained(run: Run) -> list[Trained]:
    return [
        Trained(job.name, job.finished_at, job.trained_tokens, job.base)
        for job in run.workspace.ledger.current(Job)
        if job.finished_at
        and job.trained_tokens
        and job.observation
        and job.observation.provider == run.where.provider
        and job.observation.tenant == run.where.tenant
    ]


def _allocated(line: UsageCost, jobs: Iterable[Trained]) -> list[UsageCost]:
    found = []
    for share in shares(line, jobs):
        rule = (
            f"allocated, not measured: {line.name} shared by trained tokens among {share.among} "
            "jobs that finished on that day"
        )
        update = {
            "name": name_of(f"{line.name}.{share.job}"),
            "job": share.job,
            "amount": decimal_text(share.amount),
            "quantity": None,
            "unit": None,
            "allocation_rule": rule,
        }
        found.append(line.model_copy(update=update))
    return found


def _billed(run: Run, names: Sequence[str], allocated: Iterable[UsageCost]) -> list[Record]:
    """Return jobs, each with its bill."""
    ledger, own = run.workspace.ledger, defaultdict[str, list[UsageCost]](list)
    for line in allocated:
        own[line.job or ""].append(line)
    bills = [
        Incoming(f"{name}.bill.json", _bill(own[name]), media_type="application/json")
        for name in names
    ]
    kept = run.workspace.evidence.put_all(bills, run.writer.disk)
    entries = ledger.pick([("job", name) for name in names])
    return [
        ledger.read(Job, entries["job", name]).model_copy(update={"bill": bill})
        for name, bill in zip(names, kept, strict=True)
    ]


def _bill(own: Sequence[UsageCost]) -> bytes:
    """Return a job's bill: the sum of its shares in the currency that most of them bear."""
    currencies = [line.currency for line in own]
    currency = max(sorted(set(currencies)), key=currencies.count)
    amount = sum((Decimal(line.amount) for line in own if line.currency == currency), Decimal(0))
    bill = {
        "amount": decimal_text(amount),
        "currency": currency,
        "basis": "allocated",
        "rule": own[0].allocation_rule,
        "lines": [line.name for line in own],
    }
    return canonical_bytes(bill)
