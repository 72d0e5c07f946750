"""Archiving OpenAI: what is recorded, what a second run reads, what is told when it vanishes."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from archive_support import archived, bodies, counts, made, tally
from ftgov.api import lineage
from ftgov.api.archive import job_events, run
from ftgov.api.archive.check import check_archive
from ftgov.cli.tree import LineageTree
from ftgov.errors import FtgovError, NotAssessable
from ftgov.providers.names import name_of
from ftgov.providers.warc import kept_answers
from ftgov.records.archived import Archived, Capture
from ftgov.records.dataset import Dataset
from ftgov.records.event import JobEvent, JobEvents
from ftgov.records.job import Job
from ftgov.records.model import ModelVersion
from openai_fake.account import Account
from openai_fake.faults import Fault
from openai_fake.server import serving
from store_support import Home


def _listed(fake: Any, path: str) -> int:
    return sum(each == path for each in fake.paths())


def test_an_archive_holds_every_job_with_models_data_events_and_checkpoints(tmp_path: Path) -> None:
    with made(tmp_path) as workspace, serving(Account.seeded(7)) as fake:
        result = archived(workspace, fake)
        assert result.complete
        assert result.tenant == "acme"
        jobs = {job["observation"]["native_id"]: job for job in bodies(workspace, "job")}
        assert set(jobs) == set(fake.account.jobs)
        for native, shown in fake.account.jobs.items():
            job = workspace.ledger.get(Job, name_of(native))
            assert job is not None
            assert job.status is not None
            assert job.status.native == shown["status"]
            assert job.trained_tokens == shown["trained_tokens"]
            assert job.base == shown["model"]
            if shown["status"] == "succeeded":
                tuned = workspace.ledger.get(ModelVersion, job.outputs[0])
                assert tuned is not None
                assert (tuned.snapshot, tuned.parent) == (shown["fine_tuned_model"], job.base)
                assert job.trainer_state is not None
                with workspace.evidence.open(job.trainer_state.digest) as stream:
                    assert stream.read()
            data = workspace.ledger.get(Dataset, job.datasets["train"])
            assert data is not None
            assert data.contents[0].hash_basis == "downloaded"
        assert counts(workspace)["checkpoint"] > 10


def test_all_events_of_a_job_are_one_record_and_each_is_derived_on_demand(tmp_path: Path) -> None:
    with made(tmp_path) as workspace, serving(Account.seeded(5)) as fake:
        archived(workspace, fake)
        for native in fake.account.jobs:
            shown = fake.account.events(native)
            told = workspace.ledger.get(JobEvents, name_of(native))
            assert told is not None
            assert told.count == len(shown) == sum(told.kinds.values())
            assert told.kinds == Counter(event["type"] for event in shown)
            events = job_events(workspace, name_of(native))
            assert {event.name for event in events} == {name_of(event["id"]) for event in shown}
            assert [event.position for event in events] == list(range(told.count))
            assert [event.at for event in events] == sorted(event.at for event in events)
            single = [event for event in events if event.kind == "moderation_checks"]
            assert told.single == len(single) == told.kinds.get("moderation_checks", 0)
            for event in single:
                assert workspace.ledger.get(JobEvent, event.name) == event
        with pytest.raises(NotAssessable, match="was not read from a host"):
            job_events(workspace, "other")


def test_many_things_on_one_page_are_one_capture_and_several_transactions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[int] = []
    write = run._write

    def counted(*given: Any) -> None:
        written.append(len(given[3]))
        write(*given)

    monkeypatch.setattr(run, "_MANY", 3)
    monkeypatch.setattr(run, "_write", counted)
    with made(tmp_path) as workspace, serving(Account.seeded(5)) as fake:
        result = archived(workspace, fake, only=("models",))
        read = tally(result, "models").read
        assert sum(written) == read > 6
        assert max(written) == 3
        assert result.captures == len(workspace.ledger.every(Capture)) == 1
        assert len(bodies(workspace, "archived")) == read + 1  # and that it was read to its end
        assert check_archive(workspace).differs == ()
        head = workspace.ledger.head()
        archived(workspace, fake, only=("models",))
        assert workspace.ledger.head() == head


def test_events_of_an_unknown_type_keep_their_payload(tmp_path: Path) -> None:
    with made(tmp_path) as workspace, serving(Account.seeded(3)) as fake:
        archived(workspace, fake)
        found = [e for e in bodies(workspace, "event") if e["kind"] == "moderation_checks"]
        assert found
        assert all(isinstance(json.loads(event["content"]), dict) for event in found)


def test_evals_are_read_first_and_jobs_before_file_content(tmp_path: Path) -> None:
    with made(tmp_path) as workspace, serving(Account.seeded(3)) as fake:
        archived(workspace, fake)
        paths = fake.paths()
        downloads = [i for i, path in enumerate(paths) if path.endswith("/content")]
        assert paths.index("/evals") < paths.index("/fine_tuning/jobs") < downloads[-1]
        runs = bodies(workspace, "evaluation-run")
        assert {run["items"] for run in runs} == {3, 23}
        assert counts(workspace)["evaluation-item"] == 52


def test_a_second_run_records_nothing_and_reads_little(tmp_path: Path) -> None:
    with made(tmp_path) as workspace, serving(Account.seeded(12)) as fake:
        archived(workspace, fake, admin=True, stored=True)
        head, asked = workspace.ledger.head(), len(fake.requests)
        files = sorted(path for path in (tmp_path / "w" / ".ftgov" / "evidence").rglob("*"))
        result = archived(workspace, fake, admin=True, stored=True)
        assert workspace.ledger.head() == head
        assert result.captures == 0
        assert len(fake.requests) - asked < asked / 3
        assert sorted((tmp_path / "w" / ".ftgov" / "evidence").rglob("*")) == files


def test_a_full_run_reads_everything_and_still_records_nothing(tmp_path: Path) -> None:
    with made(tmp_path) as workspace, serving(Account.seeded(5)) as fake:
        archived(workspace, fake, content="results")
        head = workspace.ledger.head()
        job = next(iter(fake.account.jobs))
        before = _listed(fake, f"/fine_tuning/jobs/{job}/events")
        archived(workspace, fake, content="results", full=True)
        assert _listed(fake, f"/fine_tuning/jobs/{job}/events") == before + 1
        assert workspace.ledger.head() == head


def test_only_what_changed_is_read_again(tmp_path: Path) -> None:
    with made(tmp_path) as workspace, serving(Account.seeded(9)) as fake:
        archived(workspace, fake)
        running = [n for n, job in fake.account.jobs.items() if job["status"] != "succeeded"][-1]
        over = next(n for n, job in fake.account.jobs.items() if job["status"] == "succeeded")
        reads = _listed(fake, f"/fine_tuning/jobs/{over}/events")
        fake.account.tick(100_000)
        result = archived(workspace, fake)
        assert _listed(fake, f"/fine_tuning/jobs/{over}/events") == reads
        job = workspace.ledger.get(Job, name_of(running))
        assert job is not None
        assert job.status is not None
        assert job.status.normal == "succeeded"
        assert tally(result, "fine_tuning.jobs").changed == 1


def test_what_a_whole_sweep_no_longer_shows_is_a_tombstone_and_stays(tmp_path: Path) -> None:
    with made(tmp_path) as workspace, serving(Account.seeded(5)) as fake:
        archived(workspace, fake)
        gone = next(iter(fake.account.files))
        del fake.account.files[gone]
        result = archived(workspace, fake)
        assert tally(result, "files").gone == 1
        (found,) = [e for e in bodies(workspace, "archived") if e["tombstoned_at"]]
        assert found["native_id"] == gone
        assert workspace.ledger.get(Dataset, name_of(gone)) is not None
        head = workspace.ledger.head()
        archived(workspace, fake)
        assert workspace.ledger.head() == head


def test_lineage_says_what_the_host_has_no_more(tmp_path: Path) -> None:
    with made(tmp_path) as workspace, serving(Account.seeded(5)) as fake:
        archived(workspace, fake)
        model = fake.account.tuned_models()[0]
        name = name_of(model)
        assert lineage(workspace, name)["gone"] == lineage(workspace)["gone"] == {}
        (job,) = [each["name"] for each in lineage(workspace, name)["jobs"]]
        data = next(each for each in lineage(workspace, name)["datasets"])
        fake.account.deleted_models.add(model)
        del fake.account.files[data["observation"]["native_id"]]
        archived(workspace, fake, full=True)
        found = lineage(workspace, name)
        assert set(found["gone"]) == {f"model/{name}", f"dataset/{data['name']}"}
        assert lineage(workspace)["gone"] == found["gone"]
        since = found["gone"][f"model/{name}"][:10]
        head, *rest = LineageTree(found).lines(name)
        assert head.endswith(f", gone from openai since {since}")
        told = [line for line in rest if data["name"] in line]
        assert told
        assert all(f", gone from openai since {since}" in line for line in told)
        assert not any("gone" in line for line in rest if line.startswith(f"├─ made by job {job}"))


def test_since_leaves_older_jobs_out_and_buries_nothing(tmp_path: Path) -> None:
    with made(tmp_path) as workspace, serving(Account.seeded(25)) as fake:
        result = archived(workspace, fake, since="2026-11-01", only=("fine_tuning",))
        assert 0 < counts(workspace)["job"] < 25
        assert tally(result, "fine_tuning.jobs").gone == 0
        archived(workspace, fake, only=("fine_tuning",))
        assert len(bodies(workspace, "job")) == 25


def test_the_exact_bytes_of_answers_are_evidence_and_records_follow_from_them(
    tmp_path: Path,
) -> None:
    with made(tmp_path) as workspace, serving(Account.seeded(4), remember=True) as fake:
        archived(workspace, fake, admin=True, stored=True)
        sent = {answer.body for _, answer in fake.answers}
        kept = set()
        for capture in workspace.ledger.every(Capture):
            with workspace.evidence.open(capture.file.digest) as stream:
                kept |= {each.body for each in kept_answers(stream, capture.name)}
        assert kept <= sent
        found = check_archive(workspace)
        assert found.differs == ()
        assert found.underivable == ()
        assert found.same > 200


def test_a_changed_record_or_a_lost_answer_is_found_by_the_check(tmp_path: Path) -> None:
    with made(tmp_path) as workspace, serving(Account.seeded(2, evals=0)) as fake:
        archived(workspace, fake)
        job = workspace.ledger.every(Job)[0]
        other = job.model_copy(update={"trained_tokens": 1})
        workspace.ledger.append(other, actor="x", recorded_at="2026-11-21T13:00:00Z")
        found = check_archive(workspace)
        assert found.differs == (f"job/{job.name}: trained_tokens",)
        thing = next(e for e in workspace.ledger.every(Archived) if e.resource == "models")
        part = thing.parts[0].model_copy(update={"responses": ("sha256:" + "0" * 64,)})
        lost = thing.model_copy(update={"parts": (part,)})
        workspace.ledger.append(lost, actor="x", recorded_at="2026-11-21T13:00:00Z")
        assert len(check_archive(workspace).underivable) == 1


def test_people_are_named_in_erasable_evidence_only(tmp_path: Path) -> None:
    with made(tmp_path) as workspace, serving(Account.seeded(3)) as fake:
        archived(workspace, fake, admin=True, stored=True)
        mail = fake.account.users[0]["email"].encode()
        assert not [p for p in _files(tmp_path) if mail in p.read_bytes()]
        private = [c for c in workspace.ledger.every(Capture) if c.file.sealed]
        assert {c.resource for c in private} >= {
            "organization.users", "organization.audit_logs", "chat.completions",
        }  # fmt: skip
        with workspace.evidence.open(private[0].file.digest) as stream:
            assert stream.read(8) == b"WARC/1.1"


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_listing_that_may_not_be_read_is_told_and_the_rest_goes_on(tmp_path: Path) -> None:
    with made(tmp_path) as workspace, serving(Account.seeded(3)) as fake:
        fake.plan(Fault("status", "/evals", status=403, times=None))
        result = archived(workspace, fake)
        assert not result.complete
        assert "403" in str(tally(result, "evals").refused)
        assert tally(result, "fine_tuning.jobs").new == 3


def test_a_job_whose_events_fail_is_left_for_the_next_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ftgov.providers.pace.time.sleep", lambda _: None)
    monkeypatch.setattr("ftgov.providers.pace.Pace.hold", lambda _: None)
    with made(tmp_path) as workspace, serving(Account.seeded(4)) as fake:
        lost = list(fake.account.jobs)[1]
        fault = Fault("status", f"/fine_tuning/jobs/{lost}/events", status=500, times=6)
        fake.plan(fault)
        result = archived(workspace, fake)
        assert tally(result, "fine_tuning.jobs").failed == 1
        assert workspace.ledger.get(Job, name_of(lost)) is None
        again = archived(workspace, fake)
        assert again.complete
        assert workspace.ledger.get(Job, name_of(lost)) is not None


def test_a_refused_key_ends_the_run(tmp_path: Path) -> None:
    with made(tmp_path) as workspace, serving(Account.seeded(1)) as fake:
        fake.plan(Fault("status", "*", status=401, times=None))
        with pytest.raises(FtgovError) as told:
            archived(workspace, fake)
        assert int(told.value.exit_code) == 30
        assert counts(workspace) == {}


def test_an_archive_is_the_same_on_either_database(home: Home) -> None:
    with home.create() as workspace, serving(Account.seeded(2, evals=1)) as fake:
        assert archived(workspace, fake, admin=True).complete
        assert counts(workspace)["checkpoint"] == 3
        head = workspace.ledger.head()
        archived(workspace, fake, admin=True)
        assert workspace.ledger.head() == head


def test_each_record_names_the_answer_that_showed_it(tmp_path: Path) -> None:
    with made(tmp_path) as workspace, serving(Account.seeded(2, evals=1)) as fake:
        archived(workspace, fake)
        answers: dict[str, bytes] = {}
        for capture in workspace.ledger.every(Capture):
            with workspace.evidence.open(capture.file.digest) as stream:
                answers |= {each.digest: each.body for each in kept_answers(stream, capture.name)}
        for kind in ("job", "event", "checkpoint", "model", "evaluation-item"):
            for record in bodies(workspace, kind):
                seen = record["observation"]
                assert seen["native_id"].encode() in answers[seen["raw"]], (kind, record["name"])


def test_an_empty_page_where_more_was_announced_buries_nothing(tmp_path: Path) -> None:
    with made(tmp_path) as workspace, serving(Account.seeded(6, evals=0)) as fake:
        archived(workspace, fake, only=("files",))
        fake.account.fullest_page = 3
        emptied = Fault(
            "rewrite", "/files", skip=1, change=lambda page: {**page, "data": [], "has_more": False}
        )
        fake.plan(emptied)
        result = archived(workspace, fake, only=("files",))
        assert emptied.happened == 1
        assert tally(result, "files").gone == 0
        assert tally(result, "files").read == len(fake.account.files)


def test_a_finished_job_whose_result_file_is_gone_is_not_read_again(tmp_path: Path) -> None:
    with made(tmp_path) as workspace, serving(Account.seeded(2, evals=0)) as fake:
        native, shown = next(iter(fake.account.jobs.items()))
        fake.account.expire(shown["result_files"][0])
        archived(workspace, fake)
        job = workspace.ledger.get(Job, name_of(native))
        assert job is not None
        assert job.trainer_state is not None
        assert job.trainer_state.name.endswith(".events.json")
        # One refusal may pass, so it is asked for once more, and then no longer.
        archived(workspace, fake)
        archived(workspace, fake)
        assert _listed(fake, f"/fine_tuning/jobs/{native}/events") == 2
