"""Which models stop when one retires: those that need it at run time, on the earliest day."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ftgov import api
from ftgov.api.impact import dataset_impact
from ftgov.api.retirement import model_impact
from ftgov.errors import UsageError
from ftgov.records.absence import Absent
from ftgov.records.base import Record
from ftgov.records.dataset import Dataset
from ftgov.records.entry import ReportMade
from ftgov.records.evaluation import Evaluation, Scoring
from ftgov.records.evidence import Evidence
from ftgov.records.impact import Affected, ModelImpact
from ftgov.records.job import Job
from ftgov.records.model import ModelDates, ModelVersion, WeightFile
from ftgov.records.operation import Operation
from ftgov.records.system import System
from ftgov.store.workspace import Workspace

NOW = "2026-11-21T12:00:00Z"
D = "sha256:" + "1" * 64
FILE = Evidence(digest=D, bytes=3, name="d.jsonl")


def _weights(digit: str) -> tuple[WeightFile, ...]:
    return (WeightFile(name="w", bytes=1, digest="sha256:" + digit * 64),)


def _model(name: str, kind: str, day: str | None = None, **fields: Any) -> ModelVersion:
    dates = ModelDates(shutdown=day) if day else None
    return ModelVersion.model_validate({"name": name, "kind": kind, "dates": dates, **fields})


def _system(name: str, model: str, **operation: Any) -> System:
    return System(
        name=name,
        model=model,
        intended_purpose="x",
        facts={},
        facts_file=FILE,
        operation=Operation.model_validate(operation) if operation else None,
    )


RECORDS: list[Record] = [
    Dataset(name="train", role="train", files=(FILE,)),
    Dataset(name="held", role="evaluation", files=(FILE,)),
    _model("hosted", "base", "2027-01-14"),
    _model("hosted-tune", "tuned", parent="hosted"),
    _model("latest", "alias", alias_of="hosted-tune"),
    _model("early", "tuned", "2026-12-01", parent="hosted"),
    _model("early-alias", "alias", alias_of="early"),
    _model("open-tune", "tuned", parent="hosted", weights=_weights("a")),
    _model("lora", "adapter", parent="hosted", weights=_weights("b")),
    _model("applied", "tuned", parent="hosted", adapter="lora", weights=_weights("b")),
    _model("whole", "tuned", parent="hosted", adapter="lora", weights=_weights("c")),
    _model("by-job", "tuned"),
    _model("second", "base", "2026-11-30"),
    _model("blend", "merged", merged_from=("hosted", "second")),
    Job(name="tune", method="supervised", base="hosted", datasets={"train": "train"},
        outputs=("by-job",)),
    _system("desk", "hosted-tune"),
    _system("backed", "latest", fallback="open-tune"),
    _system("spare", "open-tune", fallback="lora"),
    _system("old", "hosted", active_to="2026-06-30T00:00:00Z"),
    _system("other", "open-tune"),
    Evaluation(name="run", model="open-tune", dataset="held", answers=FILE, rows=1,
               scoring=Scoring()),
    ReportMade(name="r", model="open-tune", dossier=D, statement=D, verdict="pass", signed_at=NOW),
]  # fmt: skip


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with api.init(tmp_path_factory.mktemp("impact") / "space", now=NOW) as made:
        made.ledger.append_all(RECORDS, actor="unnamed", recorded_at=NOW)
        yield made


@pytest.fixture(scope="module")
def found(space: Workspace) -> ModelImpact:
    return model_impact(space, "hosted", "2026-12-01")


def test_what_needs_the_model_stops_and_what_has_weights_stays(found: ModelImpact) -> None:
    assert {each.name: each.stops_on for each in found.stop} == {
        "hosted": "2027-01-14",
        "hosted-tune": "2027-01-14",
        "latest": "2027-01-14",
        "early": "2026-12-01",
        "early-alias": "2026-12-01",
        "lora": "2027-01-14",
        "applied": "2027-01-14",
        "by-job": "2027-01-14",
        "blend": "2026-11-30",
    }
    assert {each.name for each in found.keep} == {"open-tune", "whole"}
    assert found.stop[0].name == "hosted"


def test_who_has_stopped_by_a_day(space: Workspace, found: ModelImpact) -> None:
    stopped = {each.name for each in found.stop if each.stopped}
    assert stopped == {"early", "early-alias", "blend"}
    later = model_impact(space, "hosted", "2027-01-14")
    assert all(each.stopped for each in later.stop)
    assert (found.shutdown, found.as_of) == ("2027-01-14", "2026-12-01")


def test_each_system_is_hit_in_its_own_way(found: ModelImpact) -> None:
    assert {each.name: (each.effect, each.model) for each in found.systems} == {
        "desk": ("stops", "hosted-tune"),
        "backed": ("falls back", "latest"),
        "spare": ("loses its fallback", "lora"),
        "old": ("out of service by then", "hosted"),
    }


def test_every_reason_is_told(found: ModelImpact) -> None:
    why = {each.name: each.why for each in found.stop} | {e.name: e.why for e in found.keep}
    assert why["latest"] == "it is another name of hosted-tune"
    assert why["lora"] == "an adapter answers only together with hosted"
    assert "no weights of its own" in why["applied"]
    assert why["whole"] == "its own weights are recorded"


def test_a_day_that_nobody_knows_is_not_a_day(tmp_path: Path) -> None:
    unknown = Absent(absent="unknown", reason="not announced")
    records = [
        _model("base", "base").model_copy(update={"dates": ModelDates(shutdown=unknown)}),
        _model("tune", "tuned", parent="base"),
        _model("bare", "base"),
    ]
    with api.init(tmp_path / "s", now=NOW) as made:
        made.ledger.append_all(records, actor="unnamed", recorded_at=NOW)
        found = model_impact(made, "base", "2026-12-01")
        assert [(each.stops_on, each.stopped) for each in found.stop] == [(None, None)] * 2
        assert (found.shutdown, found.shutdown_note) == (None, "unknown not announced")
        assert model_impact(made, "bare").shutdown_note == "nothing was recorded"


def test_names_and_days_that_are_wrong_are_told(space: Workspace) -> None:
    with pytest.raises(UsageError, match="no model 'hosted-tunes'") as told:
        model_impact(space, "hosted-tunes")
    assert told.value.next_step == "Did you mean 'hosted-tune'?"
    with pytest.raises(UsageError, match="no dataset 'trian'") as told:
        dataset_impact(space, "trian")
    assert told.value.next_step == "Did you mean 'train'?"
    with pytest.raises(UsageError, match="'2027' is not a date"):
        model_impact(space, "hosted", "2027")


def test_a_withdrawn_dataset_takes_jobs_models_and_what_was_judged_with_it(
    space: Workspace,
) -> None:
    trained = dataset_impact(space, "train")
    assert trained.jobs == (Affected(name="tune", via="dataset/train", note="supervised"),)
    assert trained.models == (Affected(name="by-job", via="job/tune", note="tuned"),)
    assert (trained.systems, trained.reports, trained.evaluations) == ((), (), ())
    judged = dataset_impact(space, "held")
    assert [each.name for each in judged.evaluations] == ["run"]
    assert judged.reports == (Affected(name="r", via="evaluation/run", note="pass"),)
    assert not judged.models
