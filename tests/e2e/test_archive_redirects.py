"""A host that sends a question on to another address gets no further."""

from __future__ import annotations

from pathlib import Path

from archive_looks import archived, new_workspace
from openai_fake.account import Account
from openai_fake.faults import Fault
from openai_fake.server import serving


def test_a_key_is_never_sent_on_to_another_address(tmp_path: Path) -> None:
    with (
        serving(Account.seeded(1)) as fake,
        serving(Account.seeded(1)) as other,
        new_workspace(tmp_path / "w") as workspace,
    ):
        place = (("location", f"{other.url}/fine_tuning/jobs"),)
        fake.plan(Fault("status", "/fine_tuning/jobs", status=307, headers=place))
        result = archived(workspace, fake, only=["fine_tuning.jobs"], content="none")
        assert not result.complete
        assert "307" in (result.resources[0].refused or "")
        assert other.requests == []
