"""Two things with one id: neither is lost, and neither stands for the other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from archive_looks import archived, latest, new_workspace
from ftgov.api.archive.check import check_archive
from openai_fake.account import Account
from openai_fake.faults import Fault
from openai_fake.jobs import Shape
from openai_fake.server import serving


def test_two_jobs_with_one_id_on_a_page_are_both_kept_and_told(tmp_path: Path) -> None:
    def doubled(body: Any) -> Any:
        first, *rest = body["data"]
        return {**body, "data": [first, {**first, "model": "another"}, *rest]}

    with (
        serving(Account.seeded(3, shape=Shape(steps=3, checkpoints=2))) as fake,
        new_workspace(tmp_path / "w") as workspace,
    ):
        name = list(fake.account.jobs)[-1]
        fake.plan(Fault("rewrite", "/fine_tuning/jobs", times=None, change=doubled))
        archived(workspace, fake)
        job = latest(workspace, "job")["job", name]
        assert job["base"] != "another"
        flagged = [
            body
            for body in latest(workspace, "archived").values()
            if body["resource"] == "fine_tuning.jobs" and body["flags"]
        ]
        assert [body["flags"][0]["path"] for body in flagged] == ["."]
        assert "same id" in flagged[0]["flags"][0]["fault"]
        found = check_archive(workspace)
        assert (found.differs, found.underivable) == ((), ())
        head = workspace.ledger.head()
        archived(workspace, fake)
        assert workspace.ledger.head() == head
