"""Costs allocated to jobs: hosts bill per day and line, never per job.

Each line of a day's bill that speaks of training is shared among the jobs that finished on that
day, in proportion to the tokens they trained on; where the line names a model, among jobs of that
model alone, and where its project and a job's are known, among jobs of that project. That is an
allocation and is called one: nothing measures what a job cost.
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
_MODEL: Final = re.compile(r"[a-z][a-z0-9.:]*-?[0-9][\w.:-]*|\b(?:davinci|babbage)[\w-]*", re.ASCII)
_DATED: Final = re.compile(r"-(?:[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4})$")
_AT_ONCE: Final = 500
_PROJECT: Final = "proj_"
"""How the id of a project begins: a job may name one by a word of its user's."""
_GONE: Final = "allocated, not measured: nothing of that line follows for this job any more"


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
    project: str | None


def is_training(line_item: str | None) -> bool:
    """Return whether a line of a bill speaks of training."""
    return bool(line_item and _TRAINING.search(line_item))


def shares(line: UsageCost, jobs: Iterable[Job | Trained]) -> list[Share]:
    """Share a line of a bill among the jobs that finished in its span, by trained tokens.

    Jobs of another model or project than those that the line names have no share. The shares are
    rounded to a millionth and add up to the line exactly: what rounding leaves goes to the largest.

    Args:
        line: A line of a bill.
        jobs: Jobs of the same host; those that are not over, or have no tokens, have no share.
    """
    inside = [
        job
        for job in jobs
        if job.finished_at and line.start <= job.finished_at < line.end and job.trained_tokens
    ]
    meant = [job for job in inside if _may_be_of(line, job)]
    among = sorted(meant, key=lambda job: (-(job.trained_tokens or 0), job.name))
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


def _may_be_of(line: UsageCost, job: Job | Trained) -> bool:
    """Return whether a line may be about a job: neither its model nor its project speak against."""
    project = _project(job)
    if line.project and project and line.project != project:
        return False
    named = _MODEL.findall(_TRAINING.sub(" ", (line.line_item or "").lower()))
    return not named or any(_is_of_model(job.base or "", name) for name in named)


def _project(job: Job | Trained) -> str | None:
    """Return the id of a job's project, where somebody recorded it: the host doesn't say it."""
    if isinstance(job, Trained):
        return job.project
    named = job.host.project if job.host else None
    return named if named and named.startswith(_PROJECT) else None


def _is_of_model(base: str, named: str) -> bool:
    """Return whether a base model is the one that a bill names, with its date or without."""
    name = named.removeprefix("ft-").removeprefix("ft:").rstrip(".:-")
    if base in (named, name) or base.startswith((f"ft-{name}-", f"{name}-ft-")):
        return True
    plain, other = _DATED.sub("", base), _DATED.sub("", name)
    return plain == other and (plain == base or other == name)


def allocate_costs(run: Run) -> None:
    """Allocate the bill's training lines to jobs; each job gets its bill, labelled allocated.

    What is billed for one day is recorded before the next, so that memory holds a day's jobs. What
    was allocated before and follows no more becomes nothing.
    """
    jobs = _trained(run)
    names = {job.name for job in jobs}
    lines, before = list[UsageCost](), defaultdict[str, list[str]](list)
    for each in run.workspace.ledger.current(UsageCost):
        if _is_of(run, each) and is_training(each.line_item):
            if each.job is None:
                lines.append(each)
            elif each.job in names and each.allocation_rule != _GONE:
                before[each.job].append(each.name)
    for group in _together(lines):
        allocated = [made for line in group for made in _allocated(line, jobs)]
        standing = {each.name for each in allocated}
        earlier = [
            name
            for each in sorted({made.job or "" for made in allocated})
            for name in before.pop(each, ())
        ]
        _settle(run, allocated, [name for name in earlier if name not in standing])
    # What is left is of jobs that have no share in any line.
    left = sorted(name for earlier in before.values() for name in earlier)
    for start in range(0, len(left) if lines else 0, _AT_ONCE):
        _settle(run, [], left[start : start + _AT_ONCE])


def _settle(run: Run, allocated: Sequence[UsageCost], stale: Sequence[str]) -> None:
    """Record shares that are new or other than before, those that are gone, and the bills."""
    ledger = run.workspace.ledger
    entries = ledger.pick([("usage-cost", name) for name in stale]) if stale else {}
    gone = [
        ledger.read(UsageCost, entry).model_copy(update={"amount": "0", "allocation_rule": _GONE})
        for entry in entries.values()
    ]
    fresh = settled_records(run.workspace, [*allocated, *gone])
    touched = {each.job for each in fresh if isinstance(each, UsageCost) and each.job}
    if fresh:
        commit(run, [*fresh, *_billed(run, sorted(touched), allocated)])


def _is_of(run: Run, record: UsageCost | Job) -> bool:
    """Return whether a record is about the tenant of a run."""
    seen = record.observation
    return seen is not None and (seen.provider, seen.tenant) == (
        run.where.provider,
        run.where.tenant,
    )


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
        Trained(job.name, job.finished_at, job.trained_tokens, job.base, _project(job))
        for job in run.workspace.ledger.current(Job)
        if _is_of(run, job)
    ]


def _allocated(line: UsageCost, jobs: Iterable[Trained]) -> list[UsageCost]:
    found = []
    shared = shares(line, jobs)
    own = {job.name for job in jobs if _project(job)}
    unknown = sum(share.job not in own for share in shared) if line.project else 0
    for share in shared:
        rule = (
            f"allocated, not measured: {line.name} shared by trained tokens among {share.among} "
            "jobs that finished on that day"
        )
        if unknown:
            rule += f"; of {unknown} of them it is not known whether they are of its project"
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


def _is_ours(job: Job) -> bool:
    """Return whether a job's bill is none that a person recorded."""
    return job.bill is None or job.bill.name == _name_of_bill(job.name)


def _name_of_bill(job: str) -> str:
    return f"{job}.bill.json"


def _billed(run: Run, names: Sequence[str], allocated: Iterable[UsageCost]) -> list[Record]:
    """Return jobs, each with its bill; a bill that a person recorded stays.

    A job to which nothing is allocated any more has no bill.
    """
    ledger, own = run.workspace.ledger, defaultdict[str, list[UsageCost]](list)
    for line in allocated:
        own[line.job or ""].append(line)
    entries = ledger.pick([("job", name) for name in names])
    # A job's record may be long: it is read twice rather than kept.
    ours = [name for name in names if _is_ours(ledger.read(Job, entries["job", name]))]
    billed = [name for name in ours if name in own]
    bills = [
        Incoming(_name_of_bill(name), _bill(own[name]), media_type="application/json")
        for name in billed
    ]
    kept = dict(zip(billed, run.workspace.evidence.put_all(bills, run.writer.disk), strict=True))
    return [
        ledger.read(Job, entries["job", name]).model_copy(update={"bill": kept.get(name)})
        for name in ours
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
