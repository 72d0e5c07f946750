"""Walks over links against a graph walked by hand: nothing missed, nothing invented, no loop."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ftgov import api
from ftgov.api.ancestry import circle_in
from ftgov.api.impact import dataset_impact
from ftgov.api.retirement import model_impact
from ftgov.records.base import Record
from ftgov.records.dataset import Dataset
from ftgov.records.evidence import Evidence
from ftgov.records.job import Job
from ftgov.records.links import Link, links_of
from ftgov.records.model import ModelVersion, WeightFile
from ftgov.store.workspace import Workspace
from record_samples import SAMPLES, sample

NOW = "2026-11-21T12:00:00Z"
FILE = Evidence(digest="sha256:" + "1" * 64, bytes=3, name="d.jsonl")
WEIGHTS = WeightFile(name="w", bytes=1, digest="sha256:" + "2" * 64)

Key = tuple[str, str]
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=6,
)


@contextmanager
def _space(records: Iterable[Record]) -> Iterator[Workspace]:
    with TemporaryDirectory() as folder, api.init(Path(folder) / "s", now=NOW) as space:
        space.ledger.append_all(list(records), actor="unnamed", recorded_at=NOW)
        yield space


def _closure(start: Key, links: Iterable[Link], *, up: bool) -> set[Link]:
    """Return the links on any way from a thing, by the definition: again until nothing is new."""
    at, found = {start}, set[Link]()
    while True:
        fresh = {
            link for link in links if (link[:2] if up else link[3:]) in at and link not in found
        }
        if not fresh:
            return found
        found |= fresh
        at |= {(link[3:] if up else link[:2]) for link in fresh}


@st.composite
def _histories(draw: st.DrawFn, *, circles: bool = False) -> list[Record]:
    """A history of datasets, jobs and models; with circles, anything may derive from anything."""
    count = draw(st.integers(1, 7))
    records: list[Record] = [Dataset(name=f"d{i}", role="train", files=(FILE,)) for i in range(3)]
    for i in range(count):
        others = [f"m{j}" for j in range(count if circles else i)]
        some = st.sampled_from(others) if others else st.none()
        parent, adapter, base = draw(some), draw(st.none() | some), draw(st.none() | some)
        kind = draw(st.sampled_from(["tuned", "adapter", "alias"])) if parent else "base"
        weights = (WEIGHTS,) if draw(st.booleans()) else ()
        fields: dict[str, Any] = {"parent": parent, "adapter": adapter, "weights": weights}
        records.append(ModelVersion.model_validate({"name": f"m{i}", "kind": kind, **fields}))
        if draw(st.booleans()):
            data = {"train": draw(st.sampled_from(["d0", "d1", "d2"]))}
            job = {"name": f"j{i}", "method": "lora", "base": base, "datasets": data}
            records.append(Job.model_validate({**job, "outputs": [f"m{i}"]}))
    return records


def _links(records: Iterable[Record]) -> list[Link]:
    dumped = [each.model_dump(mode="json") for each in records]
    return [link for each in dumped for link in links_of(each["type"], each["name"], each)]


@settings(max_examples=15, deadline=None)
@given(_histories(circles=True))
def test_walks_reach_what_a_hand_reaches(records: list[Record]) -> None:
    links = _links(records)
    with _space(records) as space:
        for kind, name in [("model", "m0"), ("dataset", "d1"), ("job", "j0"), ("model", "gone")]:
            for up, walk in ((True, space.ledger.upstream), (False, space.ledger.downstream)):
                walked = walk(kind, name)
                assert set(walked) == _closure((kind, name), links, up=up)
                assert len(walked) == len(set(walked))


@settings(max_examples=15, deadline=None)
@given(_histories())
def test_the_lineage_of_a_model_is_its_closure(records: list[Record]) -> None:
    links = _links(records)
    with _space(records) as space:
        found = api.lineage(space, "m0")
    reached = {link[3:] for link in _closure(("model", "m0"), links, up=True)}
    below = {link[:2] for link in _closure(("model", "m0"), links, up=False)}
    for group, kind in (("datasets", "dataset"), ("jobs", "job"), ("models", "model")):
        expected = {name for of, name in reached if of == kind} | (
            {"m0"} if kind == "model" else set()
        )
        assert {each["name"] for each in found[group]} == expected
    assert {each["name"] for each in found["descendants"]} == {n for k, n in below if k == "model"}
    assert found["models"][0]["name"] == "m0"
    assert (found["missing"], found["circle"]) == ([], [])


@settings(max_examples=15, deadline=None)
@given(_histories(circles=True))
def test_a_circle_ends_and_is_told(records: list[Record]) -> None:
    links = _links(records)
    on_circle = {
        f"{kind}/{name}"
        for kind, name in {link[:2] for link in links}
        if any(link[3:] == (kind, name) for link in _closure((kind, name), links, up=True))
    }
    assert on_circle <= set(circle_in(links))
    assert bool(circle_in(links)) == bool(on_circle)
    with _space(records) as space:
        found = api.lineage(space, "m0")
        model_impact(space, "m0", "2026-11-21")
        dataset_impact(space, "d0")
    assert found["models"][0]["name"] == "m0"


@settings(max_examples=15, deadline=None)
@given(_histories())
def test_an_impact_holds_all_that_is_below(records: list[Record]) -> None:
    links = _links(records)
    with _space(records) as space:
        data = dataset_impact(space, "d0")
        model = model_impact(space, "m0", "2026-11-21")
    below = {link[:2] for link in _closure(("dataset", "d0"), links, up=False)}
    assert {each.name for each in data.models} == {name for kind, name in below if kind == "model"}
    assert {each.name for each in data.jobs} == {name for kind, name in below if kind == "job"}
    for each in (*data.models, *data.jobs):
        kind, _, name = each.via.partition("/")
        assert (kind, name) in below | {("dataset", "d0")}
    heirs = {name for k, name in {x[:2] for x in _closure(("model", "m0"), links, up=False)}
             if k == "model"}  # fmt: skip
    stop, keep = {each.name for each in model.stop}, {each.name for each in model.keep}
    assert stop | keep == heirs | {"m0"}
    assert not stop & keep


@given(st.sampled_from(sorted(SAMPLES)), st.data())
def test_a_body_of_any_shape_gives_links_or_none_and_never_fails(
    word: str, data: st.DataObject
) -> None:
    body: dict[str, Any] = sample(word).model_dump(mode="json")
    for field in data.draw(st.lists(st.sampled_from(sorted(body)), max_size=4)):
        body[field] = data.draw(_JSON)
    found = links_of(word, "it", body)
    assert found == links_of(word, "it", dict(reversed(body.items())))
    assert all(end for link in found for end in link)


@given(st.text(max_size=12), _JSON)
def test_an_unknown_type_links_nothing(word: str, value: object) -> None:
    assert links_of(f"x-{word}", "it", {"parent": "base", "model": value}) == ()
