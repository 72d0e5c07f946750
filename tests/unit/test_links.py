"""The links that each type of record states, by its sample and by hand."""

from __future__ import annotations

from typing import Any

import pytest

from ftgov.records.links import Link, links_of
from record_samples import SAMPLES, sample

_TOLD: dict[str, list[tuple[str, str, str]]] = {
    "answer": [("it", "about", "system/desk")],
    "dataset": [("it", "derived_from", "dataset/raw")],
    "job": [
        ("it", "started_from", "model/base"),
        ("it", "used", "dataset/data"),
        ("it", "used", "dataset/held"),
        ("model/tuned", "generated_by", "it"),
    ],
    "checkpoint": [("it", "generated_by", "job/tune"), ("model/tuned", "derived_from", "it")],
    "model": [
        ("it", "derived_from", "model/base"),
        ("it", "applies", "model/lora"),
        ("it", "alias_of", "model/other"),
        ("it", "merged_from", "model/one"),
        ("it", "merged_from", "model/two"),
    ],
    "system": [
        ("it", "deploys", "model/tuned"),
        ("it", "deploys", "model/base"),
        ("it", "used", "dataset/data"),
    ],
    "evaluation": [("it", "evaluates", "model/tuned"), ("it", "used", "dataset/held")],
    "evaluation-run": [
        ("it", "evaluates", "model/base"),
        ("it", "evaluates", "model/tuned"),
        ("it", "used", "dataset/held"),
    ],
    "energy-use": [("it", "about", "job/tune"), ("it", "about", "evaluation-run/mmlu")],
    "usage-cost": [("it", "about", "job/tune")],
    "upload-override": [("it", "about", "dataset/it")],
    "answer-signature": [("it", "about", "system/desk")],
    "decision": [("it", "about", "model/tuned")],
    "report": [("it", "about", "model/tuned")],
    "signature": [("it", "about", "report/tuned")],
} | {
    word: [("it", "about", "model/tuned"), ("it", "about", "system/desk")]
    for word in ("assessment", "waiver", "sign-off", "incident")
}


def _link(word: str, below: str, relation: str, above: str) -> Link:
    ends = [end if "/" in end else f"{word}/{end}" for end in (below, above)]
    (below_type, below_name), (above_type, above_name) = (end.split("/") for end in ends)
    return Link(below_type, below_name, relation, above_type, above_name)


@pytest.mark.parametrize("word", sorted(SAMPLES))
def test_the_links_of_a_sample(word: str) -> None:
    found = links_of(word, "it", sample(word).model_dump(mode="json"))
    assert found == tuple(_link(word, *told) for told in _TOLD.get(word, []))


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"parent": None, "merged_from": None},
        {"parent": 7, "adapter": ["lora"], "merged_from": "one", "alias_of": {"name": "x"}},
        {"parent": "", "adapter": "Not A Name", "alias_of": "a\n", "merged_from": [None, {}, 3]},
        {"parent": "x" * 129},
    ],
)
def test_a_body_of_another_shape_gives_no_link(body: dict[str, Any]) -> None:
    assert links_of("model", "it", body) == ()


def test_a_link_that_is_stated_twice_is_one() -> None:
    body = {"merged_from": ["one", "one"], "parent": "one"}
    assert links_of("model", "it", body) == (
        Link("model", "it", "derived_from", "model", "one"),
        Link("model", "it", "merged_from", "model", "one"),
    )
