"""A service that ended on its announced day fails no run, keeps what is archived, and is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive_support import archived, bodies, made, tally
from ftgov.providers.announced import ended_on
from openai_fake.account import Account
from openai_fake.faults import Fault
from openai_fake.server import serving


@pytest.mark.parametrize(
    ("now", "status", "ended"),
    [("2026-12-05T00:00:00Z", 404, True), ("2026-12-05T00:00:00Z", 403, False),
     ("2026-11-29T00:00:00Z", 404, False)],
)  # fmt: skip
def test_only_an_end_that_was_announced_is_none_of_our_failures(
    tmp_path: Path, now: str, status: int, *, ended: bool
) -> None:
    with made(tmp_path) as workspace, serving(Account.seeded(1)) as fake:
        archived(workspace, fake)
        before = [each for each in bodies(workspace, "archived") if each["resource"] == "evals"]
        fake.plan(Fault("status", "/evals*", status=status, times=None))
        result = archived(workspace, fake, now=now)
        evals = tally(result, "evals")
        assert (evals.ended is not None, evals.refused is None) == (ended, ended)
        assert result.complete is ended
        after = [each for each in bodies(workspace, "archived") if each["resource"] == "evals"]
        assert after == before
        assert before


def test_the_day_itself_counts_and_other_resources_have_none() -> None:
    assert ended_on("evals.runs", "2026-11-30T00:00:00Z") == "2026-11-30"
    assert ended_on("evals", "2026-11-29T23:59:59Z") is None
    assert ended_on("files", "2099-01-01T00:00:00Z") is None
