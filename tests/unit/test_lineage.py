"""The lineage of a model: what is gathered for an audit, and what is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ftgov import api
from ftgov.api.drawings import lineage_svg
from ftgov.cli.tree import LineageTree
from ftgov.errors import NotAssessable, UsageError
from ftgov.records.base import Record
from ftgov.records.dataset import Dataset
from ftgov.records.evidence import Evidence
from ftgov.records.job import Job
from ftgov.records.model import ModelVersion
from ftgov.store.workspace import Workspace

NOW = "2026-11-21T12:00:00Z"
FILE = Evidence(digest="sha256:" + "1" * 64, bytes=3, name="d.jsonl")

Recorded = Callable[..., Workspace]


@pytest.fixture
def recorded(tmp_path: Path) -> Iterator[Recorded]:
    """Return a workspace that holds given records."""
    space = api.init(tmp_path / "space", now=NOW)

    def put(*records: Record) -> Workspace:
        space.ledger.append_all(records, actor="unnamed", recorded_at=NOW)
        return space

    with space:
        yield put


def _model(name: str, kind: str = "tuned", **fields: Any) -> ModelVersion:
    return ModelVersion.model_validate({"name": name, "kind": kind, **fields})


def _job(name: str, output: str, base: str | None = None, data: str | None = None) -> Job:
    datasets = {"train": data} if data else {}
    return Job.model_validate(
        {"name": name, "method": "lora", "base": base, "datasets": datasets, "outputs": [output]}
    )


DATA = Dataset(name="data", role="train", files=(FILE,))
BASE = _model("base", "base")
CHAIN: tuple[Record, ...] = (
    DATA,
    BASE,
    *(_model(f"m{i}", parent=f"m{i - 1}" if i else "base") for i in range(12)),
    *(_job(f"j{i}", f"m{i}", f"m{i - 1}" if i else "base", "data") for i in range(12)),
)


def test_a_merged_model_needs_no_job_and_its_sources_do(recorded: Recorded) -> None:
    one, two = _model("one", parent="base"), _model("two", parent="base")
    merged = _model("both", "merged", merged_from=["one", "two"])
    space = recorded(DATA, BASE, one, two, merged, _job("j1", "one", "base", "data"))
    with pytest.raises(NotAssessable, match="'two' is tuned, but no recorded job"):
        api.subject_of(space, "both")
    recorded(_job("j2", "two", "base"))
    subject = api.subject_of(space, "both")
    assert subject.job is None
    assert [job.name for job in subject.earlier_jobs] == ["j1", "j2"]
    assert [model.name for model in subject.related] == ["one", "two"]
    assert subject.base == BASE
    assert [data.name for data in subject.datasets] == ["data"]


def test_an_alias_is_audited_as_what_it_names(recorded: Recorded) -> None:
    space = recorded(
        DATA, BASE, _model("tuned", parent="base"), _job("j", "tuned", "base", "data"),
        _model("latest", "alias", alias_of="tuned"),
    )  # fmt: skip
    subject = api.subject_of(space, "latest")
    assert subject.job is not None
    assert subject.job.name == "j"
    assert [model.name for model in subject.related] == ["tuned"]
    with pytest.raises(NotAssessable, match="no recorded job"):
        api.subject_of(recorded(_model("empty", "alias")), "empty")


@pytest.mark.parametrize(
    ("records", "why"),
    [
        ((_model("a", parent="gone"), _job("j", "a", "gone")), "'gone' is named by 'a'"),
        ((_model("a", parent="b"), _model("b", parent="a"), _job("j", "a")), "circle"),
        ((_model("a", parent="a"), _job("j", "a")), "circle: model/a"),
        ((BASE, _model("a"), _job("j", "a", "a")), "circle: job/j, model/a"),
        ((BASE, _model("a"), _job("j", "a"), _job("k", "a")), "Several jobs claim"),
        ((BASE, _model("a", parent="base"), _job("j", "a", "other")), "started from 'other'"),
        ((_model("a"), _job("j", "a", None, "nowhere")), "dataset 'nowhere' is named"),
        ((_model("a"),), "no recorded job"),
    ],
)
def test_a_broken_lineage_is_no_subject(
    recorded: Recorded, records: tuple[Record, ...], why: str
) -> None:
    with pytest.raises(NotAssessable, match=why):
        api.subject_of(recorded(*records), "a")


def test_a_circle_and_a_gap_are_shown_and_end(recorded: Recorded) -> None:
    space = recorded(_model("a", parent="b"), _model("b", parent="a", adapter="gone"))
    found = api.lineage(space, "a")
    assert found["circle"] == ["model/a", "model/b"]
    assert found["missing"] == ["model/gone"]
    lines = list(LineageTree(found).lines("a"))
    assert "├─ from b  tuned model" in lines
    assert "│  ├─ from a  tuned model (above)" in lines
    assert any(line.endswith("applies the adapter gone (never recorded)") for line in lines)
    assert "never recorded" in lineage_svg(space, "a")


def test_the_tree_leads_up_to_files_and_down_to_heirs(recorded: Recorded) -> None:
    space = recorded(*CHAIN)
    lines = list(LineageTree(api.lineage(space, "m1")).lines("m1"))
    assert lines[:8] == [
        "m1  tuned model",
        "├─ from m0  tuned model",
        "│  ├─ from base  base model",
        "│  └─ made by job j0 (lora)",
        "│     ├─ started from base  base model (above)",
        "│     └─ train data data",
        "│        └─ d.jsonl sha256:111111111111",
        "├─ made by job j1 (lora)",
    ]
    assert lines[-1].endswith("made m11  tuned model")
    short = list(LineageTree(api.lineage(space)).lines("m1", depth=2))
    assert "└─ start of job j2 (lora)" in short
    assert len(short) < len(lines)


@pytest.mark.parametrize(
    ("name", "drawn", "folded"),
    [
        ("m0", {"base", "m0", "m1"}, ["later steps", "19 more"]),
        ("m6", {"base", "m5", "m6", "m7"}, ["earlier steps", "later steps"]),
        ("m11", {"base", "m11", "m10"}, ["earlier steps"]),
    ],
)
def test_a_long_way_is_folded_in_a_drawing(
    recorded: Recorded, name: str, drawn: set[str], folded: list[str]
) -> None:
    svg = lineage_svg(recorded(*CHAIN), name)
    for each in drawn:
        assert f">{each}</text>" in svg
    for each in folded:
        assert each in svg
    assert ">m3</text>" not in svg
    assert svg.count("<rect") <= 12


def test_a_drawing_tells_every_file_by_its_digest(recorded: Recorded) -> None:
    space = recorded(*CHAIN[:3], CHAIN[14])
    svg = lineage_svg(space, "m0")
    assert f"d.jsonl {FILE.digest}" in svg
    assert "train 11111111" in svg
    with pytest.raises(UsageError, match="no system 'desk'"):
        lineage_svg(space, "m0", "desk")
    with pytest.raises(UsageError, match="no model 'm00'"):
        lineage_svg(space, "m00")
