"""Prism, a judge that we did not write, knows of nothing wrong with the fake but the host's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai
import pytest

from archive_looks import new_workspace
from ftgov.api.archive import Asked, archive_openai
from openai_fake.account import ADMIN_SECRET, SECRET, Account
from openai_fake.faults import Fault
from openai_fake.prism import MISSING, Prism, installed, judging
from openai_fake.reading import client, read_everything
from openai_fake.server import Fake, serving
from store_support import AT

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def judged(shared_folder: Path) -> Iterator[tuple[Fake, Prism]]:
    """A fake behind Prism."""
    if not installed():
        pytest.skip(MISSING)
    with serving(Account.seeded(6)) as fake, judging(fake.url, shared_folder) as prism:
        yield fake, prism


def test_every_answer_of_the_fake_is_as_the_host_answers(judged: tuple[Fake, Prism]) -> None:
    _, prism = judged
    read_everything(prism.url)
    told = prism.verdicts()
    assert sum(told.answers.values()) > 100
    assert told.violations
    assert told.unknown == {}


def test_the_archives_own_requests_are_as_the_host_wants_them(
    judged: tuple[Fake, Prism], tmp_path: Path
) -> None:
    _, prism = judged
    before = prism.verdicts()
    with new_workspace(tmp_path / "w") as workspace:
        wish = Asked(now=AT)
        result = archive_openai(
            workspace, wish, base_url=prism.url, key=SECRET, admin_key=ADMIN_SECRET
        )
    after = prism.verdicts()
    assert result.complete
    assert sum(after.answers.values()) - sum(before.answers.values()) >= result.requests > 50
    assert after.unknown == before.unknown


def nothing(body: Any) -> Any:
    """Take away what the specification demands."""
    return {key: value for key, value in body.items() if key != "seed"}


def test_prism_sees_a_wrong_answer_and_a_wrong_request(judged: tuple[Fake, Prism]) -> None:
    fake, prism = judged
    before = prism.verdicts().unknown
    caller, name = client(prism.url), next(iter(fake.account.jobs))
    fake.plan(Fault("rewrite", f"/fine_tuning/jobs/{name}", change=nothing))
    caller.fine_tuning.jobs.retrieve(name)
    with pytest.raises(openai.BadRequestError):
        caller.post("/fine_tuning/jobs", cast_to=object, body={"model": "gpt-4.1-2025-04-14"})
    new = {text for text in prism.verdicts().unknown if text not in before}
    assert any(text.startswith("response.body") and "seed" in text for text in new)
    assert any(text.startswith("request.body") and "training_file" in text for text in new)
