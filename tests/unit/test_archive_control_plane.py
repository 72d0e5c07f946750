"""Azure OpenAI: the same records, its nulls and names, facts of the control plane from files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from archive_support import NOW, bodies, counts, made
from ftgov.api.archive import Asked, archive_azure
from ftgov.errors import UsageError
from ftgov.providers.names import name_of
from ftgov.records.deployment import Deployment
from ftgov.records.job import Job
from openai_fake.account import SECRET, Account
from openai_fake.jobs import Shape
from openai_fake.server import Fake, serving


def _account() -> Account:
    return Account.seeded(5, shape=Shape(style="azure"))


def _exports(folder: Path, endpoint: str) -> list[Path]:
    account = {
        "type": "Microsoft.CognitiveServices/accounts",
        "location": "swedencentral",
        "properties": {"endpoint": endpoint},
    }
    deployment = {
        "type": "Microsoft.CognitiveServices/accounts/deployments",
        "id": "/subscriptions/1/deployments/letters",
        "name": "letters",
        "sku": {"name": "Standard", "capacity": 50},
        "properties": {
            "model": {"format": "OpenAI", "name": "gpt-4o-mini-2024-07-18.ft-abc", "version": "1"},
            "provisioningState": "Succeeded",
        },
    }
    (folder / "account.json").write_text(json.dumps(account))
    (folder / "deployments.json").write_text(json.dumps({"value": [deployment]}))
    return [folder / "account.json", folder / "deployments.json"]


def _archive(workspace: Any, fake: Fake, **more: Any) -> Any:
    return archive_azure(workspace, Asked(now=NOW), endpoint=fake.azure_url, key=SECRET, **more)


def test_azure_gives_the_same_records_with_its_nulls_unbent(tmp_path: Path) -> None:
    with made(tmp_path) as workspace, serving(_account()) as fake:
        result = _archive(workspace, fake)
        assert result.complete
        assert result.tenant == "127.0.0.1"
        jobs = workspace.ledger.every(Job)
        assert len(jobs) == 5
        assert {job.provider for job in jobs} == {"azure"}
        assert {job.method for job in jobs} == {"unknown"}
        assert {job.observation.tenant for job in jobs if job.observation} == {"127.0.0.1"}
        assert counts(workspace)["checkpoint"] > 0
        head = workspace.ledger.head()
        _archive(workspace, fake)
        assert workspace.ledger.head() == head


def test_region_and_deployments_come_from_exported_files(tmp_path: Path) -> None:
    with made(tmp_path) as workspace, serving(_account()) as fake:
        files = _exports(tmp_path, "https://127.0.0.1/")
        _archive(workspace, fake, arm=files)
        assert {job.region for job in workspace.ledger.every(Job)} == {"swedencentral"}
        (found,) = workspace.ledger.every(Deployment)
        assert (found.sku, found.capacity, found.state) == ("Standard", 50, "Succeeded")
        assert found.model == name_of("gpt-4o-mini-2024-07-18.ft-abc")
        assert found.region == "swedencentral"
        head = workspace.ledger.head()
        _archive(workspace, fake, arm=files)
        assert workspace.ledger.head() == head


@pytest.mark.parametrize(
    "text",
    ["[1]", "no json", '{"type": "Microsoft.Storage/accounts"}',
     '{"type": "Microsoft.CognitiveServices/accounts", "properties": {"endpoint": "https://b/"}}'],
)  # fmt: skip
def test_what_is_no_export_of_this_account_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.json").write_text(text)
    with made(tmp_path) as workspace, serving(_account()) as fake:
        with pytest.raises(UsageError) as told:
            _archive(workspace, fake, arm=[tmp_path / "x.json"])
        assert "x.json" in told.value.what
        assert fake.requests == []


def test_two_counts_of_tokens_that_contradict_each_other_are_flagged(tmp_path: Path) -> None:
    with made(tmp_path) as workspace, serving(_account()) as fake:
        native = next(n for n, j in fake.account.jobs.items() if j["status"] == "succeeded")
        fake.account.jobs[native]["trained_tokens"] = 12345
        fake.account.said.setdefault(native, []).insert(0, _billed(fake.account.now))
        _archive(workspace, fake)
        job = workspace.ledger.get(Job, name_of(native))
        assert job is not None
        assert (job.trained_tokens, job.billed_tokens) == (12345, "20000")
        flagged = {e["native_id"]: e["flags"] for e in bodies(workspace, "archived") if e["flags"]}
        assert "20000 tokens were billed" in flagged[native][0]["fault"]


def _billed(at: int) -> dict[str, Any]:
    return {
        "id": "ftevent-billed", "created_at": at, "level": "info", "type": "message",
        "object": "fine_tuning.job.event", "message": "Training tokens billed: 20,000", "data": {},
    }  # fmt: skip
