"""A job that was kept by itself, as `ftgov train openai` does, is read whole by the archive."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from archive_looks import LATER, latest, new_workspace
from ftgov.api.archive.hosts import Asked, archive_openai, openai_reach, running
from ftgov.api.archive.listings import JOBS
from ftgov.api.archive.run import Read, keep
from ftgov.providers import openai_hosted
from ftgov.providers.shapes.unit import Where
from openai_fake.account import SECRET, Account
from openai_fake.jobs import Shape
from openai_fake.server import serving


def test_a_job_that_was_over_when_it_was_found_still_gets_its_events(tmp_path: Path) -> None:
    with (
        serving(Account.seeded(2, shape=Shape(steps=3, checkpoints=2))) as fake,
        new_workspace(tmp_path / "w") as workspace,
    ):
        name = next(iter(fake.account.jobs))
        reach = openai_reach(fake.url, SECRET, None, lambda: LATER, lambda _: None)
        with (
            closing(openai_hosted.connect(reach)) as host,
            running(workspace, host, Where("openai", "acme"), Asked(now=LATER)) as run,
        ):
            answer = host.get(f"/fine_tuning/jobs/{name}")
            keep(run, JOBS, answer, iter([Read(answer.content, name)]))
        wish = Asked(now=LATER)
        assert archive_openai(workspace, wish, base_url=fake.url, key=SECRET).complete
        kept = next(
            body
            for body in latest(workspace, "archived").values()
            if body["native_id"] == name and body["resource"] == JOBS.resource
        )
        events = [part for part in kept["parts"] if part["resource"].endswith("jobs.events")]
        assert [part["items"] for part in events] == [len(fake.account.events(name))]
        assert kept["settled"]
