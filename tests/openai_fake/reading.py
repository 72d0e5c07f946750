"""Asks the fake for everything that an archive wants, with the host's own client."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import openai

from openai_fake.account import ADMIN_SECRET, SECRET
from openai_fake.organization import USAGE


def client(url: str, key: str = SECRET, **options: Any) -> openai.OpenAI:
    """Return the host's client; it does not try again by itself."""
    options = {"max_retries": 0, "timeout": 10.0, **options}
    return openai.OpenAI(api_key=key, admin_api_key=ADMIN_SECRET, base_url=url, **options)


def read_everything(url: str) -> None:
    """Read each list to its end, and each thing that has an address of its own."""
    with client(url) as caller, client(url, ADMIN_SECRET) as admin:
        for job in caller.fine_tuning.jobs.list():
            caller.fine_tuning.jobs.retrieve(job.id)
            list(caller.fine_tuning.jobs.list_events(job.id))
            for checkpoint in caller.fine_tuning.jobs.checkpoints.list(job.id):
                name = checkpoint.fine_tuned_model_checkpoint
                list(admin.fine_tuning.checkpoints.permissions.list(name))
        for file in caller.files.list():
            caller.files.retrieve(file.id)
            caller.files.content(file.id)
        for model in caller.models.list():
            caller.models.retrieve(model.id)
        for part in _hosted_parts(caller):
            assert part is not None
        _read_organization(admin.admin.organization)


def _hosted_parts(caller: openai.OpenAI) -> Iterator[object]:
    for found in caller.evals.list():
        yield caller.evals.retrieve(found.id)
        for run in caller.evals.runs.list(found.id):
            yield caller.evals.runs.retrieve(run.id, eval_id=found.id)
            yield from caller.evals.runs.output_items.list(run.id, eval_id=found.id)
    for store in caller.vector_stores.list():
        yield caller.vector_stores.retrieve(store.id)
        yield from caller.vector_stores.files.list(store.id)
    for stored in caller.chat.completions.list():
        yield caller.chat.completions.retrieve(stored.id)
        yield from caller.chat.completions.messages.list(stored.id)
    yield from caller.batches.list()
    yield caller.moderations.create(input=["all well", "they kill time"])


def _read_organization(organization: Any) -> None:
    for project in organization.projects.list(include_archived=True):
        for part in ("users", "service_accounts", "api_keys"):
            list(getattr(organization.projects, part).list(project.id))
        list(organization.projects.rate_limits.list_rate_limits(project.id))
        for part in ("data_retention", "model_permissions", "hosted_tool_permissions"):
            getattr(organization.projects, part).retrieve(project.id)
    for part in (organization.users, organization.admin_api_keys, organization.audit_logs):
        assert list(part.list())
    organization.data_retention.retrieve()
    for kind in ("costs", *USAGE):
        assert getattr(organization.usage, kind)(start_time=0).data
