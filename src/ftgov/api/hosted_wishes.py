"""Wishes for hosted fine-tunes: recorded with their grounds before anything is sent.

A host says neither who started a job nor why, so that requester, approver, ticket, purpose and the
digests of the data go into the ledger first, under a nonce that the job will carry.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

from ftgov.api.clock import now_text
from ftgov.api.people import acting
from ftgov.api.recording import ACTOR, append, record
from ftgov.api.special_categories import refuse_upload
from ftgov.errors import UsageError
from ftgov.intake.files import describe_file
from ftgov.providers.names import name_of
from ftgov.providers.shapes.files import is_asserted
from ftgov.providers.shapes.jobs import NONCE
from ftgov.providers.shapes.models import is_tuned
from ftgov.records.absence import UNKNOWN, Absent, known
from ftgov.records.dataset import Dataset, FileContent
from ftgov.records.job import Hyperparameter, Job, JobHost, JobRequest, JobStatus
from ftgov.records.model import ModelVersion
from ftgov.records.special_category import UploadOverride
from ftgov.store.ledger import Filter
from ftgov.store.workspace import Workspace

_METHODS: Final = ("supervised", "dpo", "reinforcement")


class Wish(NamedTuple):
    """A fine-tune that somebody wants, and on what grounds.

    Attributes:
        name: The job's name in the workspace.
        model: The base model, as the host calls it.
        training_file: The data to train on.
        requested_by: Who wants it, as people know them.
        approved_by: Who approved it; `unknown` where nobody is known to have.
        ticket: Where that was agreed.
        purpose: What the tuned model is meant for; stays here, the host is not told.
        validation_file: The data to validate with.
        method: supervised, dpo or reinforcement.
        suffix: What the host puts into the tuned model's name.
        seed: The seed of the training.
        hyperparameters: Settings as the host calls them; a value of `auto` lets it choose.
        metadata: More pairs for the host; they leave the machine.
        project: The host's project that the key belongs to; the host does not say it.
        override: Why data with special categories may be sent; recorded.
        erasable: Keep the data encrypted, under keys that can be destroyed.
    """

    name: str
    model: str
    training_file: Path
    requested_by: str
    approved_by: str
    ticket: str
    purpose: str
    validation_file: Path | None = None
    method: str = "supervised"
    suffix: str | None = None
    seed: int | None = None
    hyperparameters: Mapping[str, str] = {}
    metadata: Mapping[str, str] = {}
    project: str | None = None
    override: str | None = None
    erasable: bool = False


def record_wish(workspace: Workspace, wish: Wish, *, actor: str = ACTOR) -> Job:
    """Record what is wanted, by whom and with which data, and refuse data that may not be sent.

    Nothing leaves the machine here.

    Raises:
        UsageError: If the wish is malformed, or a job of its name was recorded otherwise.
        NotAssessable: If the data hold special categories, and no reason to send them is given.
    """
    _require_sound(workspace, wish)
    now = now_text()
    files = {"train": wish.training_file, "validation": wish.validation_file}
    datasets = {
        role: _dataset(workspace, path, role, wish, actor) for role, path in files.items() if path
    }
    for dataset in datasets.values():
        require_sendable(workspace, dataset, wish.override, actor)
    requester = acting(workspace, wish.requested_by, recorded_at=now)
    approver = (
        UNKNOWN
        if wish.approved_by == "unknown"
        else acting(workspace, wish.approved_by, recorded_at=now)
    )
    base = ModelVersion(
        name=name_of(wish.model),
        kind="tuned" if is_tuned(wish.model) else "base",
        host="openai",
        snapshot=wish.model,
    )
    job = Job(
        name=wish.name,
        method=wish.method,
        status=JobStatus(normal="pending"),
        provider="openai",
        base=base.name,
        datasets=datasets,
        outputs=(),
        seed=wish.seed,
        hyperparameters=_settings(wish),
        created_at=now,
        request=_request(requester, approver, wish),
        host=JobHost(project=wish.project) if wish.project else None,
    )
    standing = workspace.ledger.get(ModelVersion, base.name)
    append(workspace, [*([] if standing else [base]), job], actor=actor, recorded_at=now)
    return job


def _require_sound(workspace: Workspace, wish: Wish) -> None:
    named = {
        "--requested-by": wish.requested_by,
        "--approved-by": wish.approved_by,
        "--ticket": wish.ticket,
        "--purpose": wish.purpose,
        "--model": wish.model,
    }
    for option, value in named.items():
        if not value.strip():
            raise UsageError(f"{option} is empty.", why="Hosts don't say it, so people must.")
    if wish.method not in _METHODS:
        raise UsageError(f"'{wish.method}' is no method.", next_step=", ".join(_METHODS))
    if len(wish.metadata) > 15 or NONCE in wish.metadata:
        raise UsageError(
            "The metadata are too many, or use a name of ours.",
            why=f"A host takes 16 pairs, and {NONCE} is one of them.",
        )
    if workspace.ledger.get(Job, wish.name) is not None:
        raise UsageError(
            f"There is a job '{wish.name}' already.",
            why="Another fine-tune is another job, and may cost money again.",
            next_step=f"Give another --name, or: ftgov train openai --resume {wish.name}",
        )


def require_sendable(workspace: Workspace, dataset: str, override: str | None, actor: str) -> None:
    """Refuse data with special categories, unless a reason is given or was given for all of them.

    What was declared after a reason was given is not covered by it.
    """
    key = ("upload-override", dataset)
    decided = workspace.ledger.pick([key]).get(key)
    declared = workspace.ledger.newest(Filter(type="special-columns"), limit=1)
    if decided is not None and not (declared and declared[0].seq > decided.seq):
        reason = workspace.ledger.read(UploadOverride, decided)
        stated = workspace.ledger.get(Dataset, dataset)
        categories = known(stated.special_categories) if stated else None
        if set(categories or ()) <= set(reason.categories):
            return
    refuse_upload(workspace, dataset, override, actor=actor)


def _dataset(workspace: Workspace, path: Path, role: str, wish: Wish, actor: str) -> str:
    """Record a file's dataset under its digest, and return its name; one that has it is used.

    Not one that is only asserted to hold it: the host's file there may be another.
    """
    described = describe_file(path)
    for each in workspace.ledger.every(Dataset):
        if not is_asserted(each) and any(file.digest == described.digest for file in each.files):
            return each.name
    stem = name_of(path.stem.lower())
    name = stem if workspace.ledger.get(Dataset, stem) is None else name_of(described.digest)
    made = Dataset(
        name=name,
        role=role,
        files=(described,),
        contents=(FileContent(file=described.digest, hash_basis="local_original"),),
    )
    record(workspace, [made], {path: described}, actor=actor, erasable=wish.erasable)
    return name


def _settings(wish: Wish) -> tuple[Hyperparameter, ...]:
    return tuple(
        Hyperparameter(name=name, requested=_number(value))
        for name, value in sorted(wish.hyperparameters.items())
    )


def _number(text: str) -> int | float | str:
    """Return a setting as a number where it is one: hosts refuse numbers as text."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def _request(requester: str, approver: str | Absent, wish: Wish) -> JobRequest:
    return JobRequest(
        requested_by=requester,
        approved_by=approver,
        ticket=wish.ticket,
        purpose=wish.purpose,
        suffix=wish.suffix,
        metadata={**wish.metadata, NONCE: secrets.token_hex(16)},
    )
